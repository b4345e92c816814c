import type { AdapterHandle, LoadedModel } from '../model/index.js';
import { checkNumber, wrongType } from '../validate.js';
import { mergedTensors } from './adapter-file.js';
import { Engram } from './engram.js';
import { loadTensors } from './extract.js';

/** An engram and how much of it: −1 erases, 0 leaves the model as it is, +1 adds it once more. */
export interface WeightedEngram {
  readonly engram: Engram;
  /** −100 to 100. */
  readonly weight: number;
}

/** The engrams that a session runs under: `session.engrams`. */
export class SessionEngrams {
  private current: readonly WeightedEngram[] = [];
  private loaded: AdapterHandle | null = null;

  constructor(
    private readonly model: LoadedModel,
    private readonly session: number,
  ) {}

  /** What is on, in the engine; null: nothing. */
  get adapter(): AdapterHandle | null {
    return this.loaded;
  }

  /** What is on. */
  get list(): readonly WeightedEngram[] {
    return this.current;
  }

  /**
   * Puts exactly these on; `[]` is the model as it was, to the bit. Acts from the next token on. What the session has
   * said so far is encoded again under the new weights: the next token waits for that. Sessions with other engrams
   * are decoded in batches of their own, and llama.cpp plans its graph again at every change between them.
   *
   * Weights are added up. Of filtered engrams the sum is not the engram of the union: to erase several texts as well
   * as one, erase `model.engrams.union`.
   *
   * @throws {TypeError | RangeError} for anything else than a list of engrams and weights.
   * @throws {GraffitiError} `ERR_ENGRAM_MODEL_MISMATCH`, `ERR_DISPOSED`.
   */
  async set(engrams: readonly WeightedEngram[]): Promise<void> {
    if (!Array.isArray(engrams)) {
      throw wrongType('an array of { engram, weight }', 'engrams', engrams);
    }
    const wanted = (engrams as readonly WeightedEngram[]).map((entry, index) => {
      const { engram, weight } = (entry ?? {}) as Partial<WeightedEngram>;
      if (!(engram instanceof Engram)) {
        throw wrongType('an Engram', `engrams[${index}].engram`, engram);
      }
      checkNumber(`engrams[${index}].weight`, weight, { min: -100, max: 100 });
      engram.checkModel(this.model);
      return { engram, weight };
    });
    // The file erases at scale 1.
    const parts = wanted
      .filter(({ weight }) => weight !== 0)
      .map(({ engram, weight }) => ({ tensors: engram.tensors, scale: -weight }));
    const adapter = parts.length === 0 ? null : await loadTensors(this.model, mergedTensors(parts));
    this.model.setAdapter(this.session, adapter);
    this.loaded = adapter;
    this.current = wanted;
  }
}
