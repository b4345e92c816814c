import { GraffitiError } from '../errors.js';
import type { EventLinks, Recalled, SpraySnapshot, VectorTable } from './store.js';

/** An event and one of the events it recalled, null when it recalled none. */
export interface LinkRow {
  id: number;
  recalled_id: number | null;
  cosine: number;
}

/** Rows in order of events and positions, as one list per event. */
export function linksOf(rows: readonly LinkRow[]): EventLinks[] {
  const links: { id: number; recalled: Recalled[] }[] = [];
  for (const { id, recalled_id: recalledId, cosine } of rows) {
    let last = links[links.length - 1];
    if (last?.id !== id) links.push((last = { id, recalled: [] }));
    if (recalledId !== null) last.recalled.push({ id: recalledId, cosine });
  }
  return links;
}

/** An event's id and one of its vectors. */
export interface VectorRow {
  id: number;
  vector: Uint8Array;
}

/** @throws {GraffitiError} `ERR_BRAIN_CORRUPT` unless all vectors are equally long. */
export function tableOf(found: readonly VectorRow[], place: string): VectorTable {
  const size = found[0]?.vector.byteLength ?? 0;
  const rows = new Uint8Array(found.length * size);
  found.forEach(({ id, vector }, index) => {
    if (vector.byteLength !== size || size % 4 !== 0) {
      throw new GraffitiError(
        'ERR_BRAIN_CORRUPT',
        `The brain ${place} holds a vector of ${vector.byteLength} bytes for event ${id} where ${size} are expected; re-encode it.`,
      );
    }
    rows.set(vector, index * size);
  });
  return { ids: found.map(({ id }) => id), rows: new Float32Array(rows.buffer) };
}

export function bytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

// As bytes, because the driver rounds a number that is within 2⁻⁵² of an integer to that integer.
export function packPairs(pairs: SpraySnapshot['weights']): Uint8Array {
  return new Uint8Array(Float64Array.from(pairs.flat()).buffer);
}

export function unpackPairs(packed: Uint8Array): [number, number][] {
  const numbers = new Float64Array(new Uint8Array(packed).buffer);
  return Array.from({ length: numbers.length / 2 }, (_, i) => [
    numbers[2 * i]!,
    numbers[2 * i + 1]!,
  ]);
}
