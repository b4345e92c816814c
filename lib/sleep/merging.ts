import type { HeadRows } from '../model/index.js';
import { componentsOf } from './head-rows.js';

/** Keys of one memory and one token at most so far apart (d of the head memory) say the same. */
export const MERGING_DISTANCE = 0.004;

/**
 * The rows of one memory without those that say what an earlier one says: the same token from nearly the same
 * place. Several questions with one answer share most of it.
 *
 * @param scale what squared distances are multiplied with to be d, see native/core/head_memory.hpp
 */
export function withoutRepeats(rows: HeadRows, scale: number): HeadRows {
  const components = componentsOf(rows);
  const kept: number[] = [];
  const byToken = new Map<number, number[]>();
  rows.tokens.forEach((token, row) => {
    const same = byToken.get(token) ?? [];
    if (same.some((other) => scale * squareDistance(rows, row, other) <= MERGING_DISTANCE)) return;
    same.push(row);
    byToken.set(token, same);
    kept.push(row);
  });
  const keys = new Int8Array(kept.length * components);
  kept.forEach((row, at) => {
    keys.set(rows.keys.subarray(row * components, (row + 1) * components), at * components);
  });
  return {
    keys,
    scales: Float32Array.from(kept, (row) => rows.scales[row]!),
    tokens: Int32Array.from(kept, (row) => rows.tokens[row]!),
    sources: Float64Array.from(kept, (row) => rows.sources[row]!),
  };
}

function squareDistance({ keys, scales, tokens }: HeadRows, one: number, other: number): number {
  const components = keys.length / tokens.length;
  let sum = 0;
  for (let i = 0; i < components; i++) {
    const difference =
      keys[one * components + i]! * scales[one]! - keys[other * components + i]! * scales[other]!;
    sum += difference * difference;
  }
  return sum;
}
