import { benchEngram } from '../../bench/index.js';
import { checkNumber } from '../../validate.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchEngramOptions } from './command.js';

export async function engram(options: BenchEngramOptions): Promise<void> {
  const output = new Output(options);
  const { model, threads, rounds } = options;
  if (rounds !== undefined) checkNumber('rounds', rounds, { min: 1, max: 1000, integer: true });
  using progress = new Progress();
  const result = await benchEngram({
    model,
    threads,
    rounds,
    onProgress: (done, total) => progress.show('Measuring', done / total),
  });
  output.object(result);
  output.line(
    `${result.model.name}, ${(result.model.parameters / 1e6).toFixed(1)}M parameters, ${result.model.quantisation}, ${result.threads} threads; medians of ${result.rounds}`,
  );
  output.line(
    `extraction from ${result.tokens} tokens   ${result.extraction.toFixed(2)} s, ${result.ratios.extraction.toFixed(2)} times a forward pass over them (${result.forward.toFixed(2)} s)`,
  );
  output.line(
    `decoding under an engram     ${result.adapted.toFixed(1)} tokens/s, ${result.ratios.decode.toFixed(3)} of ${result.plain.toFixed(1)} without`,
  );
}
