import { benchStartup } from '../../bench/index.js';
import { checkNumber } from '../../validate.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchStartupOptions } from './command.js';

export async function startup(options: BenchStartupOptions): Promise<void> {
  const output = new Output(options);
  const { model, threads, rounds } = options;
  if (rounds !== undefined) checkNumber('rounds', rounds, { min: 1, max: 1000, integer: true });
  using progress = new Progress();
  const result = await benchStartup({
    model,
    threads,
    rounds,
    onProgress: (done, total) => progress.show('Starting', done / total),
  });
  progress[Symbol.dispose]();
  output.object(result);
  output.line(`Milliseconds, ${result.threads} threads, medians of ${result.rounds} new processes`);
  const row = (name: string, time: number) =>
    output.line(`${name.padEnd(30)}${time.toFixed(0).padStart(6)}`);
  row('start of Node', result.node);
  row('import', result.import);
  row('load', result.load);
  row('first token', result.firstToken);
  row('from import to first token', result.total);
  row('plain llama.cpp loop, in all', result.bare);
}
