import { setImmediate } from 'node:timers/promises';
import { Adder, whyDeclined } from './adder.js';
import { plainSum } from './plain-sum.js';

/** Nets that answer in place of the model. */
export type RegionName = 'adder';

/** A question that a region answers. */
export interface Routed {
  readonly region: RegionName;
  /** The answer, piece by piece, or why there is none. Leaves the event loop free between two sums. */
  answer(): AsyncGenerator<string, void>;
}

/**
 * Gives a question to the region that is made for it; undefined: it is the model's.
 *
 * @throws {GraffitiError} `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_INVALID` when the region's file is not usable.
 */
export function route(text: string): Routed | undefined {
  const numbers = plainSum(text);
  if (!numbers) return undefined;
  const adder = Adder.load();
  return { region: 'adder', answer: () => addAll(adder, numbers) };
}

/** "17 + 25 = 42.": more than two numbers are added one after the other. */
async function* addAll(adder: Adder, numbers: readonly string[]): AsyncGenerator<string, void> {
  const declined = numbers.map(whyDeclined).find((reason) => reason !== undefined);
  if (declined !== undefined) {
    yield declined;
    return;
  }
  const [first, ...others] = numbers;
  let total = Number(first);
  yield first!;
  for (const number of others) {
    const tooLarge = whyDeclined(String(total));
    if (tooLarge !== undefined) {
      yield ` = ${total}. ${tooLarge}`;
      return;
    }
    yield ` + ${number}`;
    await setImmediate();
    total = adder.add(total, Number(number)).sum!;
  }
  yield ` = ${total}.`;
}
