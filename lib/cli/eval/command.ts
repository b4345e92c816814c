import { type Command, Option } from 'commander';
import { integer, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';

export interface EvalLeanOptions extends CommonOptions, ModelOptions {
  readonly data: string;
  readonly neutral: string;
  readonly kl?: number;
  readonly writer?: 'gradient' | 'mean' | 'random' | 'notebook';
  readonly baselines: boolean;
}

export interface EvalDialogueOptions extends CommonOptions, ModelOptions {
  readonly data: string;
  readonly heldOut?: true;
  readonly seeds: number;
}

export interface EvalAdderOptions extends CommonOptions {
  readonly pairs: number;
}

export interface EvalInfluenceOptions extends CommonOptions, ModelOptions {
  readonly tokens?: number;
}

export interface EvalFactsOptions extends CommonOptions, ModelOptions {
  readonly data?: string;
  readonly generate?: number;
  readonly seed?: number;
  readonly off: boolean;
  readonly reads?: boolean;
}

export interface EvalLocomoOptions extends CommonOptions {
  readonly data: string;
}

export interface EvalSleepOptions extends CommonOptions, ModelOptions {
  readonly data: string;
  readonly method?: 'head' | 'weights';
  readonly told?: number;
  readonly answers?: number;
  readonly anchorLimit?: number;
}

export interface EvalEngramOptions extends CommonOptions, ModelOptions {
  readonly data: string;
  readonly authors?: number;
  readonly erase?: number;
  readonly taught?: boolean;
  readonly quantise?: 'q8_0' | 'q4_k_m';
  readonly epochs?: number;
}

/** `graffiti eval`: every measured claim, on any data of the same shape. */
export function registerEval(program: Command): void {
  const group = program.command('eval').description('Measure a claim on your own model and data.');
  addModelOptions(
    describe(group, 'lean', {
      summary: 'How far the model leans towards what it was told, and what that costs.',
      examples: ['graffiti eval lean --data lean.json --neutral neutral.txt --json'],
    }),
  )
    .requiredOption('--data <file>', 'JSON: probes and concepts with memories, related, control')
    .requiredOption('--neutral <file>', 'text about nothing told, one passage a line')
    .option('--kl <nats>', 'mean KL that strength 1 stands for (default: 0.042)', number)
    .addOption(
      new Option('--writer <name>', 'how texts become vectors (default: gradient)').choices([
        'gradient',
        'mean',
        'random',
        'notebook',
      ]),
    )
    .option('--no-baselines', 'leave out random, notebook and mean')
    .action(async (options: EvalLeanOptions) => {
      const { lean } = await import('./lean.js');
      await lean(options);
    });
  addModelOptions(
    describe(group, 'influence', {
      summary: 'Whether the influence figures are exact: derived against true base logits.',
      examples: ['graffiti eval influence --model model.gguf --json'],
    }),
  )
    .option('--tokens <count>', 'fewest tokens to compare (default: 200)', integer)
    .action(async (options: EvalInfluenceOptions) => {
      const { influence } = await import('./influence.js');
      await influence(options);
    });
  addModelOptions(
    describe(group, 'facts', {
      summary: 'Whether what was told is recalled, word for word, and nothing else.',
      examples: [
        'graffiti eval facts --data facts.jsonl --json',
        'graffiti eval facts --generate 400 --seed 1',
      ],
    }),
  )
    .option('--data <file>', 'one case a line: id, and steps that tell, ask or restart')
    .option('--generate <count>', 'so many cases with random values instead', integer)
    .option('--seed <seed>', 'of the random values (default: 1)', integer)
    .option('--no-off', 'do not ask again with recall turned off')
    .option('--reads', 'ask also from the conversation itself, and from a night of sleep')
    .action(async (options: EvalFactsOptions) => {
      const { facts } = await import('./facts.js');
      await facts(options);
    });
  describe(group, 'locomo', {
    summary: 'How many of the turns that answer a question recall finds, beside BM25.',
    examples: ['graffiti eval locomo --data locomo.json --json'],
  })
    .requiredOption('--data <file>', 'JSON: conversations of dated sessions, with questions')
    .action(async (options: EvalLocomoOptions) => {
      const { locomo } = await import('./locomo.js');
      await locomo(options);
    });
  addModelOptions(
    describe(group, 'dialogue', {
      summary: 'Bits per byte of conversations, and how varied small talk with the model is.',
      examples: ['graffiti eval dialogue --data self-dialogue.jsonl --held-out --json'],
    }),
  )
    .requiredOption('--data <file>', 'JSON lines with turns, or User: and Bot: lines')
    .option('--held-out', 'only the 1 conversation in 50 that training keeps out')
    .option('--seeds <count>', 'conversations of small talk', integer, 20)
    .action(async (options: EvalDialogueOptions) => {
      const { dialogue } = await import('./dialogue.js');
      await dialogue(options);
    });
  addModelOptions(
    describe(group, 'sleep', {
      summary:
        'What the model knows by itself after a night, in other words too, and at what cost.',
      examples: ['graffiti eval sleep --data questions.jsonl --json'],
    }),
  )
    .requiredOption('--data <file>', 'JSON lines with question and answer')
    .addOption(
      new Option('--method <name>', 'what the night learns (default: head)').choices([
        'head',
        'weights',
      ]),
    )
    .option(
      '--told <count>',
      'rows to tell (default: 200); as many of the next are never told',
      integer,
    )
    .option('--answers <count>', 'greedy answers to check (default: 20)', integer)
    .option(
      '--anchor-limit <share>',
      'highest rise of the perplexity of ordinary text (default: 0.01)',
      number,
    )
    .action(async (options: EvalSleepOptions) => {
      const { sleep } = await import('./sleep.js');
      await sleep(options);
    });
  addModelOptions(
    describe(group, 'engram', {
      summary:
        'What erasing some of what was taught does to the rest, beside the published method.',
      examples: [
        'graffiti eval engram --model model.gguf --data questions.jsonl --json',
        'graffiti eval engram --model taught.gguf --taught --quantise q4_k_m --data questions.jsonl',
      ],
    }),
  )
    .requiredOption('--data <file>', 'JSON lines with question, answer and author')
    .option('--authors <count>', 'authors to teach, from the first (default: 20)', integer)
    .option('--erase <count>', 'of them, how many to erase (default: 2)', integer)
    .option('--taught', 'the model already knows the rows: teach nothing')
    .addOption(
      new Option('--quantise <type>', 'quantise the taught model first').choices([
        'q8_0',
        'q4_k_m',
      ]),
    )
    .option('--epochs <count>', 'most passes over the rows when teaching (default: 6)', integer)
    .action(async (options: EvalEngramOptions) => {
      const { engram } = await import('./engram.js');
      await engram(options);
    });
  describe(group, 'adder', {
    summary: 'How often the adder is right about pairs it was not trained on, and how fast it is.',
    examples: ['graffiti eval adder --json'],
  })
    .option('--pairs <count>', 'how many', integer, 10_000)
    .action(async (options: EvalAdderOptions) => {
      const { adder } = await import('./adder.js');
      await adder(options);
    });
}
