import type { NightPart, StoredNight } from '../memory/index.js';
import type { HeadRows } from '../model/index.js';
import { damagedNight } from './damaged-night.js';
import { concatenated } from './recording.js';

/** What a head memory is made of. Its rows lie memory after memory, in the order of their ids. */
export interface HeadNight {
  /** The space its keys lie in: of the model alone. */
  readonly space: Float32Array;
  readonly rows: HeadRows;
  /** τ: how fast its say fades with distance. */
  readonly reach: number;
}

/** First number of what is packed here; grows when the layout changes. */
const LAYOUT = 1;
/** Numbers before the space. */
const HEADER = 3;

// In a brain: common = [layout, reach, components, space …], 32-bit floats; a part = [n rows, 32-bit unsigned] [n scales,
// floats] [n tokens, 32-bit signed] [n keys, one byte a component]. All little-endian.

/** The keys of a row are so many bytes long. */
export function componentsOf(rows: HeadRows): number {
  return rows.tokens.length === 0 ? 0 : rows.keys.length / rows.tokens.length;
}

/** The rows [begin, end). */
export function sliced(rows: HeadRows, begin: number, end: number): HeadRows {
  const components = componentsOf(rows);
  return {
    keys: rows.keys.subarray(begin * components, end * components),
    scales: rows.scales.subarray(begin, end),
    tokens: rows.tokens.subarray(begin, end),
    sources: rows.sources.subarray(begin, end),
  };
}

/** The rows of these numbers. */
export function pickedRows(rows: HeadRows, numbers: readonly number[]): HeadRows {
  const components = componentsOf(rows);
  const keys = new Int8Array(numbers.length * components);
  numbers.forEach((row, at) => {
    keys.set(rows.keys.subarray(row * components, (row + 1) * components), at * components);
  });
  return {
    keys,
    scales: Float32Array.from(numbers, (row) => rows.scales[row]!),
    tokens: Int32Array.from(numbers, (row) => rows.tokens[row]!),
    sources: Float64Array.from(numbers, (row) => rows.sources[row]!),
  };
}

/** Rows one after the other. */
export function stacked(parts: readonly HeadRows[]): HeadRows {
  return {
    keys: concatenated(
      parts.map(({ keys }) => keys),
      Int8Array,
    ),
    scales: concatenated(
      parts.map(({ scales }) => scales),
      Float32Array,
    ),
    tokens: concatenated(
      parts.map(({ tokens }) => tokens),
      Int32Array,
    ),
    sources: concatenated(
      parts.map(({ sources }) => sources),
      Float64Array,
    ),
  };
}

export function packHeadNight({ space, rows, reach }: HeadNight): {
  common: Uint8Array;
  parts: NightPart[];
} {
  const common = new Float32Array(HEADER + space.length);
  common.set([LAYOUT, reach, componentsOf(rows)]);
  common.set(space, HEADER);
  const parts: NightPart[] = [];
  for (let begin = 0; begin < rows.sources.length;) {
    const event = rows.sources[begin]!;
    let end = begin;
    while (rows.sources[end] === event) end++;
    parts.push({ event, data: packRows(sliced(rows, begin, end)) });
    begin = end;
  }
  return { common: new Uint8Array(common.buffer), parts };
}

function packRows({ keys, scales, tokens }: HeadRows): Uint8Array {
  const count = tokens.length;
  const packed = new Uint8Array(4 + 8 * count + keys.length);
  new Uint32Array(packed.buffer, 0, 1)[0] = count;
  new Float32Array(packed.buffer, 4, count).set(scales);
  new Int32Array(packed.buffer, 4 + 4 * count, count).set(tokens);
  new Int8Array(packed.buffer, 4 + 8 * count).set(keys);
  return packed;
}

/** @throws {GraffitiError} `ERR_BRAIN_CORRUPT` for what was not packed here, whole. */
export function unpackHeadNight({
  common,
  parts,
}: Pick<StoredNight, 'common' | 'parts'>): HeadNight {
  const numbers = floats(common);
  const [layout, reach, components] = numbers;
  if (numbers.length < HEADER || layout !== LAYOUT || !(reach! > 0)) throw damagedNight();
  const rows = stacked(parts.map((part) => unpackRows(part, components!)));
  return { space: numbers.slice(HEADER), rows, reach: reach! };
}

function unpackRows({ event, data }: NightPart, components: number): HeadRows {
  if (data.length < 4) throw damagedNight();
  const bytes = Uint8Array.from(data); // aligned
  const count = new Uint32Array(bytes.buffer, 0, 1)[0]!;
  if (count === 0 || bytes.length !== 4 + (8 + components) * count) throw damagedNight();
  return {
    keys: new Int8Array(bytes.buffer, 4 + 8 * count),
    scales: new Float32Array(bytes.buffer, 4, count),
    tokens: new Int32Array(bytes.buffer, 4 + 4 * count, count),
    sources: new Float64Array(count).fill(event),
  };
}

function floats(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) throw damagedNight();
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
