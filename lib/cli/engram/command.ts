import { type Command, Option } from 'commander';
import { BRAIN_ARGUMENT, integer, number } from '../arguments.js';
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
  registerKept(group);
}

/** Engrams that a brain keeps, by name. */
function registerKept(group: Command): void {
  const name = ['<name>', 'what it is kept under'] as const;
  describe(group, 'save', {
    summary: 'Keep an engram in a brain; one of the same name is replaced.',
    examples: [
      'graffiti engram save mine.graffiti vasquez secret.gguf',
      'graffiti chat --brain mine.graffiti --erase vasquez',
    ],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument(...name)
    .argument('<file>', 'an engram')
    .action(async (brain: string, named: string, file: string, options: CommonOptions) => {
      const { save } = await import('./kept.js');
      await save(brain, named, file, options);
    });
  describe(group, 'list', {
    summary: 'The engrams that a brain keeps.',
    examples: ['graffiti engram list mine.graffiti --json'],
  })
    .argument(...BRAIN_ARGUMENT)
    .action(async (brain: string, options: CommonOptions) => {
      const { list } = await import('./kept.js');
      await list(brain, options);
    });
  describe(group, 'export', {
    summary: 'Write an engram of a brain to a file.',
    examples: ['graffiti engram export mine.graffiti vasquez secret.gguf'],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument(...name)
    .argument('<file>', 'where it is written')
    .action(async (brain: string, named: string, file: string, options: CommonOptions) => {
      const { exportTo } = await import('./kept.js');
      await exportTo(brain, named, file, options);
    });
  describe(group, 'delete', {
    summary: 'Remove an engram from a brain, with all its bytes.',
    examples: ['graffiti engram delete mine.graffiti vasquez'],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument(...name)
    .action(async (brain: string, named: string, options: CommonOptions) => {
      const { remove } = await import('./kept.js');
      await remove(brain, named, options);
    });
}
