import { type Command } from 'commander';
import {
  BRAIN_ARGUMENT,
  collected,
  collectedIds,
  integer,
  number,
  pointInTime,
} from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOption, addModelOptions, type ModelOptions } from '../model-options.js';

export interface ListingOptions extends CommonOptions {
  readonly limit?: number;
  readonly offset?: number;
  readonly tag?: string;
  readonly speaker?: string;
  readonly since?: number;
}

export interface RecallingOptions extends CommonOptions, ModelOptions {
  readonly limit?: number;
  readonly tag?: string[];
  readonly minScore?: number;
}

export interface ForgettingOptions extends CommonOptions {
  readonly tag?: string;
  readonly speaker?: string;
  readonly query?: string;
  readonly yes?: true;
}

export interface ExportOptions extends CommonOptions {
  readonly lines?: true;
  readonly out?: string;
}

export type ReencodingOptions = CommonOptions & ModelOptions;

export function registerMemory(program: Command): void {
  const memory = program
    .command('memory')
    .description('Look into a brain, forget, export, re-encode for another model.');
  registerLooks(memory);
  registerChanges(memory);
}

function registerLooks(memory: Command): void {
  describe(memory, 'list', {
    summary: 'Memories, newest first.',
    examples: ['graffiti memory list mine.graffiti --tag pets --since 7d'],
  })
    .argument(...BRAIN_ARGUMENT)
    .option('--limit <count>', 'at most so many (default: 100)', integer)
    .option('--offset <count>', 'leave out so many of the newest', integer)
    .option('--tag <tag>', 'only those with this tag')
    .option('--speaker <name>', 'only those this speaker said')
    .option('--since <time>', 'only those since a date, or an age like 12h, 7d, 2w', pointInTime)
    .action(async (brain: string, options: ListingOptions) => {
      const { list } = await import('./looks.js');
      await list(brain, options);
    });

  const recall = describe(memory, 'recall', {
    summary: 'Memories that fit a query best: by words, and with --model also by meaning.',
    examples: ['graffiti memory recall mine.graffiti "what is my dog called?" --limit 3'],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument('<query...>', 'what to look for')
    .option('--limit <count>', 'at most so many (default: 5)', integer)
    .option(
      '--tag <tag>',
      'only those with this tag, or another one given; may be repeated',
      collected,
    )
    .option('--min-score <score>', 'only those that fit so well, 0 to 1', number);
  addModelOption(recall, ' that made the brain (default: none, words only)').action(
    async (brain: string, query: string[], options: RecallingOptions) => {
      const looks = await import('./looks.js');
      await looks.recall(brain, query.join(' '), options);
    },
  );

  describe(memory, 'ask', {
    summary:
      'Answer a question from what was told, with the memory it stands in. No model is needed.',
    examples: ['graffiti memory ask mine.graffiti "what is my dog called?"'],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument('<question...>', 'what to answer')
    .action(async (brain: string, question: string[], options: CommonOptions) => {
      const { ask } = await import('./facts.js');
      await ask(brain, question.join(' '), options);
    });

  describe(memory, 'audit', {
    summary: 'What is told twice, contradicts itself, or no longer holds.',
    examples: ['graffiti memory audit mine.graffiti --json'],
  })
    .argument(...BRAIN_ARGUMENT)
    .action(async (brain: string, options: CommonOptions) => {
      const { audit } = await import('./facts.js');
      await audit(brain, options);
    });

  describe(memory, 'stats', {
    summary: 'Figures about a brain.',
    examples: ['graffiti memory stats mine.graffiti --json'],
  })
    .argument(...BRAIN_ARGUMENT)
    .action(async (brain: string, options: CommonOptions) => {
      const { stats } = await import('./looks.js');
      await stats(brain, options);
    });

  describe(memory, 'export', {
    summary: 'Everything a brain was told, as one JSON object, or as JSON lines with --lines.',
    examples: ['graffiti memory export mine.graffiti --lines --out memories.jsonl'],
  })
    .argument(...BRAIN_ARGUMENT)
    .option('--lines', 'one memory per line instead of one object')
    .option('--out <file>', 'write there (default: standard output)')
    .action(async (brain: string, options: ExportOptions) => {
      const { exportMemories } = await import('./export.js');
      await exportMemories(brain, options);
    });
}

function registerChanges(memory: Command): void {
  describe(memory, 'forget', {
    summary: 'Forget memories, as if they had never been told; their text is erased.',
    examples: [
      'graffiti memory forget mine.graffiti 3 7',
      'graffiti memory forget mine.graffiti --tag pets --yes',
      'graffiti memory forget mine.graffiti --query "my password"',
    ],
  })
    .argument(...BRAIN_ARGUMENT)
    .argument('[id...]', 'ids of the memories', collectedIds)
    .option('--tag <tag>', 'all with this tag')
    .option('--speaker <name>', 'all this speaker said')
    .option('--query <words>', 'all that say something about it: "my password"')
    .option('--yes', 'do not ask')
    .action(async (brain: string, ids: number[] | undefined, options: ForgettingOptions) => {
      const { forget } = await import('./forget.js');
      await forget(brain, ids ?? [], options);
    });

  const reencode = describe(memory, 'reencode', {
    summary: 'Make all vectors of a brain anew with another model. Texts stay as they are.',
    examples: ['graffiti memory reencode mine.graffiti --model other.gguf'],
  }).argument(...BRAIN_ARGUMENT);
  addModelOptions(reencode).action(async (brain: string, options: ReencodingOptions) => {
    const work = await import('./reencode.js');
    await work.reencode(brain, options);
  });
}
