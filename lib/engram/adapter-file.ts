/**
 * Low-rank adapters as llama.cpp's GGUF files (`general.type` adapter, `adapter.type` lora): read with suspicion,
 * written whole. Of a matrix W it holds a and b; the model then computes W + b·a, times the scale it is given.
 */
import { GraffitiError } from '../errors.js';

export interface AdapterTensor {
  /** Of the weight in the model, `blk.0.ffn_down.weight`. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** 0: a dense matrix. */
  readonly experts: number;
  readonly rank: number;
  /** (experts ×) rank × inputs. */
  readonly a: Float32Array;
  /** (experts ×) outputs × rank. */
  readonly b: Float32Array;
}

export interface AdapterFile {
  readonly architecture: string;
  readonly tensors: readonly AdapterTensor[];
  /** What else the file says, under `graffiti.*`: texts only. */
  readonly notes: Readonly<Record<string, string>>;
}

const VERSION = 3;
const ALIGNMENT = 32;
const F32 = 0;
const TYPE = { uint8: 0, int8: 1, uint16: 2, int16: 3, uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9, uint64: 10, int64: 11, float64: 12 } as const; // prettier-ignore
const SIZES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 }; // prettier-ignore
const NOTES = 'graffiti.';

/** The bytes of a file. Tensors of rank 0 are left out: they do nothing. */
export function writeAdapter({ architecture, tensors, notes }: AdapterFile): Uint8Array {
  const written = tensors.filter(({ rank }) => rank > 0);
  const metadata: [string, string | number][] = [
    ['general.type', 'adapter'],
    ['general.architecture', architecture],
    ['adapter.type', 'lora'],
    ['adapter.lora.alpha', 0], // 0: the scale is what it is given, whatever the rank
    ...Object.entries(notes).map(([key, value]): [string, string] => [`${NOTES}${key}`, value]),
  ];
  const arrays = written.flatMap(({ name, inputs, outputs, experts, rank, a, b }) => {
    const stack = experts > 0 ? [experts] : [];
    return [
      { name: `${name}.lora_a`, shape: [inputs, rank, ...stack], values: a },
      { name: `${name}.lora_b`, shape: [rank, outputs, ...stack], values: b },
    ];
  });
  const header = new Writer();
  header.bytes(Buffer.from('GGUF'));
  header.uint32(VERSION);
  header.uint64(arrays.length);
  header.uint64(metadata.length);
  for (const [key, value] of metadata) {
    header.string(key);
    header.uint32(typeof value === 'string' ? TYPE.string : TYPE.float32);
    if (typeof value === 'string') header.string(value);
    else header.float32(value);
  }
  let offset = 0;
  for (const { name, shape, values } of arrays) {
    header.string(name);
    header.uint32(shape.length);
    shape.forEach((length) => header.uint64(length));
    header.uint32(F32);
    header.uint64(offset);
    offset = aligned(offset + values.byteLength);
  }
  const data = new Writer();
  data.bytes(header.done());
  data.pad();
  for (const { values } of arrays) {
    data.bytes(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    data.pad();
  }
  return data.done();
}

/** @throws {GraffitiError} `ERR_ENGRAM_INVALID`, saying what is wrong. */
export function readAdapter(file: Uint8Array): AdapterFile {
  const reader = new Reader(file);
  if (file.length < 24 || Buffer.from(file.subarray(0, 4)).toString('latin1') !== 'GGUF') {
    invalid('it does not begin with the GGUF magic');
  }
  reader.at = 4;
  const version = reader.uint32();
  if (version !== 2 && version !== VERSION) invalid(`its version is ${version}, not 2 or 3`);
  const tensorCount = reader.uint64();
  const metadata = new Map<string, string | number | undefined>();
  for (let left = reader.uint64(); left > 0; left--) {
    metadata.set(reader.string(), reader.value(reader.uint32()));
  }
  const text = (key: string): string => {
    const value = metadata.get(key);
    return typeof value === 'string' ? value : '';
  };
  if (text('general.type') !== 'adapter' || text('adapter.type') !== 'lora') {
    invalid('it is no low-rank adapter');
  }
  const alignment = metadata.get('general.alignment') ?? ALIGNMENT;
  if (typeof alignment !== 'number' || !(alignment >= 1) || !Number.isInteger(alignment)) {
    invalid('its alignment is no number');
  }
  const arrays = new Map<string, { shape: number[]; offset: number }>();
  for (let left = tensorCount; left > 0; left--) {
    const name = reader.string();
    const shape = Array.from({ length: reader.dimensions() }, () => reader.uint64());
    const type = reader.uint32();
    const offset = reader.uint64();
    if (type !== F32) invalid(`tensor '${name}' is not of 32-bit floats`);
    if (arrays.has(name)) invalid(`it holds two tensors '${name}'`);
    arrays.set(name, { shape, offset });
  }
  const start = Math.ceil(reader.at / alignment) * alignment;
  const values = (name: string, { shape, offset }: { shape: number[]; offset: number }) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const begin = start + offset;
    if (!(begin + 4 * count <= file.length)) invalid(`it ends before tensor '${name}' does`);
    return new Float32Array(new Uint8Array(file.subarray(begin, begin + 4 * count)).buffer);
  };
  const tensors: AdapterTensor[] = [];
  const alpha = metadata.get('adapter.lora.alpha') ?? 0;
  if (typeof alpha !== 'number' || !Number.isFinite(alpha)) invalid('its alpha is no number');
  for (const [key, left] of arrays) {
    const name = key.replace(/\.lora_[ab]$/, '');
    if (name === key) invalid(`tensor '${key}' is neither a lora_a nor a lora_b`);
    if (key.endsWith('.lora_b')) {
      if (!arrays.has(`${name}.lora_a`)) invalid(`'${key}' has no lora_a`);
      continue;
    }
    const right = arrays.get(`${name}.lora_b`);
    if (!right) invalid(`'${key}' has no lora_b`);
    const [inputs = 0, rank = 0, experts = 0] = left.shape;
    const [same = 0, outputs = 0, stack = 0] = right.shape;
    const flat = left.shape.length === right.shape.length && [2, 3].includes(left.shape.length);
    if (!flat || rank !== same || experts !== stack || inputs * rank * outputs === 0) {
      invalid(`the shapes of '${name}' do not belong together`);
    }
    const a = values(key, left);
    const b = values(`${name}.lora_b`, right);
    if (alpha !== 0) b.forEach((value, index) => (b[index] = (value * alpha) / rank));
    if (![a, b].every((matrix) => matrix.every(Number.isFinite))) {
      invalid(`'${name}' holds values that are not finite`);
    }
    tensors.push({ name, inputs, outputs, experts, rank, a, b });
  }
  if (tensors.length === 0) invalid('it holds no tensor');
  const notes = Object.fromEntries(
    [...metadata]
      .filter(([key, value]) => key.startsWith(NOTES) && typeof value === 'string')
      .map(([key, value]) => [key.slice(NOTES.length), value as string]),
  );
  return { architecture: text('general.architecture'), tensors, notes };
}

/**
 * One adapter that does what all of them do together, each times its scale: ranks side by side.
 *
 * @throws {GraffitiError} `ERR_ENGRAM_MODEL_MISMATCH` when they are of matrices of different shapes
 */
export function mergedTensors(
  parts: readonly { readonly tensors: readonly AdapterTensor[]; readonly scale: number }[],
): AdapterTensor[] {
  const byName = new Map<string, { tensor: AdapterTensor; scale: number }[]>();
  for (const { tensors, scale } of parts) {
    for (const tensor of tensors) {
      byName.set(tensor.name, [...(byName.get(tensor.name) ?? []), { tensor, scale }]);
    }
  }
  return [...byName.values()].map((group) => {
    const { name, inputs, outputs, experts } = group[0]!.tensor;
    for (const { tensor } of group) {
      if (tensor.inputs !== inputs || tensor.outputs !== outputs || tensor.experts !== experts) {
        throw new GraffitiError(
          'ERR_ENGRAM_MODEL_MISMATCH',
          `The engrams to be composed hold '${name}' in different shapes: they are of different models.`,
        );
      }
    }
    const rank = group.reduce((sum, { tensor }) => sum + tensor.rank, 0);
    const stack = Math.max(experts, 1);
    const a = new Float32Array(stack * rank * inputs);
    const b = new Float32Array(stack * outputs * rank);
    let before = 0;
    for (const { tensor, scale } of group) {
      for (let expert = 0; expert < stack; expert++) {
        const size = tensor.rank * inputs;
        a.set(
          tensor.a.subarray(expert * size, (expert + 1) * size),
          (expert * rank + before) * inputs,
        );
        for (let i = 0; i < outputs; i++) {
          const row = expert * outputs + i;
          for (let k = 0; k < tensor.rank; k++) {
            b[row * rank + before + k] = scale * tensor.b[row * tensor.rank + k]!;
          }
        }
      }
      before += tensor.rank;
    }
    return { name, inputs, outputs, experts, rank, a, b };
  });
}

function invalid(why: string): never {
  throw new GraffitiError('ERR_ENGRAM_INVALID', `This is not a usable engram file: ${why}.`);
}

const aligned = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;

class Writer {
  private readonly parts: Buffer[] = [];
  private length = 0;

  bytes(part: Uint8Array): void {
    this.parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    this.length += part.length;
  }
  pad(): void {
    this.bytes(Buffer.alloc(aligned(this.length) - this.length));
  }
  uint32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.bytes(part);
  }
  uint64(value: number): void {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    this.bytes(part);
  }
  float32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeFloatLE(value);
    this.bytes(part);
  }
  string(value: string): void {
    const text = Buffer.from(value);
    this.uint64(text.length);
    this.bytes(text);
  }
  done(): Uint8Array {
    const whole = Buffer.concat(this.parts);
    return new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
  }
}

/** Reads forward; what would lie beyond the end is an error. */
class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(private readonly file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }
  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }
  uint64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) invalid('it holds a length that cannot be');
    return Number(value);
  }
  dimensions(): number {
    const count = this.uint32();
    if (count < 1 || count > 4) invalid(`it holds a tensor of ${count} dimensions`);
    return count;
  }
  string(): string {
    const length = this.uint64();
    const begin = this.take(length);
    return Buffer.from(this.file.subarray(begin, begin + length)).toString('utf8');
  }
  /** A value of metadata; those that mean nothing here are passed over. */
  value(type: number): string | number | undefined {
    if (type === TYPE.string) return this.string();
    if (type === TYPE.uint32) return this.uint32();
    if (type === TYPE.float32) return this.view.getFloat32(this.take(4), true);
    if (type === TYPE.array) {
      const element = this.uint32();
      const count = this.uint64();
      if (element === TYPE.array) invalid('it holds an array of arrays');
      if (element === TYPE.string) for (let left = count; left > 0; left--) this.string();
      else this.take(count * this.sizeOf(element));
      return undefined;
    }
    this.take(this.sizeOf(type));
    return undefined;
  }
  private sizeOf(type: number): number {
    return SIZES[type] ?? invalid(`it holds a value of the unknown type ${type}`);
  }
  private take(length: number): number {
    const begin = this.at;
    if (!(length <= this.file.length - begin)) invalid('it is truncated');
    this.at = begin + length;
    return begin;
  }
}
