import { benchDecode, type DecodeBench, withRandomModel } from '../../bench/index.js';
import { checkNumber } from '../../validate.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchDecodeOptions } from './command.js';

export async function decode(options: BenchDecodeOptions): Promise<void> {
  const output = new Output(options);
  const { threads, rounds, tokens, random = false } = options;
  if (random && options.model !== undefined) {
    throw new TypeError('Expected either --model or --random but received both');
  }
  if (rounds !== undefined) checkNumber('rounds', rounds, { min: 1, max: 1000, integer: true });
  if (tokens !== undefined) checkNumber('tokens', tokens, { min: 2, max: 100_000, integer: true });
  using progress = new Progress();
  const run = (model: string | undefined): Promise<DecodeBench> =>
    benchDecode({
      model,
      threads,
      rounds,
      tokens,
      onProgress: (done, total) => progress.show('Decoding', done / total),
    });
  const result = random ? await withRandomModel(run) : await run(options.model);
  output.object(result);
  const millions = (result.model.parameters / 1e6).toFixed(1);
  output.line(
    `${result.model.name}, ${millions}M parameters, ${result.model.quantisation}, ${result.threads} threads; tokens per second, medians of ${result.rounds}`,
  );
  const row = (name: string, speed: number, ratio?: number) =>
    output.line(
      `${name.padEnd(26)}${speed.toFixed(1).padStart(9)}${ratio === undefined ? '' : `   ${ratio.toFixed(3)} of the plain loop`}`,
    );
  row('plain llama.cpp loop', result.bare);
  row('memory off', result.off, result.ratios.off);
  row('memory on', result.on, result.ratios.on);
  row('memory on, influence', result.influence, result.ratios.influence);
  if (result.nodeLlamaCpp !== null) row('node-llama-cpp', result.nodeLlamaCpp);
}
