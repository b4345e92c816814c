import type { NightPart, StoredNight } from '../memory/index.js';
import type { RowHeadValues } from '../model/index.js';
import { damagedNight } from './damaged-night.js';

/** First number of what is packed here; grows when the layout changes. */
const LAYOUT = 1;
/** Numbers before the arrays. */
const HEADER = 4;

// In a brain: common = [layout, units, inputs, words] [A] [k] [Bᵀ], 32-bit floats, then [words], 32-bit signed. All
// little-endian. The parts are empty: they only name the memories without which the night cannot be had.

export function packRowNight(
  { words, a, k, b }: RowHeadValues,
  sources: readonly number[],
): { common: Uint8Array; parts: NightPart[] } {
  const floats = new Float32Array(HEADER + a.length + k.length + b.length);
  floats.set([LAYOUT, k.length, a.length / k.length, words.length]);
  floats.set(a, HEADER);
  floats.set(k, HEADER + a.length);
  floats.set(b, HEADER + a.length + k.length);
  const common = new Uint8Array(floats.byteLength + words.byteLength);
  common.set(new Uint8Array(floats.buffer));
  common.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), floats.byteLength);
  const events = [...new Set(sources)].sort((one, other) => one - other);
  return { common, parts: events.map((event) => ({ event, data: new Uint8Array() })) };
}

/** @throws {GraffitiError} `ERR_BRAIN_CORRUPT` for what was not packed here, whole. */
export function unpackRowNight({ common }: Pick<StoredNight, 'common'>): RowHeadValues {
  if (common.length < 4 * HEADER || common.length % 4 !== 0) throw damagedNight();
  const { buffer } = Uint8Array.from(common); // aligned
  const [layout, units, inputs, count] = new Float32Array(buffer, 0, HEADER);
  const whole = [units!, inputs!, count!].every((size) => Number.isInteger(size) && size > 0);
  if (layout !== LAYOUT || !whole) throw damagedNight();
  const sizes = [units! * inputs!, units!, units! * count!] as const;
  const end = HEADER + sizes[0] + sizes[1] + sizes[2];
  if (common.length !== 4 * (end + count!)) throw damagedNight();
  const floats = new Float32Array(buffer, 4 * HEADER, end - HEADER);
  const words = new Int32Array(buffer, 4 * end, count);
  const ascending = words.every((word, index) => word > (words[index - 1] ?? -1));
  if (!floats.every(Number.isFinite) || !ascending) throw damagedNight();
  return {
    words,
    a: floats.subarray(0, sizes[0]),
    k: floats.subarray(sizes[0], sizes[0] + sizes[1]),
    b: floats.subarray(sizes[0] + sizes[1]),
  };
}
