import { readFileSync } from 'node:fs';
import { evaluateLean, type LeanData, type LeanFigures } from '../../eval/index.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalLeanOptions } from './command.js';

export async function lean(options: EvalLeanOptions): Promise<void> {
  const output = new Output(options);
  const data = leanData(options.data);
  const neutral = readFileSync(options.neutral, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  using interrupt = new Interrupt();
  await using model = await loadModel(options, interrupt.signal);
  using progress = new Progress();
  const { kl, writer, baselines } = options;
  const result = await evaluateLean(model, data, neutral, {
    graffiti: { kl, writer },
    baselines,
    signal: interrupt.signal,
    onProgress: ({ done, total }) => progress.show('Measuring', done / total),
  });
  output.object(result);
  output.line('                  lean (nats)   drift       KL (nats)');
  output.line(row('this library', result));
  for (const [name, figures] of Object.entries(result.perConcept)) {
    output.line(row(`  ${name}`, figures));
  }
  for (const [name, figures] of Object.entries(result.baselines)) output.line(row(name, figures));
}

function row(name: string, { lean: nats, drift, kl }: LeanFigures): string {
  const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
  return `${name.padEnd(18)}${signed(nats).padEnd(14)}${`${(drift * 100).toFixed(2)} %`.padEnd(12)}${kl.toFixed(4)}`;
}

/** @throws {TypeError} that names what is missing, when the file has another shape. */
function leanData(path: string): LeanData {
  const data = JSON.parse(readFileSync(path, 'utf8')) as Partial<LeanData>;
  const texts = (value: unknown): boolean =>
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  if (!texts(data.probes)) throw new TypeError(`Expected probes, a list of texts, in ${path}`);
  if (!Array.isArray(data.concepts) || data.concepts.length === 0) {
    throw new TypeError(`Expected concepts, a list, in ${path}`);
  }
  for (const concept of data.concepts as Partial<LeanData['concepts'][number]>[]) {
    for (const name of ['memories', 'related', 'control'] as const) {
      if (!texts(concept[name])) {
        throw new TypeError(`Expected ${name}, a list of texts, in every concept of ${path}`);
      }
    }
  }
  return data as LeanData;
}
