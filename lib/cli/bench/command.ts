import type { Command } from 'commander';
import { integer, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';

export interface BenchDecodeOptions extends CommonOptions {
  readonly model?: string;
  readonly threads?: number;
  readonly rounds?: number;
  readonly tokens?: number;
  readonly random?: boolean;
}

export interface BenchStartupOptions extends CommonOptions {
  readonly model?: string;
  readonly threads?: number;
  readonly rounds?: number;
}

export interface BenchSleepOptions extends CommonOptions {
  readonly model?: string;
  readonly threads?: number;
  readonly rounds?: number;
  readonly tokens?: number;
  readonly random?: boolean;
  readonly keys?: string;
}

export interface BenchServeOptions extends CommonOptions {
  readonly model?: string;
  readonly threads?: number;
  readonly slots?: number;
  readonly clients?: number;
  readonly brains?: number;
  readonly seconds?: number;
  readonly tokens?: number;
  readonly beside?: string;
  readonly random?: boolean;
  readonly withoutMemory?: boolean;
}

export interface BenchTurnsOptions extends CommonOptions {
  readonly model?: string;
  readonly random?: boolean;
  readonly threads?: number;
  readonly rounds?: number;
  readonly tokens?: number;
  readonly told?: number;
  readonly length?: number;
  readonly turns?: number;
}

export interface BenchRecallOptions extends CommonOptions {
  readonly n?: string;
  readonly width?: number;
  readonly vectors?: string;
  readonly queries?: number;
  readonly graphs?: string;
  readonly picture?: string;
}

export interface BenchEngramOptions extends CommonOptions {
  readonly model?: string;
  readonly threads?: number;
  readonly rounds?: number;
}

/** `graffiti bench`: speed beside a baseline from the same run. */
export function registerBench(program: Command): void {
  const group = program
    .command('bench')
    .description('Measure speed beside a baseline from the same run.');
  describe(group, 'decode', {
    summary: 'Tokens per second: a plain llama.cpp loop, memory off, on, with influence.',
    examples: [
      'graffiti bench decode --json',
      'graffiti bench decode --random   # a model of over 100M random parameters',
    ],
  })
    .option('--model <file>', 'GGUF model (default: the built-in one)')
    .option('--random', 'make a model of over 100M parameters with random weights for this run')
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer)
    .option('--rounds <count>', 'alternating rounds (default: 25)', integer)
    .option('--tokens <count>', 'tokens of each (default: 192)', integer)
    .action(async (options: BenchDecodeOptions) => {
      const { decode } = await import('./decode.js');
      await decode(options);
    });
  describe(group, 'startup', {
    summary: 'Milliseconds from import to the first token, in new processes.',
    examples: ['graffiti bench startup --json'],
  })
    .option('--model <file>', 'GGUF model (default: the built-in one)')
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer)
    .option('--rounds <count>', 'processes (default: 7)', integer)
    .action(async (options: BenchStartupOptions) => {
      const { startup } = await import('./startup.js');
      await startup(options);
    });
  describe(group, 'sleep', {
    summary: 'What a night costs awake: tokens per second with head memories of several sizes.',
    examples: [
      'graffiti bench sleep --random --json   # a model of over 100M random parameters',
      'graffiti bench sleep --keys 1e4,1e5',
    ],
  })
    .option('--model <file>', 'GGUF model (default: the built-in one)')
    .option('--random', 'make a model of over 100M parameters with random weights for this run')
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer)
    .option('--keys <counts>', 'sizes, comma between them (default: 1e4,1e5,1e6)')
    .option('--rounds <count>', 'alternating rounds (default: 15)', integer)
    .option('--tokens <count>', 'tokens of each (default: 64)', integer)
    .action(async (options: BenchSleepOptions) => {
      const { sleep } = await import('./sleep.js');
      await sleep(options);
    });
  describe(group, 'serve', {
    summary:
      'Many streaming clients on `graffiti serve`: tokens per second, time to the first token.',
    examples: [
      'graffiti bench serve --json',
      "graffiti bench serve --beside llama-server   # and the same on llama.cpp's own, built from the vendored source",
    ],
  })
    .option('--model <file>', 'GGUF model (default: the built-in one)')
    .option('--random', 'make a model of over 100M parameters with random weights for this run')
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer)
    .option('--slots <count>', 'replies at the same time (default: 8)', integer)
    .option('--clients <count>', 'clients (default: 64)', integer)
    .option('--brains <count>', 'brains they share (default: 8)', integer)
    .option('--seconds <count>', 'how long, each server (default: 120)', number)
    .option('--tokens <count>', 'longest reply (default: 48)', integer)
    .option('--without-memory', 'a second time with the memory off')
    .option(
      '--beside <server>',
      "llama-server, or the address of another server of OpenAI's API with the same model",
    )
    .action(async (options: BenchServeOptions) => {
      const { serveBench } = await import('./serve.js');
      await serveBench(options);
    });
  describe(group, 'engram', {
    summary: 'What an extraction costs beside a forward pass, and a reply under an engram.',
    examples: ['graffiti bench engram --json'],
  })
    .option(
      '--model <file>',
      'GGUF model (default: over 100M random parameters, made for this run)',
    )
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer)
    .option('--rounds <count>', 'alternating rounds (default: 3)', integer)
    .action(async (options: BenchEngramOptions) => {
      const { engram } = await import('./engram.js');
      await engram(options);
    });
  describe(group, 'turns', {
    summary: 'What telling and asking add to the time of a turn; a long conversation, in tenths.',
    examples: [
      'graffiti bench turns --random   # a model of over 100M random parameters',
      'graffiti bench turns --turns 2000 --json',
    ],
  })
    .option('--model <file>', 'GGUF model (default: the built-in one)')
    .option('--random', 'a model of over 100M random parameters, made for this run')
    .option('--threads <count>', 'threads of the CPU (default: one per core)', integer)
    .option('--rounds <count>', 'turns that are timed (default: 10)', integer)
    .option('--tokens <count>', 'tokens of each reply (default: 64)', integer)
    .option('--told <count>', 'memories told before (default: 200)', integer)
    .option('--length <count>', 'tokens of a told text and of a note (default: 16)', integer)
    .option('--turns <count>', 'a conversation of so many turns besides (default: none)', integer)
    .action(async (options: BenchTurnsOptions) => {
      const { turns } = await import('./turns.js');
      await turns(options);
    });
  describe(group, 'recall', {
    summary: 'Milliseconds to find the nearest of many memories, and how many of them are found.',
    examples: [
      'graffiti bench recall --n 1e3,1e5,1e6 --json',
      'graffiti bench recall --n 1e4 --vectors isotropic',
    ],
  })
    .option('--n <counts>', 'how many memories, one run each (default: 1e3,1e5,1e6)')
    .option('--width <count>', 'length of a vector (default: 576)', integer)
    .option(
      '--vectors <shape>',
      'clustered, as hidden states are, or isotropic (default: clustered)',
    )
    .option('--queries <count>', 'questions of each run (default: 100)', integer)
    .option('--graphs <folder>', 'keep the graphs there, and use those that are kept there')
    .option('--picture <file>', 'draw the times as SVG')
    .action(async (options: BenchRecallOptions) => {
      const { recall } = await import('./recall.js');
      await recall(options);
    });
}
