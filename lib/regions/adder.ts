import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GraffitiError } from '../errors.js';
import { checkNumber } from '../validate.js';
import { Automaton, CELLS } from './automaton.js';

/** Most digits of a number that is added; a sum may have one more. */
export const MAX_DIGITS = CELLS - 1;

/** Rounds of a run. In a round every cell is updated once, so that a carry gets at least one cell further. */
const ROUNDS = 12;

export interface AdderOptions {
  /** Runs that vote on every digit, 1 to 99, odd or not: the majority, or else the most. Default 9. */
  readonly votes?: number | undefined;
  /** Decides the order of updates, 0 to 4294967295. Default 1: the same sum is computed the same way. */
  readonly seed?: number | undefined;
}

/** A sum, or why there is none. */
export type Addition =
  | { readonly sum: number; readonly declined?: undefined }
  | { readonly sum?: undefined; readonly declined: string };

/** Adds two non-negative integers of up to 7 digits with a trained net; nothing here knows how to add. */
export class Adder {
  private static builtIn: Adder | undefined;

  private constructor(private readonly automaton: Automaton) {}

  /**
   * The adder that comes with the package, read once.
   *
   * @throws {GraffitiError} `ERR_MODEL_NOT_FOUND` when the package was installed without it,
   *   `ERR_MODEL_INVALID` when its file is damaged.
   */
  static load(): Adder {
    // models/ seen from lib/regions/ as from dist/regions/.
    const path = fileURLToPath(new URL('../../models/graffiti-adder.safetensors', import.meta.url));
    return (this.builtIn ??= new Adder(new Automaton(read(path), path)));
  }

  /**
   * Adds two numbers, or declines: negative numbers, fractions, more than 7 digits.
   *
   * Every run updates the cells in an order of its own. Voting ends when no digit can change any more.
   *
   * @throws {TypeError | RangeError} for what is no finite number, and for wrong options.
   */
  add(first: number, second: number, { votes = 9, seed = 1 }: AdderOptions = {}): Addition {
    checkNumber('first', first);
    checkNumber('second', second);
    checkNumber('votes', votes, { min: 1, max: 99, integer: true });
    checkNumber('seed', seed, { min: 0, max: 2 ** 32 - 1, integer: true });
    const declined = whyDeclined(plain(first)) ?? whyDeclined(plain(second));
    if (declined !== undefined) return { declined };
    const digits = [digitsOf(first), digitsOf(second)] as const;
    const random = generator(seed);
    const ballot = new Uint8Array(CELLS * 10);
    for (let run = 1; run <= votes; run++) {
      const scores = this.automaton.run(...digits, randomOrder(random));
      largest(scores).forEach((digit, cell) => ballot[cell * 10 + digit]!++);
      const decided = largest(ballot).every(
        (digit, cell) => ballot[cell * 10 + digit]! > votes / 2,
      );
      if (decided) break;
    }
    return { sum: Number(largest(ballot).reverse().join('')) };
  }
}

/**
 * Why a number, in decimal notation, cannot be added; undefined when it can.
 */
export function whyDeclined(number: string): string | undefined {
  const shown = number.length > 24 ? `${number.slice(0, 23)}…` : number;
  if (number.startsWith('-')) return `I add numbers from 0 up; ${shown} is less.`;
  if (!/^\d+$/.test(number)) return `I add whole numbers; ${shown} is none.`;
  if (number.length <= MAX_DIGITS) return undefined;
  return `I add numbers of up to ${MAX_DIGITS} digits; ${shown} has ${number.length}.`;
}

/** Decimal notation without an exponent for integers. */
function plain(number: number): string {
  return Number.isInteger(number) ? BigInt(number).toString() : String(number);
}

/** Least significant first, with zeros up to CELLS. */
function digitsOf(number: number): Uint8Array {
  return Uint8Array.from([...String(number).padStart(CELLS, '0')].reverse(), Number);
}

/** The best of the ten digits for every cell. */
function largest(scores: ArrayLike<number>): number[] {
  return Array.from({ length: CELLS }, (_, cell) => {
    let best = 0;
    for (let digit = 1; digit < 10; digit++) {
      if (scores[cell * 10 + digit]! > scores[cell * 10 + best]!) best = digit;
    }
    return best;
  });
}

/** ROUNDS times all cells, shuffled anew each time (Fisher and Yates). */
function randomOrder(random: () => number): Uint8Array {
  const order = new Uint8Array(ROUNDS * CELLS).map((_, index) => index % CELLS);
  for (let begin = 0; begin < order.length; begin += CELLS) {
    for (let left = CELLS - 1; left > 0; left--) {
      const other = begin + Math.floor(random() * (left + 1));
      const last = begin + left;
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
  }
  return order;
}

/** Numbers from 0 up to, not including, 1: Mulberry32 by Tommy Ettinger. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new GraffitiError(
      'ERR_MODEL_NOT_FOUND',
      'This installation of neural-graffiti has no adder. Install the package again, or create the session with regions: false.',
      { cause },
    );
  }
}
