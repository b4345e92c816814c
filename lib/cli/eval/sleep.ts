import { readFileSync } from 'node:fs';
import { evaluateSleep, type SleepFigures, type SleepRow } from '../../eval/index.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalSleepOptions } from './command.js';

export async function sleep(options: EvalSleepOptions): Promise<void> {
  const output = new Output(options);
  const rows = sleepRows(options.data);
  using interrupt = new Interrupt();
  await using model = await loadModel(options, interrupt.signal);
  using progress = new Progress();
  const figures = await evaluateSleep(model, rows, {
    method: options.method,
    told: options.told,
    answers: options.answers,
    anchorLimit: options.anchorLimit,
    signal: interrupt.signal,
    onProgress: ({ phase, done, total }) => progress.show(phase, done / total),
  });
  progress[Symbol.dispose]();
  output.object(figures);
  const change = (before: number, after: number) =>
    `${before.toFixed(3)} to ${after.toFixed(3)} (${((after / before - 1) * 100).toFixed(1)} %)`;
  const { before, after, rewordedBefore, rewordedAfter, unseenBefore, unseenAfter } = figures;
  output.line(`told            ${change(before, after)} nats per token`);
  output.line(`in other words  ${change(rewordedBefore, rewordedAfter)} nats per token`);
  output.line(`never told      ${change(unseenBefore, unseenAfter)} nats per token`);
  output.line(`ordinary text   ${change(figures.anchorBefore, figures.anchorAfter)} perplexity`);
  output.line(
    `exact answers   ${percent(figures.exactTold)} told, ${percent(figures.exactReworded)} in other words`,
  );
  output.line(
    `the night       ${figures.seconds.toFixed(1)} s, ${learned(figures)}, ${(figures.bytes / 1024).toFixed(0)} KiB`,
  );
}

const learned = (figures: SleepFigures): string =>
  figures.method === 'head' ? `${figures.keys} keys` : `rows of ${figures.words} words`;

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** @throws {TypeError} that names the line without a question or an answer. */
function sleepRows(path: string): SleepRow[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const row = JSON.parse(line) as Partial<SleepRow>;
      if (typeof row.question !== 'string' || typeof row.answer !== 'string') {
        throw new TypeError(
          `Expected question and answer, two texts, in line ${index + 1} of ${path}`,
        );
      }
      return { question: row.question, answer: row.answer };
    });
}
