import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { best, GraphFile, KeyIndex, Neighbours, type NeighbourSearch } from '../memory/index.js';
import { median } from './median.js';
import { TestVectors, type VectorShape } from './test-vectors.js';

export interface RecallBenchOptions {
  /** How many vectors, one run each. Default 1,000, 100,000 and 1,000,000. */
  readonly sizes?: readonly number[] | undefined;
  /** Default 576. */
  readonly width?: number | undefined;
  /** Default 'clustered'. */
  readonly shape?: VectorShape | undefined;
  /** Default 100. */
  readonly queries?: number | undefined;
  /** Folder in which graphs are kept, so that a later run need not make them again. Default: none is kept. */
  readonly graphs?: string | undefined;
  readonly onProgress?: ((size: number, step: string, share: number) => void) | undefined;
}

/** What looking for the ten nearest of `size` vectors takes. */
export interface RecallBenchRow {
  readonly size: number;
  readonly search: NeighbourSearch;
  /** Milliseconds of a question. */
  readonly p50: number;
  readonly p99: number;
  /** The same by comparing with every vector: the baseline of the same run. */
  readonly exactP50: number;
  /** exactP50 / p50 */
  readonly ratio: number;
  /** Share of the ten nearest that are among the ten found. */
  readonly recallAt10: number;
  /** Bytes of RAM a vector takes: its floats, and its share of the graph. */
  readonly bytes: { readonly vector: number; readonly graph: number };
  /** Seconds to make the graph, or to load the one that was kept. */
  readonly buildSeconds: number;
}

export interface RecallBench {
  readonly width: number;
  readonly shape: VectorShape;
  readonly queries: number;
  readonly rows: readonly RecallBenchRow[];
}

const NEAREST = 10;
const NO_WORDS: ReadonlyMap<number, number> = new Map();

/** Time and share found of the ten nearest keys, beside comparing with all of them, as a memory looks for them. */
export async function benchRecall(options: RecallBenchOptions = {}): Promise<RecallBench> {
  const { sizes = [1e3, 1e5, 1e6], width = 576, shape = 'clustered', queries = 100 } = options;
  const { graphs } = options;
  const rows: RecallBenchRow[] = [];
  for (const size of sizes) {
    const progress = (step: string, share: number) => options.onProgress?.(size, step, share);
    const file =
      graphs === undefined
        ? undefined
        : new GraphFile(join(graphs, `${shape}-${width}-${size}`), 'test vectors');
    rows.push(await benchSize({ size, width, shape, queries, file }, progress));
  }
  return { width, shape, queries, rows };
}

interface Run {
  readonly size: number;
  readonly width: number;
  readonly shape: VectorShape;
  readonly queries: number;
  readonly file: GraphFile | undefined;
}

async function benchSize(
  { size, width, shape, queries, file }: Run,
  progress: (step: string, share: number) => void,
): Promise<RecallBenchRow> {
  const source = new TestVectors(size, width, shape);
  const keys = new KeyIndex(width, {
    ids: Array.from({ length: size }, (_, index) => index + 1),
    rows: source.table(size),
  });
  const asked = Array.from({ length: queries }, () => source.next());
  const neighbours = new Neighbours(keys, file);
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  await neighbours.prepare({
    threads: availableParallelism(),
    onProgress: (done) => progress('Building', done / size),
  });
  const buildSeconds = (performance.now() - begun) / 1000;
  const graph = Math.max(0, process.memoryUsage().rss - before) / size;
  const times: number[] = [];
  const exactTimes: number[] = [];
  let found = 0;
  for (const [index, key] of asked.entries()) {
    const start = performance.now();
    const cosines = neighbours.cosines(key, NEAREST);
    const near = best(NO_WORDS, cosines, { minScore: 0, limit: NEAREST });
    const middle = performance.now();
    const truth = new Set(keys.nearest(key, NEAREST, -1).map(({ id }) => id));
    times.push(middle - start);
    exactTimes.push(performance.now() - middle);
    found += near.filter(({ id }) => truth.has(id)).length;
    progress('Asking', (index + 1) / queries);
  }
  await neighbours.close();
  const p50 = median(times);
  const exactP50 = median(exactTimes);
  return {
    size,
    search: neighbours.search,
    p50,
    p99: times.sort((one, other) => one - other)[Math.floor(0.99 * (times.length - 1))]!,
    exactP50,
    ratio: exactP50 / p50,
    recallAt10: found / (NEAREST * queries),
    bytes: { vector: 4 * width, graph: Math.round(graph) },
    buildSeconds,
  };
}
