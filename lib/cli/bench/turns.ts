import { benchTurns, type TurnsBench, withRandomModel } from '../../bench/index.js';
import { checkNumber } from '../../validate.js';
import { Interrupt } from '../interrupt.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchTurnsOptions } from './command.js';

export async function turns(options: BenchTurnsOptions): Promise<void> {
  const output = new Output(options);
  const { threads, rounds, tokens, told, length, turns: long, random = false } = options;
  if (random && options.model !== undefined) {
    throw new TypeError('Expected either --model or --random but received both');
  }
  if (rounds !== undefined) checkNumber('rounds', rounds, { min: 1, max: 1000, integer: true });
  if (tokens !== undefined) checkNumber('tokens', tokens, { min: 1, max: 100_000, integer: true });
  if (told !== undefined) checkNumber('told', told, { min: 1, max: 1e6, integer: true });
  if (length !== undefined) checkNumber('length', length, { min: 4, max: 1000, integer: true });
  if (long !== undefined) checkNumber('turns', long, { min: 1, max: 1e6, integer: true });
  using progress = new Progress();
  using interrupt = new Interrupt();
  const run = (model: string | undefined): Promise<TurnsBench> =>
    benchTurns({
      ...{ model, threads, rounds, tokens, told, length, turns: long },
      signal: interrupt.signal,
      onProgress: (step, share) => progress.show(step, share),
    });
  const result = random ? await withRandomModel(run) : await run(options.model);
  output.object(result);
  const { model, turn, keep, encode, spray, recall, note, share, computed, conversation } = result;
  const millions = (model.parameters / 1e6).toFixed(1);
  output.line(
    `${model.name}, ${millions}M parameters, ${result.threads} threads, ${result.told} memories, replies of ${result.tokens} tokens, told texts of ${result.length}; ms, medians`,
  );
  const row = (name: string, value: number) =>
    output.line(`${name.padEnd(14)}${value.toFixed(2).padStart(10)}`);
  row('turn', turn);
  row('keep', keep);
  row('recall', recall);
  row('note', note);
  output.line(`telling and asking are ${(100 * share).toFixed(1)} % of a turn's time`);
  output.line('after the reply');
  row('encode', encode);
  row('spray', spray);
  output.line(`with these they are ${(100 * computed).toFixed(1)} % of what is computed`);
  for (const part of conversation) {
    output.line(
      `${String(part.turns).padStart(6)} turns  ${part.turn.toFixed(1)} ms a turn  file ${(part.fileBytes / 1e6).toFixed(2)} MB  memory ${(part.rss / 1e6).toFixed(0)} MB`,
    );
  }
}
