import type { Recalled, VectorTable } from '../store/index.js';

/** An event id and the cosine of its key with the question. */
export type Neighbour = Recalled;

/**
 * Keys of all events, ids ascending, compared exactly (no approximation: what an event recalls is
 * part of the brain, and forgetting must be able to derive it again).
 */
export class KeyIndex {
  private ids: number[];
  private rows: Float32Array;
  private norms: number[] = [];

  constructor(
    readonly width: number,
    { ids, rows }: VectorTable = { ids: [], rows: new Float32Array() },
  ) {
    this.ids = [...ids];
    this.rows = rows;
    for (let row = 0; row < ids.length; row++) this.norms.push(this.normOf(row));
  }

  get size(): number {
    return this.ids.length;
  }

  /** `id` must be larger than all before. */
  add(id: number, key: Float32Array): void {
    const end = this.ids.length * this.width;
    if (end + this.width > this.rows.length) {
      const grown = new Float32Array(Math.max(64 * this.width, this.rows.length * 2));
      grown.set(this.rows.subarray(0, end));
      this.rows = grown;
    }
    this.rows.set(key, end);
    this.ids.push(id);
    this.norms.push(this.normOf(this.ids.length - 1));
  }

  remove(ids: ReadonlySet<number>): void {
    let kept = 0;
    for (let row = 0; row < this.ids.length; row++) {
      if (ids.has(this.ids[row]!)) continue;
      this.rows.copyWithin(kept * this.width, row * this.width, (row + 1) * this.width);
      this.ids[kept] = this.ids[row]!;
      this.norms[kept] = this.norms[row]!;
      kept++;
    }
    this.ids.length = kept;
    this.norms.length = kept;
    this.rows.fill(0, kept * this.width); // what is forgotten leaves the RAM too
  }

  keyOf(id: number): Float32Array | undefined {
    const row = this.firstRowFrom(id);
    return this.ids[row] === id ? this.rowAt(row) : undefined;
  }

  idAt(row: number): number {
    return this.ids[row]!;
  }

  /** Keys of rows `from` to before `to`, one after the other. Not a copy. */
  rowsBetween(from: number, to: number): Float32Array {
    return this.rows.subarray(from * this.width, to * this.width);
  }

  /** Cosine of `key` with each of the events that exist. */
  *cosinesOf(key: Float32Array, ids: Iterable<number>): Iterable<Neighbour> {
    const norm = Math.sqrt(dot(key, key, 0, this.width));
    for (const id of ids) {
      const row = this.firstRowFrom(id);
      if (this.ids[row] === id) yield { id, cosine: this.cosineWith(row, key, norm) };
    }
  }

  /** Cosine of `key` with every event, in order of ids. 0 where either is a zero vector. */
  *cosines(key: Float32Array): Iterable<Neighbour> {
    const norm = Math.sqrt(dot(key, key, 0, this.width));
    for (let row = 0; row < this.ids.length; row++) {
      yield { id: this.ids[row]!, cosine: this.cosineWith(row, key, norm) };
    }
  }

  /**
   * The `limit` events before event `before`, without those in `except`, with the largest cosine of
   * at least `threshold`: nearest first, the newer first among equals.
   */
  nearest(
    key: Float32Array,
    limit: number,
    threshold: number,
    { before = Infinity, except }: { before?: number; except?: ReadonlySet<number> } = {},
  ): Neighbour[] {
    const best: Neighbour[] = [];
    if (limit === 0) return best;
    const norm = Math.sqrt(dot(key, key, 0, this.width));
    const end = this.firstRowFrom(before);
    let least = threshold;
    for (let row = 0; row < end; row++) {
      const cosine = this.cosineWith(row, key, norm);
      if (cosine < least || cosine === 0) continue;
      const id = this.ids[row]!;
      if (except?.has(id)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1]!.cosine <= cosine) place--;
      best.splice(place, 0, { id, cosine });
      if (best.length > limit) best.pop();
      if (best.length === limit) least = best[limit - 1]!.cosine;
    }
    return best;
  }

  private cosineWith(row: number, key: Float32Array, norm: number): number {
    const scale = norm * this.norms[row]!;
    return scale > 0 ? dot(key, this.rows, row * this.width, this.width) / scale : 0;
  }

  private rowAt(row: number): Float32Array {
    return this.rows.subarray(row * this.width, (row + 1) * this.width);
  }

  private normOf(row: number): number {
    const key = this.rowAt(row);
    return Math.sqrt(dot(key, key, 0, this.width));
  }

  /** Row of the first event whose id is `id` or larger. */
  private firstRowFrom(id: number): number {
    let low = 0;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Σ a[i]·b[start + i] in double precision, always in the same order. */
function dot(a: Float32Array, b: Float32Array, start: number, width: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < width; i += 2) {
    even += a[i]! * b[start + i]!;
    odd += a[i + 1]! * b[start + i + 1]!;
  }
  if (i < width) even += a[i]! * b[start + i]!;
  return even + odd;
}
