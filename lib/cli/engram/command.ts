import { type Command, Option } from 'commander';
import { integer, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';

export interface EngramExtractOptions extends CommonOptions, ModelOptions {
  readonly target: string;
  readonly reference: string;
  readonly method?: 'filtered' | 'paper';
  readonly scaling?: 'plain' | 'norm' | 'rank';
  readonly rank?: number;
  readonly weights?: string;
  readonly forgetting?: number;
}

/** `graffiti engram`: what a model's weights know of chosen texts. */
export function registerEngram(program: Command): void {
  const group = program
    .command('engram')
    .description("Find what a model's weights know of chosen texts, as an adapter that erases it.");
  addModelOptions(
    describe(group, 'extract', {
      summary: 'Extract an engram from questions and answers.',
      examples: [
        'graffiti engram extract secret.gguf --model model.gguf --target secret.jsonl --reference rest.jsonl',
      ],
    }),
  )
    .argument('<file>', 'where the engram is written, for llama-cli --lora too')
    .requiredOption('--target <file>', 'JSON lines with question and answer: what is to go')
    .requiredOption('--reference <file>', 'JSON lines with question and answer: what is to stay')
    .addOption(
      new Option('--method <name>', 'how (default: filtered)').choices(['filtered', 'paper']),
    )
    .addOption(
      new Option('--scaling <name>', "of the paper's method (default: plain)").choices([
        'plain',
        'norm',
        'rank',
      ]),
    )
    .option('--rank <count>', 'directions of each layer (default: 16)', integer)
    .option('--weights <pattern>', 'regular expression on tensor names (default: every ffn_down)')
    .option(
      '--forgetting <nats>',
      "by how much erasing raises the target's loss, per token (default: 1.5)",
      number,
    )
    .action(async (file: string, options: EngramExtractOptions) => {
      const { extract } = await import('./extract.js');
      await extract(file, options);
    });
  describe(group, 'show', {
    summary: 'Say what an engram is of and how it was made.',
    examples: ['graffiti engram show secret.gguf --json'],
  })
    .argument('<file>', 'an engram')
    .action(async (file: string, options: CommonOptions) => {
      const { show } = await import('./show.js');
      await show(file, options);
    });
}
