import type { Command } from 'commander';
import { collected, integer, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';

export interface ServingOptions extends CommonOptions, ModelOptions {
  readonly host?: string;
  readonly port?: number;
  readonly brains?: string;
  readonly brain?: string;
  readonly apiKey?: string[];
  readonly cors?: string[];
  readonly slots?: number;
  readonly queue?: number;
  readonly rateLimit?: number;
  readonly bodyLimit?: number;
  readonly idle?: number;
  readonly openBrains?: number;
  readonly logLevel?: string;
  readonly logContents?: true;
}

/** `graffiti serve`: OpenAI's API over a model that remembers. */
export function registerServe(program: Command): void {
  const command = describe(program, 'serve', {
    summary:
      "OpenAI's API over a model that remembers, and a page to watch it.\n" +
      'A request chooses its brain with `user`, the body field graffiti.brain or the header X-Graffiti-Brain.',
    examples: [
      'graffiti serve --brains brains',
      'GRAFFITI_API_KEY=secret graffiti serve --host 0.0.0.0 --model model.gguf',
    ],
  })
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine alone)')
    .option('--port <number>', '0 = any that is free (default: 8317)', integer)
    .option('--brains <folder>', 'folder of the brain files (default: brains)')
    .option('--brain <name>', 'brain of requests that name none (default: default)')
    .option(
      '--api-key <key>',
      'a key that requests must carry; may be repeated (default: GRAFFITI_API_KEY, several with commas)',
      collected,
    )
    .option('--cors <origin>', 'web pages from there may call; may be repeated', collected)
    .option('--slots <count>', 'replies at the same time (default: 4)', integer)
    .option('--queue <count>', 'requests that may wait before 429 (default: 64)', integer)
    .option(
      '--rate-limit <count>',
      'requests per minute of one caller (default: no limit)',
      integer,
    )
    .option('--body-limit <bytes>', 'largest request (default: 4194304)', integer)
    .option('--idle <seconds>', 'after which an unused brain is closed (default: 300)', number)
    .option('--open-brains <count>', 'brains open at the same time (default: 64)', integer)
    .option('--log-level <level>', 'silent, error, warn, info or debug (default: info)')
    .option('--log-contents', 'write what is said to the log too');
  addModelOptions(command).action(async (options: ServingOptions) => {
    const work = await import('./serve.js');
    await work.serveUntilInterrupted(options);
  });
}
