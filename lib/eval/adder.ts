import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../errors.js';
import { Adder, MAX_DIGITS } from '../regions/index.js';

export interface AdderFigures {
  /** How many held-out pairs were added. */
  readonly pairs: number;
  /** Share of right sums with nine votes, as the adder is used, 0 to 1. */
  readonly voted: number;
  /** Share of right sums of single runs. */
  readonly single: number;
  /** Additions per second with nine votes, one thread. */
  readonly perSecond: number;
}

type Pair = readonly [first: number, second: number];

/** Adds pairs that the adder was not trained on, with and without votes. */
export async function evaluateAdder(
  options: {
    /** At least 1. Default 10 000. */
    pairs?: number;
    onProgress?: (progress: { done: number; total: number }) => void;
    signal?: AbortSignal;
  } = {},
): Promise<AdderFigures> {
  const { pairs: total = 10_000, onProgress = () => {}, signal } = options;
  const adder = Adder.load();
  const right = { voted: 0, single: 0 };
  let milliseconds = 0;
  let done = 0;
  for (const [first, second] of heldOutPairs(total)) {
    const begun = performance.now();
    const voted = adder.add(first, second).sum;
    milliseconds += performance.now() - begun;
    const single = adder.add(first, second, { votes: 1 }).sum;
    right.voted += Number(voted === first + second);
    right.single += Number(single === first + second);
    if (++done % 50 === 0) {
      await setImmediate(); // a signal arrives here
      throwIfAborted(signal, 'The evaluation');
      onProgress({ done, total });
    }
  }
  return {
    pairs: total,
    voted: right.voted / total,
    single: right.single / total,
    perSecond: total / (milliseconds / 1000),
  };
}

/**
 * Pairs that training/adder_pairs.py keeps out: 99+1 to 9999999+9, then others by their hash, half of
 * them with long carries as there. All different, and the same ones every time.
 */
export function* heldOutPairs(count: number): Generator<Pair> {
  const given = new Set<string>();
  for (const pair of candidates()) {
    if (given.size === count) return;
    if (given.has(String(pair))) continue;
    given.add(String(pair));
    yield pair;
  }
}

function* candidates(): Generator<Pair> {
  for (let length = 2; length <= MAX_DIGITS; length++) {
    for (let digit = 1; digit <= 9; digit++) yield [10 ** length - 1, digit];
  }
  for (let number = 0; ; number++) {
    const pair = drawnPair(number);
    if (isHeldOut(...pair)) yield pair;
  }
}

/** True for 1 pair in 50: the first eight bytes of the SHA-256 of "smaller+larger" divide by 50. */
export function isHeldOut(first: number, second: number): boolean {
  const text = `${Math.min(first, second)}+${Math.max(first, second)}`;
  const digest = createHash('sha256').update(text).digest();
  return digest.readBigUInt64BE() % 50n === 0n;
}

/** The pair with this number; a hash stands in for a source of chance. */
function drawnPair(number: number): Pair {
  const bytes = createHash('sha256').update(`pair ${number}`).digest();
  const length = 1 + (bytes[0]! % MAX_DIGITS);
  const otherLength = bytes[1]! % 2 === 0 ? length : 1 + (bytes[2]! % MAX_DIGITS);
  // Of 256: how many places pass a carry on, their digits making 9.
  const passing = [0, 0, 192, 243][bytes[3]! % 4]!;
  const first = Array.from({ length }, (_, place) => bytes[4 + place]! % 10);
  const second = Array.from({ length: otherLength }, (_, place) =>
    bytes[12 + place]! < passing ? 9 - (first[place] ?? 0) : bytes[20 + place]! % 10,
  );
  return [valueOf(first), valueOf(second)];
}

function valueOf(digits: readonly number[]): number {
  return Number([...digits].reverse().join(''));
}
