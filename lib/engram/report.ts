import type { LoadedModel } from '../model/index.js';
import { checkFunction, checkOptions, checkSignal } from '../validate.js';
import { type EngramCriteria, reactivation, sufficiency } from './criteria.js';
import type { Engram } from './engram.js';
import { loadTensors } from './extract.js';
import { lossOf } from './losses.js';
import { checkTexts, type EngramText, textsAsTokens } from './texts.js';

/** What an erasure is measured on beside its target. */
export interface ExamineOptions {
  /** What was to stay. Default: the engram's reference. */
  readonly retain?: readonly EngramText[] | undefined;
  /** The target asked for in other words. */
  readonly paraphrase?: readonly EngramText[] | undefined;
  /** Texts like the target that the model was never taught. */
  readonly neighbour?: readonly EngramText[] | undefined;
  /** Ordinary text. */
  readonly anchor?: readonly EngramText[] | undefined;
  /** 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface BeforeAfter {
  readonly before: number;
  readonly after: number;
}

/** Nats per answer token, before an engram is erased and after. Undefined where no texts were given. */
export interface EngramReport {
  readonly forget: BeforeAfter;
  readonly retain: BeforeAfter;
  readonly paraphrase?: BeforeAfter | undefined;
  readonly neighbour?: BeforeAfter | undefined;
  readonly anchor?: BeforeAfter | undefined;
  readonly criteria: EngramCriteria;
}

const SETS = ['forget', 'retain', 'paraphrase', 'neighbour', 'anchor'] as const;

/**
 * Measures what erasing an engram does. The weights it lies in are read as floats for it: memory for one copy of them.
 *
 * @throws {TypeError | RangeError} for wrong options.
 * @throws {GraffitiError} `ERR_ENGRAM_MODEL_MISMATCH`, `ERR_CONTEXT_OVERFLOW`, `ERR_ABORTED`, `ERR_DISPOSED`.
 */
export async function examineEngram(
  model: LoadedModel,
  engram: Engram,
  options: ExamineOptions = {},
): Promise<EngramReport> {
  checkOptions('options', options, ['retain', 'paraphrase', 'neighbour', 'anchor', 'onProgress', 'signal']); // prettier-ignore
  const { paraphrase, neighbour, anchor, onProgress = () => {}, signal } = options;
  const { target, reference } = engram.origin;
  const retain = options.retain ?? reference;
  for (const [name, texts] of Object.entries({ retain, paraphrase, neighbour, anchor })) {
    if (texts !== undefined) checkTexts(name, texts);
  }
  checkFunction('onProgress', onProgress);
  checkSignal('signal', signal);
  engram.checkModel(model);

  const given = { forget: target, retain, paraphrase, neighbour, anchor };
  const adapter = await loadTensors(model, engram.tensors);
  const losses: Partial<Record<(typeof SETS)[number], BeforeAfter>> = {};
  for (const [index, name] of SETS.entries()) {
    const texts = given[name];
    if (texts === undefined) continue;
    const tokens = [...textsAsTokens(model, texts).values()];
    const before = await lossOf(model, tokens, null, signal);
    losses[name] = { before, after: await lossOf(model, tokens, adapter, signal) };
    onProgress((index + 1) / (SETS.length + 1));
  }
  const tokens = {
    target: [...textsAsTokens(model, target).values()],
    cues: [...textsAsTokens(model, paraphrase ?? target).values()],
    retain: [...textsAsTokens(model, retain).values()],
  };
  const rise = ({ before, after }: BeforeAfter) => after - before;
  const forget = losses.forget!;
  const criteria: EngramCriteria = {
    necessity: rise(forget),
    specificity: 1 - rise(losses.retain!) / rise(forget),
    reactivation: await reactivation(model, engram, tokens.cues, tokens.retain),
    sufficiency: await sufficiency(model, engram, tokens.target, forget.before, signal),
  };
  onProgress(1);
  return { ...losses, forget, retain: losses.retain!, criteria };
}
