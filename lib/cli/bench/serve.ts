import { benchServe, type ServeBench, withRandomModel } from '../../bench/index.js';
import { checkNumber } from '../../validate.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchServeOptions } from './command.js';

export async function serveBench(options: BenchServeOptions): Promise<void> {
  const output = new Output(options);
  const { threads, slots, clients, brains, seconds, tokens, beside, random = false } = options;
  if (random && options.model !== undefined) {
    throw new TypeError('Expected either --model or --random but received both');
  }
  const counts = { slots, clients, brains, tokens };
  for (const [name, count] of Object.entries(counts)) {
    if (count !== undefined) checkNumber(name, count, { min: 1, max: 10_000, integer: true });
  }
  if (seconds !== undefined) checkNumber('seconds', seconds, { min: 0.1, max: 100_000 });
  using progress = new Progress();
  const run = (model: string | undefined): Promise<ServeBench> =>
    benchServe({
      ...{ model, threads, ...counts, seconds, beside },
      withoutMemory: options.withoutMemory,
      onProgress: (fraction) => progress.show('Asking', fraction),
    });
  const result = random ? await withRandomModel(run) : await run(options.model);
  progress[Symbol.dispose]();
  output.object(result);
  output.line(
    `${result.clients} streaming clients, ${result.brains} brains, ${result.slots} slots, ${result.threads} threads, ${result.server.seconds.toFixed(0)} s each`,
  );
  for (const [name, load, ratio] of [
    ['graffiti serve', result.server, result.ratio],
    ['memory off', result.withoutMemory, result.ratioWithoutMemory],
    ['beside', result.beside, null],
  ] as const) {
    if (!load) continue;
    const { p50, p99 } = load.firstToken;
    output.line(
      [
        `${name.padEnd(16)}${load.tokensPerSecond.toFixed(1).padStart(8)} tokens/s`,
        ratio === null ? '              ' : `   ratio ${ratio.toFixed(3)}`,
        `   first token p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
        `   ${load.replies} replies, ${load.refused} refused, ${load.failed} failed, ${load.wrongBrain} wrong brain, ${load.wrongCount} wrong count`,
      ].join(''),
    );
  }
}
