import { type Command, Option } from 'commander';
import { BRAIN_ARGUMENT, integer, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';

export interface SleepCommandOptions extends CommonOptions, ModelOptions {
  readonly method?: 'head' | 'weights';
  readonly anchorLimit?: number;
  readonly maxKeys?: number;
  readonly undo?: true;
  readonly nights?: true;
}

export function registerSleep(program: Command): void {
  const command = describe(program, 'sleep', {
    summary: 'Replay what a brain was told, so that the model knows it without recall.',
    examples: [
      'graffiti sleep mine.graffiti',
      'graffiti sleep mine.graffiti --method weights',
      'graffiti sleep mine.graffiti --nights   # what is kept',
      'graffiti sleep mine.graffiti --undo     # the night before counts again',
    ],
  })
    .argument(...BRAIN_ARGUMENT)
    .addOption(
      new Option(
        '--method <name>',
        'head: exact answers, forgets memory by memory (default); weights: a small net',
      ).choices(['head', 'weights']),
    )
    .option(
      '--anchor-limit <share>',
      'highest rise of the perplexity of ordinary text (default: 0.01, 1 %)',
      number,
    )
    .option(
      '--max-keys <count>',
      'most keys of method head, the most surprising are kept (default: 100000)',
      integer,
    )
    .option('--undo', 'take back the last night')
    .addOption(new Option('--nights', 'only show the nights that are kept').conflicts('undo'));
  addModelOptions(command).action(async (brain: string, options: SleepCommandOptions) => {
    const work = await import('./sleep.js');
    if (options.undo) await work.undo(brain, options);
    else if (options.nights) await work.nights(brain, options);
    else await work.sleep(brain, options);
  });
}
