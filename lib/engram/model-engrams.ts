import { GraffitiError } from '../errors.js';
import type { LoadedModel } from '../model/index.js';
import { Engram, type EngramSource } from './engram.js';
import {
  deaf,
  type Extracted,
  extractEngram,
  type ExtractOptions,
  type ExtractProgress,
  loadTensors,
} from './extract.js';
import { lossOf } from './losses.js';
import { type EngramReport, examineEngram, type ExamineOptions } from './report.js';
import { type EngramText, textsAsTokens } from './texts.js';

/** Engrams of one model: `model.engrams`. */
export class ModelEngrams {
  constructor(private readonly model: LoadedModel) {}

  /** See `extractEngram`. */
  extract(options: ExtractOptions): Promise<Extracted> {
    return extractEngram(this.model, options);
  }

  /**
   * Reads an engram and makes sure that it is this model's and does something in it.
   *
   * @throws {GraffitiError} `ERR_ENGRAM_INVALID`, `ERR_ENGRAM_MODEL_MISMATCH`, `ERR_UNSUPPORTED_ARCHITECTURE`; what
   *   the file system throws.
   */
  async load(file: string | URL): Promise<Engram> {
    return this.checked(await Engram.load(file));
  }

  /**
   * The same for an engram that a brain keeps: `loadFrom(memory.engrams, 'vasquez')`.
   *
   * @throws {GraffitiError} also `ERR_ENGRAM_NOT_FOUND`
   */
  async loadFrom(brain: EngramSource, name: string): Promise<Engram> {
    return this.checked(Engram.fromBytes(await brain.read(name)));
  }

  /** What erasing an engram does to its target and to the rest. See `examineEngram`. */
  examine(engram: Engram, options?: ExamineOptions): Promise<EngramReport> {
    return examineEngram(this.model, engram, options);
  }

  private async checked(engram: Engram): Promise<Engram> {
    engram.checkModel(this.model);
    const adapter = await loadTensors(this.model, engram.tensors);
    const first = [...textsAsTokens(this.model, engram.origin.target.slice(0, 1)).values()];
    if ((await lossOf(this.model, first, adapter)) === (await lossOf(this.model, first, null))) {
      throw deaf(this.model);
    }
    return engram;
  }

  /**
   * The engram of everything that several are of. Filtered engrams do not add up, so it is extracted anew: from the
   * union of their targets, with the rest of all their references.
   *
   * @param forgetting nats by which erasing the union is to raise its loss. Default 1.5
   * @throws {GraffitiError} what `extract` throws, and `ERR_ENGRAM_MODEL_MISMATCH`
   */
  async union(
    engrams: readonly Engram[],
    {
      forgetting,
      signal,
      onProgress,
    }: {
      forgetting?: number | undefined;
      signal?: AbortSignal | undefined;
      onProgress?: ((progress: ExtractProgress) => void) | undefined;
    } = {},
  ): Promise<Extracted> {
    const [one, ...others] = engrams;
    if (!one) throw new RangeError('Expected at least one engram for engrams but received none');
    for (const engram of engrams) engram.checkModel(this.model);
    const { method, scaling, weights, rank } = one.origin;
    const same = others.every(
      ({ origin }) =>
        origin.method === method && origin.scaling === scaling && origin.weights === weights,
    );
    if (!same) {
      throw new GraffitiError(
        'ERR_ENGRAM_INVALID',
        'The engrams were extracted by different methods or from different weights; there is no union of them.',
      );
    }
    const all = (pick: 'target' | 'reference'): EngramText[] =>
      engrams.flatMap(({ origin }) => origin[pick]);
    return this.extract({
      target: all('target'),
      reference: all('reference'),
      ...{ method, scaling, weights, rank, forgetting, signal, onProgress },
    });
  }
}
