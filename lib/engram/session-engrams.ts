import type { AdapterHandle, LoadedModel } from '../model/index.js';
import { checkNumber, wrongType } from '../validate.js';
import { mergedTensors } from './adapter-file.js';
import { Engram, type EngramSource } from './engram.js';
import { loadTensors } from './extract.js';

/** An engram and how much of it: −1 erases, 0 leaves the model as it is, +1 adds it once more. */
export interface WeightedEngram {
  readonly engram: Engram;
  /** −100 to 100. */
  readonly weight: number;
}

/** The same, with the name of an engram in place of one that the session's brain keeps. */
export interface EngramChoice {
  readonly engram: Engram | string;
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
    private readonly brain: EngramSource,
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
   * A name stands for the engram that the session's brain keeps under it (`memory.engrams`).
   *
   * Weights are added up. Of filtered engrams the sum is not the engram of the union: to erase several texts as well
   * as one, erase `model.engrams.union`.
   *
   * @throws {TypeError | RangeError} for anything else than a list of engrams and weights.
   * @throws {GraffitiError} `ERR_ENGRAM_MODEL_MISMATCH`, `ERR_ENGRAM_NOT_FOUND`, `ERR_DISPOSED`. What was on stays on.
   */
  async set(engrams: readonly EngramChoice[]): Promise<void> {
    if (!Array.isArray(engrams)) {
      throw wrongType('an array of { engram, weight }', 'engrams', engrams);
    }
    const chosen = (engrams as readonly EngramChoice[]).map((entry, index) => {
      const { engram, weight } = (entry ?? {}) as Partial<EngramChoice>;
      if (!(engram instanceof Engram) && typeof engram !== 'string') {
        throw wrongType('an Engram or the name of one', `engrams[${index}].engram`, engram);
      }
      checkNumber(`engrams[${index}].weight`, weight, { min: -100, max: 100 });
      return { engram, weight };
    });
    const wanted: WeightedEngram[] = [];
    for (const { engram: choice, weight } of chosen) {
      const engram =
        typeof choice === 'string' ? Engram.fromBytes(await this.brain.read(choice)) : choice;
      engram.checkModel(this.model);
      wanted.push({ engram, weight });
    }
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
