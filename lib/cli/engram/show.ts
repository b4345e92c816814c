import { Engram } from '../../engram/index.js';
import type { CommonOptions } from '../describe.js';
import { Output } from '../output.js';

export async function show(file: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  const { origin, tensors, rank } = await Engram.load(file);
  const { target, reference, ...made } = origin;
  output.object({
    ...made,
    target,
    referenceTexts: reference.length,
    tensors: tensors.map(({ a: _a, b: _b, ...tensor }) => tensor),
  });
  output.line(
    `${made.method}, rank ${rank}, strength ${made.strength.toFixed(2)}, of ${tensors.length} matrices of the ${made.architecture} model ${made.fingerprint}`,
  );
  output.line(`${target.length} texts, beside ${reference.length} that were to stay:`);
  for (const { prompt, answer } of target) output.line(`  ${prompt} ${answer}`);
}
