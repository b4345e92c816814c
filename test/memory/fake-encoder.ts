import type { EncodedText, MemoryEncoder, ModelFingerprint } from '../../lib/memory/index.js';

/** Numbers from −1 to 1 that depend only on `seed` (xorshift over an FNV hash). */
function* noise(seed: string): Generator<number, never> {
  let state = 2166136261;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 16777619);
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state | 0) / 2 ** 31;
  }
}

function addNoise(vector: Float32Array, seed: string): void {
  const source = noise(seed);
  for (let i = 0; i < vector.length; i++) vector[i]! += source.next().value;
}

/**
 * Stands in for a model: keys are bags of words, so texts that share words are near each other;
 * spray vectors depend on the whole text.
 */
export class FakeEncoder implements MemoryEncoder {
  readonly fingerprint: ModelFingerprint;
  /** Texts encoded so far. */
  calls = 0;

  constructor(
    private readonly seed = 'one',
    width = 16,
  ) {
    this.fingerprint = {
      hash: `hash-of-${seed}`,
      name: `fake-${seed}`,
      architecture: 'fake',
      width,
      vocabulary: 512,
      writer: 'fake/1',
    };
  }

  async encode(text: string): Promise<EncodedText> {
    this.calls++;
    const { width } = this.fingerprint;
    const spray = new Float32Array(width);
    addNoise(spray, `${this.seed} ${text}`);
    const key = new Float32Array(width);
    for (const word of text.toLowerCase().match(/\w+/g) ?? [text]) {
      addNoise(key, `${this.seed}:${word}`);
    }
    return { spray, key };
  }
}
