import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { KeyIndex } from './key-index.js';
import { NeighbourGraph } from './neighbour-graph.js';

/** What is said beside a graph about it. */
interface Description {
  readonly format: 1;
  /** Of the graph's file. */
  readonly sha256: string;
  readonly width: number;
  /** How many keys, and the id of the last. */
  readonly count: number;
  readonly last: number;
  /** Hash of the model that made the keys. */
  readonly model: string;
}

/**
 * A graph kept beside the brain, as `brain.graffiti-neighbours` with its description in a second file. Both follow
 * from the brain: whatever is missing, damaged or of another state of the brain is made anew.
 */
export class GraphFile {
  constructor(
    private readonly brain: string,
    private readonly model: string,
  ) {}

  private get path(): string {
    return `${this.brain}-neighbours`;
  }

  private get description(): string {
    return `${this.path}.json`;
  }

  /** The graph of the first `rows` keys; undefined where none is kept that fits them. */
  async load(keys: KeyIndex): Promise<{ graph: NeighbourGraph; rows: number } | undefined> {
    try {
      const { format, sha256, width, count, last, model } = JSON.parse(
        await readFile(this.description, 'utf8'),
      ) as Partial<Description>;
      const fits = format === 1 && width === keys.width && model === this.model;
      // Rows are in the order of ids: the same last id at the same place means the same keys before it.
      if (!fits || !count || count > keys.size || keys.idAt(count - 1) !== last) return undefined;
      if ((await hashOf(this.path)) !== sha256) return undefined;
      const graph = await NeighbourGraph.create(keys.width);
      graph?.load(this.path);
      return graph && { graph, rows: count };
    } catch {
      return undefined; // it can always be made anew
    }
  }

  /** Keeps the graph of all keys. A crash leaves the old one, or none. */
  async save(graph: NeighbourGraph, keys: KeyIndex): Promise<void> {
    const count = keys.size;
    if (count === 0) return this.discard();
    const unfinished = `${this.path}.new`;
    try {
      graph.save(unfinished);
      const sha256 = await hashOf(unfinished);
      await rm(this.description, { force: true });
      await rename(unfinished, this.path);
      const { width } = keys;
      const last = keys.idAt(count - 1);
      const description: Description = { format: 1, sha256, width, count, last, model: this.model };
      await writeFile(`${this.description}.new`, JSON.stringify(description));
      await rename(`${this.description}.new`, this.description);
    } catch {
      this.discard(); // a full disk: the next opening makes it anew
    }
  }

  /** Removes what is kept. */
  discard(): void {
    for (const path of [this.description, this.path, `${this.path}.new`, `${this.description}.new`])
      rmSync(path, { force: true });
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
