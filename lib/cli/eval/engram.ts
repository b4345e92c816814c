import { readFileSync } from 'node:fs';
import { type EngramRow, evaluateEngram } from '../../eval/index.js';
import { builtInModel } from '../../model/index.js';
import { Interrupt } from '../interrupt.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalEngramOptions } from './command.js';

export async function engram(options: EvalEngramOptions): Promise<void> {
  const output = new Output(options);
  const rows = engramRows(options.data);
  using interrupt = new Interrupt();
  using progress = new Progress();
  const { model = builtInModel(), device, gpuLayers, threads, contextSize } = options;
  const figures = await evaluateEngram(model, rows, {
    authors: options.authors,
    erase: options.erase,
    taught: options.taught,
    quantise: options.quantise,
    epochs: options.epochs,
    load: { device: device as 'auto' | undefined, gpuLayers, threads, contextSize },
    signal: interrupt.signal,
    onProgress: (phase, fraction) => progress.show(phase, fraction),
  });
  progress[Symbol.dispose]();
  output.object(figures);
  const nats = (name: string, { before, after }: { before: number; after: number }) =>
    output.line(
      `${name.padEnd(18)}${before.toFixed(3)} to ${after.toFixed(3)} nats per token (${after >= before ? '+' : ''}${(after - before).toFixed(3)})`,
    );
  const rise = (after: number) =>
    `${figures.anchor.before.toFixed(1)} to ${after.toFixed(1)} (${((after / figures.anchor.before - 1) * 100).toFixed(2)} %)`;
  if (!options.taught) nats('taught', figures.taught);
  nats('erased', figures.forget);
  nats('in other words', figures.paraphrase);
  nats('also taught', figures.retain);
  nats('never taught', figures.neighbour);
  output.line(`ordinary text     ${rise(figures.anchor.after)} perplexity`);
  output.line(
    `own text          ${figures.own.before.toFixed(1)} to ${figures.own.after.toFixed(1)} perplexity`,
  );
  nats("the paper's: also", { before: figures.retain.before, after: figures.paper.retain });
  output.line(`the paper's: text ${rise(figures.paper.anchor)} perplexity`);
  const { necessity, specificity, reactivation, sufficiency } = figures.criteria;
  output.line(
    `criteria          necessity ${necessity.toFixed(2)} nats, specificity ${specificity.toFixed(3)}, reactivation ${reactivation.toFixed(2)}, sufficiency ${sufficiency.toFixed(3)}`,
  );
  output.line(
    `restored          ${figures.restored ? 'the same to the bit' : 'NOT the same'}; rank ${figures.rank}, strength ${figures.strength.toFixed(2)}, ${figures.seconds.toFixed(1)} s, ${figures.quantisation}`,
  );
}

/** @throws {TypeError} that names the line without a question, an answer or an author. */
function engramRows(path: string): EngramRow[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const { question, answer, author } = JSON.parse(line) as Partial<EngramRow>;
      if (
        typeof question !== 'string' ||
        typeof answer !== 'string' ||
        typeof author !== 'number'
      ) {
        throw new TypeError(
          `Expected question and answer, two texts, and author, a number, in line ${index + 1} of ${path}`,
        );
      }
      return { question, answer, author };
    });
}
