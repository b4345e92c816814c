import type { Command } from 'commander';
import { BRAIN_ARGUMENT, collected, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';

export interface TagOptions extends CommonOptions, ModelOptions {
  readonly tag?: string[];
  readonly by?: string;
  readonly speaker?: string;
  readonly importance?: number;
  readonly classify?: true;
}

export function registerTag(program: Command): void {
  const command = describe(program, 'tag', {
    summary: 'Write a text into a brain without a reply. Makes the brain when there is none.',
    examples: [
      'graffiti tag mine.graffiti "I love dogs" --tag pets --by human',
      'graffiti tag mine.graffiti "I live in Rome" --by rule   # tagged by rules',
      'graffiti tag --classify "I live in Rome. My dog is named Rex."',
    ],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument('[text...]', 'what to remember; several words are joined by spaces')
    .option('--classify', 'only show how the rules would tag the text; no brain is needed')
    .option('--tag <tag>', 'a label to find it by; may be repeated', collected)
    .option('--by <who>', 'who decided to remember it: human, rule or model (default: human)')
    .option('--speaker <name>', 'who said it (default: user)')
    .option('--importance <value>', '0 to 1000 (default: 1)', number);
  addModelOptions(command).action(async (brain: string, words: string[], options: TagOptions) => {
    if (options.classify) {
      const { classify } = await import('./classify.js');
      classify(words.length > 0 ? words.join(' ') : brain, options);
      return;
    }
    const { tag } = await import('./tag.js');
    await tag(brain, words.join(' '), options);
  });
}
