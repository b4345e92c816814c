import { GraffitiError } from '../errors.js';
import type { ModelFingerprint } from '../store/index.js';

/** The two vectors of a text, each `width` long. */
export interface EncodedText {
  /** Memory vector for the spray, normalised by the writer. */
  readonly spray: Float32Array;
  /** Mean hidden state, centred by the model's mean: what texts are compared by. */
  readonly key: Float32Array;
}

/** Turns text into vectors. The model layer implements it. */
export interface MemoryEncoder {
  readonly fingerprint: ModelFingerprint;
  /** The same text must give the same vectors. */
  encode(text: string, options?: { signal?: AbortSignal }): Promise<EncodedText>;
}

/** Whether vectors of both models can be compared: name and file do not matter. */
export function sameSpace(one: ModelFingerprint, other: ModelFingerprint): boolean {
  return one.hash === other.hash && one.writer === other.writer && one.width === other.width;
}

function described({ name, architecture, width, writer, hash }: ModelFingerprint): string {
  return `${name} (${architecture}, width ${width}, writer ${writer}, ${hash.slice(0, 12)})`;
}

/** @throws {GraffitiError} `ERR_BRAIN_MODEL_MISMATCH` when `brain` was not made by `model`. */
export function checkSameSpace(brain: ModelFingerprint, model: ModelFingerprint): void {
  if (sameSpace(brain, model)) return;
  throw new GraffitiError(
    'ERR_BRAIN_MODEL_MISMATCH',
    `The brain was made by ${described(brain)} and opened with ${described(model)}; open it with the first, or re-encode it for the second with Memory.reencode.`,
  );
}

/**
 * Encodes with `encoder`, and lets nothing into the brain that would spoil it for good.
 *
 * @throws {GraffitiError} `ERR_NATIVE` for vectors of a wrong length or with values that are not finite.
 */
export async function encodeChecked(
  encoder: MemoryEncoder,
  text: string,
  signal?: AbortSignal,
): Promise<EncodedText> {
  const encoded = await encoder.encode(text, signal ? { signal } : {});
  for (const name of ['spray', 'key'] as const) {
    const vector = encoded[name];
    if (vector.length !== encoder.fingerprint.width || !vector.every(Number.isFinite)) {
      throw new GraffitiError(
        'ERR_NATIVE',
        `The model ${encoder.fingerprint.name} made an unusable ${name} vector (length ${vector.length}); nothing was remembered.`,
      );
    }
  }
  return encoded;
}
