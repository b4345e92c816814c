import { writeFileSync } from 'node:fs';
import { benchRecall } from '../../bench/index.js';
import { checkNumber, checkOneOf } from '../../validate.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { BenchRecallOptions } from './command.js';
import { growthPicture } from './growth-picture.js';

export async function recall(options: BenchRecallOptions): Promise<void> {
  const output = new Output(options);
  const { width, queries, vectors: shape, graphs, picture } = options;
  const sizes = options.n?.split(',').map(Number);
  for (const size of sizes ?? []) checkNumber('n', size, { min: 10, max: 1e7, integer: true });
  if (width !== undefined) checkNumber('width', width, { min: 2, max: 65_536, integer: true });
  if (queries !== undefined) checkNumber('queries', queries, { min: 1, max: 1e5, integer: true });
  if (shape !== undefined) checkOneOf('vectors', shape, ['clustered', 'isotropic']);
  using progress = new Progress();
  const result = await benchRecall({
    sizes,
    width,
    queries,
    shape,
    graphs,
    onProgress: (size, step, share) => progress.show(`${step} ${size}`, share),
  });
  if (picture !== undefined) writeFileSync(picture, growthPicture(result.rows));
  output.object(result);
  output.line(`${result.shape} vectors of ${result.width}, ${result.queries} questions each`);
  for (const { size, search, p50, p99, exactP50, recallAt10, bytes, buildSeconds } of result.rows) {
    output.line(
      `${String(size).padStart(9)}  ${search.padEnd(12)} p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  all ${exactP50.toFixed(1)} ms  recall@10 ${recallAt10.toFixed(3)}  ${bytes.vector + bytes.graph} bytes each  built in ${buildSeconds.toFixed(0)} s`,
    );
  }
}
