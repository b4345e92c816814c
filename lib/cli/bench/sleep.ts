import { benchSleep, type SleepBench, withRandomModel } from '../../bench/index.js';
import { checkNumber } from '../../validate.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchSleepOptions } from './command.js';

export async function sleep(options: BenchSleepOptions): Promise<void> {
  const output = new Output(options);
  const { threads, rounds, tokens, random = false } = options;
  if (random && options.model !== undefined) {
    throw new TypeError('Expected either --model or --random but received both');
  }
  if (rounds !== undefined) checkNumber('rounds', rounds, { min: 1, max: 1000, integer: true });
  if (tokens !== undefined) checkNumber('tokens', tokens, { min: 2, max: 100_000, integer: true });
  const keys = options.keys?.split(',').map(Number);
  keys?.forEach((count) => checkNumber('keys', count, { min: 1, max: 1e7, integer: true }));
  using progress = new Progress();
  const run = (model: string | undefined): Promise<SleepBench> =>
    benchSleep({
      ...{ model, threads, keys, rounds, tokens },
      onProgress: (done, total) => progress.show('Decoding', done / total),
    });
  const result = random ? await withRandomModel(run) : await run(options.model);
  progress[Symbol.dispose]();
  output.object(result);
  const { name, parameters, quantisation } = result.model;
  output.line(
    `${name}, ${(parameters / 1e6).toFixed(1)}M parameters, ${quantisation}, ${result.threads} threads; medians of ${result.rounds}`,
  );
  for (const row of result.rows) {
    output.line(
      `${String(row.keys).padStart(9)} keys  ${(row.bytes / 2 ** 20).toFixed(1).padStart(7)} MiB  ${row.without.toFixed(1)} to ${row.with.toFixed(1)} tokens per second, ${row.ratio.toFixed(3)}; ${row.microseconds.toFixed(0)} µs a token; loads in ${row.secondsToLoad.toFixed(1)} s`,
    );
  }
}
