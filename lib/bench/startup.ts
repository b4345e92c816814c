import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { builtInModel } from '../model/index.js';
import { packageRoot } from '../native.js';
import { median } from './median.js';

export interface StartupBenchOptions {
  /** Default: the built-in cortex. */
  readonly model?: string | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Processes that are measured, at least 1. Default 7. */
  readonly rounds?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Milliseconds in one process. */
export interface StartupRun {
  /** From the start of the process to the first line of a program. */
  readonly node: number;
  /** Importing the library. */
  readonly import: number;
  /** Loading the model; its measurement is in the cache. */
  readonly load: number;
  /** From the loaded model to the first token: a session, a remembered prompt, a pass over it. */
  readonly firstToken: number;
  /** From the import to the first token. */
  readonly total: number;
  readonly promptTokens: number;
}

/** Milliseconds, medians over the rounds. */
export interface StartupBench extends Omit<StartupRun, 'promptTokens'> {
  /** The plain C++ loop on the same model: a whole process that says two tokens. */
  readonly bare: number;
  /** Time from the process' start to the first token against `bare`. */
  readonly ratio: number;
  readonly threads: number;
  readonly rounds: number;
  /** Every round, in the order it ran. */
  readonly runs: readonly (StartupRun & { readonly bare: number })[];
}

/**
 * Time from import to the first token, in a new process each time. One that is not counted goes first: the
 * files are then in memory, and the model's measurement in the cache.
 */
export async function benchStartup(options: StartupBenchOptions = {}): Promise<StartupBench> {
  const { model = builtInModel(), rounds = 7, onProgress } = options;
  const { threads = availableParallelism() } = options;
  await runOnce(model, threads);
  const runs: (StartupRun & { bare: number })[] = [];
  for (let round = 1; round <= rounds; round++) {
    const run = await runOnce(model, threads);
    runs.push({ ...run, bare: await runBare(model, threads, run.promptTokens) });
    onProgress?.(round, rounds);
  }
  const of = (name: keyof StartupRun | 'bare') => median(runs.map((run) => run[name]));
  return {
    node: of('node'),
    import: of('import'),
    load: of('load'),
    firstToken: of('firstToken'),
    total: of('total'),
    bare: of('bare'),
    ratio: median(runs.map(({ node, total, bare }) => (node + total) / bare)),
    threads,
    rounds,
    runs,
  };
}

async function runOnce(model: string, threads: number): Promise<StartupRun> {
  const self = fileURLToPath(import.meta.url);
  const program = join(self, '..', `startup-run${extname(self)}`); // .ts where this is not compiled
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    program,
    model,
    String(threads),
  ]);
  return JSON.parse(stdout) as StartupRun;
}

/** Milliseconds of a whole process of the plain loop. */
async function runBare(model: string, threads: number, promptTokens: number): Promise<number> {
  const program = join(packageRoot, 'build', 'Release', 'graffiti-bare');
  const begun = performance.now();
  await promisify(execFile)(program, [
    ...['--model', model, '--threads', String(threads)],
    ...['--prompt-tokens', String(promptTokens), '--tokens', '2', '--runs', '1', '--json'],
  ]);
  return performance.now() - begun;
}
