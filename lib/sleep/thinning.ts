import type { HeadRows } from '../model/index.js';

/** Keys of one memory and one token at most so far apart (d of the head memory) say the same. */
export const MERGING_DISTANCE = 0.004;

/**
 * The rows of one memory without those that say what an earlier one says: the same token from nearly the same
 * place. Several questions with one answer share most of it.
 *
 * @param scale what squared distances are multiplied with to be d, see native/core/head_memory.hpp
 * @returns numbers of the rows that are kept, ascending
 */
export function distinctRows(rows: HeadRows, scale: number): number[] {
  const kept: number[] = [];
  const byToken = new Map<number, number[]>();
  rows.tokens.forEach((token, row) => {
    const same = byToken.get(token) ?? [];
    if (same.some((other) => scale * squareDistance(rows, row, other) <= MERGING_DISTANCE)) return;
    same.push(row);
    byToken.set(token, same);
    kept.push(row);
  });
  return kept;
}

/**
 * At most `most` rows: those whose tokens the model would least say by itself. What it predicts well needs no key.
 *
 * @param logprobs of each row's token, nats; of equals, the earlier are kept
 * @returns numbers of the rows that are kept, ascending
 */
export function mostSurprising(logprobs: ArrayLike<number>, most: number): number[] {
  const rows = Array.from({ length: logprobs.length }, (_, row) => row);
  if (rows.length <= most) return rows;
  return rows
    .sort((one, other) => logprobs[one]! - logprobs[other]! || one - other)
    .slice(0, most)
    .sort((one, other) => one - other);
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
