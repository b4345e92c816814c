import { GraffitiError } from '../errors.js';

/** A tensor as it lies in the file: row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  readonly data_offsets: readonly [number, number];
}

/**
 * The float32 tensors of a safetensors file (https://github.com/huggingface/safetensors): the length of
 * the header as a 64-bit number, the header as JSON, the values, all little-endian.
 *
 * @throws {GraffitiError} `ERR_MODEL_INVALID`, naming `path`.
 */
export function readSafetensors(bytes: Uint8Array, path: string): Map<string, Tensor> {
  const invalid = (cause?: unknown) =>
    new GraffitiError('ERR_MODEL_INVALID', `${path} is no safetensors file of float32 tensors.`, {
      cause,
    });
  const tensors = new Map<string, Tensor>();
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const begin = 8 + Number(view.getBigUint64(0, true));
    const header = new TextDecoder().decode(bytes.subarray(8, begin));
    const { __metadata__: _, ...entries } = JSON.parse(header) as Record<string, Entry>;
    for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
      const length = shape.reduce((product, size) => product * size, 1);
      if (dtype !== 'F32' || offsets[1] - offsets[0] !== 4 * length) throw invalid();
      const values = Float32Array.from({ length }, (_value, index) =>
        view.getFloat32(begin + offsets[0] + 4 * index, true),
      );
      tensors.set(name, { shape, values });
    }
  } catch (error) {
    throw error instanceof GraffitiError ? error : invalid(error);
  }
  return tensors;
}
