import { callNative, native } from '../native.js';

/**
 * Writes a quantised copy of a model whose weights are floats.
 *
 * @throws {GraffitiError} `ERR_NATIVE`, with llama.cpp's reason.
 */
export function quantiseModel(
  model: string,
  copy: string,
  type: 'q8_0' | 'q4_k_m',
  threads = 1,
): Promise<void> {
  return callNative(() => native().quantise(model, copy, type, threads));
}
