import type { GraphFile } from './graph-file.js';
import type { KeyIndex, Neighbour } from './key-index.js';
import { type BuildOptions, NeighbourGraph } from './neighbour-graph.js';

/** Below this many keys, comparing with every one of them is as fast as looking for the near ones. */
export const EXACT_BELOW = 2048;
/**
 * How many candidates the graph gives at least, the nearest by bytes being not quite the nearest by floats: 256 of up to
 * 100,000 keys, and more the more there are. Measured in docs/recall.md.
 */
function leastCandidates(keys: number): number {
  return Math.round(256 * Math.sqrt(Math.max(1, keys / 100_000)));
}

/** How the nearest keys are found: with all keys compared, through a graph, or with all while the graph is made. */
export type NeighbourSearch = 'exact' | 'approximate' | 'building';

/**
 * The keys nearest to another: compared with all of them where they are few, with candidates from a graph where they
 * are many. Cosines are exact either way. The graph is made in the background; until then all keys are compared.
 */
export class Neighbours {
  private graph: NeighbourGraph | undefined;
  private building: { readonly done: Promise<void>; readonly stop: AbortController } | undefined;
  private unavailable = false;
  /** The graph is as it was kept. */
  private saved = false;
  private closed = false;

  /** @param file where the graph is kept; undefined for a brain that keeps nothing */
  constructor(
    readonly keys: KeyIndex,
    private readonly file?: GraphFile,
  ) {}

  get search(): NeighbourSearch {
    if (this.graph) return 'approximate';
    return this.building ? 'building' : 'exact';
  }

  /**
   * Cosines of `key` with the events nearest to it, at least `count`, and with those in `also`; with every event
   * where there are few.
   */
  cosines(key: Float32Array, count: number, also: Iterable<number> = []): Iterable<Neighbour> {
    if (this.keys.size < EXACT_BELOW) return this.keys.cosines(key);
    if (!this.graph) {
      void this.begin({});
      return this.keys.cosines(key);
    }
    const near = this.graph.candidates(key, Math.max(leastCandidates(this.keys.size), 2 * count));
    return this.keys.cosinesOf(key, new Set([...near, ...also]));
  }

  /** Makes the graph, or loads it where it was kept. Resolves when it is there, or cannot be. */
  async prepare(options: BuildOptions = {}): Promise<void> {
    const awaited = setInterval(() => {}, 60_000); // keeps the process until it is done
    try {
      await this.begin(options);
    } finally {
      clearInterval(awaited);
    }
  }

  private begin(options: BuildOptions): Promise<void> {
    const few = this.keys.size < EXACT_BELOW;
    if (few || this.graph || this.unavailable || this.closed) return Promise.resolve();
    if (!this.building) {
      const stop = new AbortController();
      const done = this.build(stop.signal, options).finally(() => {
        if (this.building?.stop === stop) this.building = undefined;
      });
      this.building = { done, stop };
    }
    return this.building.done;
  }

  add(id: number, key: Float32Array): void {
    this.keys.add(id, key);
    this.graph?.add(id, key); // one that is being made reads to the end
    this.saved = false;
  }

  /** What is forgotten leaves the graph and its file. */
  remove(ids: ReadonlySet<number>): void {
    this.building?.stop.abort();
    this.building = undefined;
    this.keys.remove(ids);
    this.graph?.remove(ids);
    this.file?.discard();
    this.saved = false;
  }

  /** Ends what is being made; nothing is kept. */
  abandon(): void {
    this.closed = true;
    this.building?.stop.abort();
  }

  /** Keeps the graph for the next time. */
  async close(): Promise<void> {
    this.closed = true;
    this.building?.stop.abort();
    if (this.graph && this.file && !this.saved) await this.file.save(this.graph, this.keys);
  }

  private async build(signal: AbortSignal, options: BuildOptions): Promise<void> {
    const kept = await this.file?.load(this.keys);
    const graph = kept?.graph ?? (await NeighbourGraph.create(this.keys.width));
    if (!graph) {
      this.unavailable = true;
      process.emitWarning(
        'usearch has no binary for this machine: every key is compared, which takes longer the more there are.',
        { code: 'GRAFFITI_EXACT_RECALL' },
      );
      return;
    }
    this.saved = kept?.rows === this.keys.size;
    if (await graph.addAll(this.keys, kept?.rows ?? 0, signal, options)) this.graph = graph;
  }
}
