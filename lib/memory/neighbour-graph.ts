import { setTimeout as pause } from 'node:timers/promises';
import type { Index } from 'usearch';
import type { KeyIndex } from './key-index.js';

/** How many ms building may hold the event loop. */
const SLICE = 20;
/** Neighbours of each key, and how many are looked at to find them: measured in docs/recall.md. */
const CONNECTIVITY = 16;
const EXPANSION_ADD = 48;
/** Keys from here on belong to no event: they fill the places of those that were forgotten. */
const FIRST_FILLER = 2 ** 52;

/** How a graph is made. */
export interface BuildOptions {
  /** Threads of the CPU. Default 1; more are worth it where nothing else is to be done. */
  readonly threads?: number;
  /** Called with the number of keys that are in it. */
  readonly onProgress?: (done: number) => void;
}

/**
 * A graph of near keys, through which the nearest are found without looking at all: HNSW (Malkov and Yashunin,
 * "Efficient and robust approximate nearest neighbor search using hierarchical navigable small world graphs", 2018)
 * as usearch has it, with keys of one byte a dimension. It finds candidates; who compares them uses the exact keys.
 */
export class NeighbourGraph {
  private fillers = 0;

  private constructor(
    private readonly index: Index,
    private readonly width: number,
  ) {}

  /** An empty graph; undefined where usearch has no binary for this machine. */
  static async create(width: number): Promise<NeighbourGraph | undefined> {
    const usearch = await import('usearch').catch(() => undefined);
    if (!usearch) return undefined;
    const { Index: Graph, MetricKind, ScalarKind } = usearch;
    const index = new Graph({
      dimensions: width,
      metric: MetricKind.Cos,
      quantization: ScalarKind.I8,
      connectivity: CONNECTIVITY,
      expansion_add: EXPANSION_ADD,
      expansion_search: 0,
      multi: false,
    });
    return new NeighbourGraph(index, width);
  }

  get size(): number {
    return this.index.size();
  }

  /**
   * Adds the keys from row `from` on, also those that are added meanwhile, and lets other tasks run in between.
   *
   * @returns false when `signal` ended it; the graph then holds some of them.
   */
  async addAll(
    keys: KeyIndex,
    from: number,
    signal: AbortSignal,
    { threads = 1, onProgress }: BuildOptions = {},
  ): Promise<boolean> {
    let row = from;
    let batch = 16;
    while (row < keys.size) {
      if (signal.aborted) return false;
      const start = performance.now();
      const to = Math.min(keys.size, row + batch);
      const ids = BigUint64Array.from({ length: to - row }, (_, i) => BigInt(keys.idAt(row + i)));
      this.index.add(ids, keys.rowsBetween(row, to), threads);
      row = to;
      const took = performance.now() - start;
      batch = Math.max(1, Math.min(4096, Math.round((batch * SLICE) / Math.max(1, took))));
      onProgress?.(row);
      await pause(1, undefined, { ref: false }); // a process that is done ends without the graph
    }
    return true;
  }

  add(id: number, key: Float32Array): void {
    this.index.add(BigInt(id), key, 1);
  }

  /** Takes keys out, and writes over their bytes: removed ones keep their place until another is put there. */
  remove(ids: Iterable<number>): void {
    for (const id of ids) {
      if (Number(this.index.remove(BigInt(id))) === 0) continue;
      const filler = new Float32Array(this.width);
      filler[this.fillers % this.width] = 1;
      this.index.add(BigInt(FIRST_FILLER + this.fillers++), filler, 1);
    }
  }

  /** Ids of about the `count` nearest keys, nearest first. A key that was forgotten is never among them. */
  candidates(key: Float32Array, count: number): number[] {
    const found: number[] = [];
    for (const id of this.index.search(key, count, 1).keys) {
      if (id < FIRST_FILLER) found.push(Number(id));
    }
    return found;
  }

  save(path: string): void {
    this.index.save(path);
  }

  /** @throws what usearch throws for a file that is no graph. */
  load(path: string): void {
    this.index.load(path);
  }
}
