import { readFileSync } from 'node:fs';
import { type EngramText, extractEngram } from '../../engram/index.js';
import { Interrupt } from '../interrupt.js';
import { loadUnmeasured } from '../load-model.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EngramExtractOptions } from './command.js';

const PHASES = { collect: 'Reading the texts', strength: 'Finding the strength' } as const;

export async function extract(file: string, options: EngramExtractOptions): Promise<void> {
  const output = new Output(options);
  const [target, reference] = [textsIn(options.target), textsIn(options.reference)];
  using interrupt = new Interrupt();
  await using model = await loadUnmeasured(options, interrupt.signal);
  using progress = new Progress();
  const { method, scaling, rank, weights, forgetting } = options;
  const { engram, layers, forget } = await extractEngram(model, {
    ...{ target, reference, method, scaling, rank, weights, forgetting },
    signal: interrupt.signal,
    onProgress: ({ phase, fraction }) => progress.show(PHASES[phase], fraction),
  });
  progress[Symbol.dispose]();
  await engram.save(file);
  output.object({
    file,
    forget,
    strength: engram.origin.strength,
    rank: engram.rank,
    layers: layers.map((layer) => ({ ...layer, spectrum: Array.from(layer.spectrum) })),
  });
  output.line(
    `${file}: erasing it raises the target's loss from ${forget.before.toFixed(3)} to ${forget.after.toFixed(3)} nats per token`,
  );
  output.line(`strength ${engram.origin.strength.toFixed(2)}; of each layer, the largest g:`);
  for (const { name, kept, spectrum } of layers) {
    const shown = Array.from(spectrum.subarray(0, 4), (g) => g.toFixed(2)).join(' ');
    output.line(`  ${name.padEnd(28)} ${kept} directions, ${shown}`);
  }
}

/** @throws {TypeError} that names the line without a question or an answer. */
function textsIn(path: string): EngramText[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const { question, answer } = JSON.parse(line) as { question?: unknown; answer?: unknown };
      if (typeof question !== 'string' || typeof answer !== 'string') {
        throw new TypeError(
          `Expected question and answer, two texts, in line ${index + 1} of ${path}`,
        );
      }
      return { prompt: question, answer };
    });
}
