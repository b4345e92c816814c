import { type Command, Option } from 'commander';
import { integer } from './arguments.js';

/** Options of every command that loads a model. */
export interface ModelOptions {
  readonly model?: string;
  readonly device?: string;
  readonly rpc?: string;
  readonly gpuLayers?: number;
  readonly threads?: number;
  readonly contextSize?: number;
  readonly chatTemplate?: string;
}

/** The essential ones; `addModelOptions` adds the rest. */
export function addModelOption(command: Command, when = ''): Command {
  return command
    .option('--model <file>', `GGUF model${when}`)
    .option('--device <name>', 'auto, cpu, cuda or metal (default: auto)')
    .addOption(
      new Option(
        '--rpc <host:port,…>',
        'split the model over ggml-rpc-server workers on these machines',
      ).conflicts('device'),
    )
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer);
}

export function addModelOptions(command: Command): Command {
  return addModelOption(command, ' (default: the built-in one)')
    .option('--gpu-layers <count>', 'layers on the device, -1 = all (default: -1)', integer)
    .option('--context-size <tokens>', 'tokens a conversation can hold', integer)
    .option(
      '--chat-template <template>',
      "'plain', a Jinja template, or @FILE (default: the model's own)",
    );
}
