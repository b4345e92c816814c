import { GraffitiError, throwIfAborted } from '../errors.js';
import type {
  AdapterHandle,
  AnswerTokens,
  EngramMethod,
  EngramScaling,
  EngramWeight,
  LoadedModel,
} from '../model/index.js';
import {
  checkFunction,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkString,
  outOfRange,
} from '../validate.js';
import { type AdapterTensor, mergedTensors, writeAdapter } from './adapter-file.js';
import { Engram } from './engram.js';
import { lossOf } from './losses.js';
import { checkTexts, type EngramText, textsAsTokens } from './texts.js';

export interface ExtractOptions {
  /** What is to be found in the weights: at least one text. */
  readonly target: readonly EngramText[];
  /**
   * What the model is to go on knowing: other texts of the same kind and ordinary text. Texts of the target that are
   * listed here too belong to the target alone.
   */
  readonly reference: readonly EngramText[];
  /** Default 'filtered': what is specific to the target. 'paper': Kwon et al. 2026, arXiv 2606.14997. */
  readonly method?: EngramMethod | undefined;
  /** f of the paper's method: 1, ‖E‖/‖W‖ of each layer, or the share of effective ranks. Default 'plain'. */
  readonly scaling?: EngramScaling | undefined;
  /** Directions of each layer, 1 to 1024. Default 16. The paper's method keeps them all. */
  readonly rank?: number | undefined;
  /** Regular expression on tensor names. Default: `ffn_down` of every layer, experts too. */
  readonly weights?: string | undefined;
  /** Nats per answer token by which erasing is to raise the target's loss, above 0. Default 1.5. */
  readonly forgetting?: number | undefined;
  readonly onProgress?: ((progress: ExtractProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ExtractProgress {
  /** `collect`: texts run and layers solved; `strength`: how strong the edit has to be. */
  readonly phase: 'collect' | 'strength';
  /** 0 to 1. */
  readonly fraction: number;
}

/** What was found in one weight matrix. */
export type EngramLayer = Omit<EngramWeight, 'a' | 'b'>;

export interface Extracted {
  readonly engram: Engram;
  readonly layers: readonly EngramLayer[];
  /** Nats per answer token of the target, before and with it erased. */
  readonly forget: { readonly before: number; readonly after: number };
}

/** The feed-forward network's output matrix of every layer; of a mixture, its experts' and the shared one's. */
export const DEFAULT_WEIGHTS = '^blk\\.[0-9]+\\.ffn_down(_exps|_shexp)?\\.weight$';

const NAMES = ['target', 'reference', 'method', 'scaling', 'rank', 'weights', 'forgetting', 'onProgress', 'signal']; // prettier-ignore
/** Above this mean leverage every token of the target looks unlike anything else. */
const MOST_LEVERAGE = 0.95;
/** The target must be less than this share of the reference's tokens. */
const MOST_TARGET = 0.5;
const STRONGEST = 64;
const MOST_STEPS = 12;
/** Nats above what was asked that are near enough. */
const TOLERANCE = 0.02;

/**
 * Finds what a model's weights know of the target and of nothing else in the reference, and how much of it has to be
 * taken away to forget as much as asked.
 *
 * @throws {TypeError | RangeError} for wrong options, an empty target too.
 * @throws {GraffitiError} `ERR_ENGRAM_STATISTICS` when the texts are too few to tell, `ERR_CONTEXT_OVERFLOW`,
 *   `ERR_UNSUPPORTED_ARCHITECTURE` when no weight matches or adapters do nothing, `ERR_ABORTED`, `ERR_DISPOSED`.
 */
export async function extractEngram(
  model: LoadedModel,
  options: ExtractOptions,
): Promise<Extracted> {
  const checked = checkExtractOptions(options);
  const { method, scaling, rank, weights, forgetting, signal, onProgress } = checked;
  throwIfAborted(signal, 'The extraction');
  const target = textsAsTokens(model, options.target);
  const rest = textsAsTokens(model, options.reference);
  for (const key of target.keys()) rest.delete(key);
  const found = await model.extractEngram(
    {
      target: counted([...target.values()]),
      rest: counted([...rest.values()]),
      ...{ weights, method, scaling, rank },
    },
    { signal, onProgress: (fraction) => onProgress({ phase: 'collect', fraction }) },
  );
  checkStatistics(found, method);

  const report = (fraction: number) => onProgress({ phase: 'strength', fraction });
  const texts = [...target.values()];
  const { strength, forget } = await strengthFor(model, found, texts, forgetting, signal, report);
  const tensors = erasing(found, strength);
  const engram = new Engram(
    {
      ...{ method, scaling, strength, weights, rank },
      fingerprint: model.info.fingerprint,
      architecture: model.info.architecture,
      target: options.target,
      reference: options.reference,
    },
    tensors,
  );
  const layers = found.map(({ a: _a, b: _b, ...layer }): EngramLayer => layer);
  return { engram, layers, forget };
}

function checkExtractOptions(options: ExtractOptions) {
  checkOptions('options', options, NAMES);
  const {
    method = 'filtered',
    scaling = 'plain',
    rank = 16,
    weights = DEFAULT_WEIGHTS,
    forgetting = 1.5,
    onProgress = () => {},
    signal,
  } = options;
  checkTexts('target', options.target);
  if (options.target.length === 0) throw outOfRange('at least one text', 'target', options.target);
  checkTexts('reference', options.reference);
  checkOneOf('method', method, ['filtered', 'paper']);
  checkOneOf('scaling', scaling, ['plain', 'norm', 'rank']);
  if (scaling !== 'plain' && method !== 'paper') {
    throw outOfRange("'plain' where method is not 'paper'", 'scaling', scaling);
  }
  checkNumber('rank', rank, { min: 1, max: 1024, integer: true });
  checkString('weights', weights);
  try {
    new RegExp(weights);
  } catch {
    throw outOfRange('a regular expression', 'weights', weights);
  }
  checkNumber('forgetting', forgetting, { min: 0.01, max: 100 });
  checkFunction('onProgress', onProgress);
  checkSignal('signal', signal);
  return { method, scaling, rank, weights, forgetting, onProgress, signal };
}

/** Positions that count: from the last of the prompt, which predicts the answer's first token. */
const counted = (texts: readonly AnswerTokens[]): AnswerTokens[] =>
  texts.filter(({ tokens, first }) => tokens.length > first + 1);

/** @throws {GraffitiError} `ERR_ENGRAM_STATISTICS` */
function checkStatistics(layers: readonly EngramWeight[], method: EngramMethod): void {
  const refuse = (why: string): never => {
    throw new GraffitiError(
      'ERR_ENGRAM_STATISTICS',
      `${why} Add texts that are to stay known to the reference.`,
    );
  };
  const targetTokens = Math.max(...layers.map((layer) => layer.targetTokens));
  const referenceTokens = Math.max(...layers.map((layer) => layer.referenceTokens));
  if (targetTokens === 0)
    refuse('The answers of the target are single tokens, which predict nothing.');
  if (targetTokens > MOST_TARGET * referenceTokens) {
    refuse(`${targetTokens} of the reference's ${referenceTokens} tokens are the target's.`);
  }
  const leverage = layers.reduce((sum, layer) => sum + layer.meanLeverage, 0) / layers.length;
  if (method === 'filtered' && leverage > MOST_LEVERAGE) {
    refuse(
      `The reference's ${referenceTokens} tokens are too few for layers of ${layers[0]!.inputs} inputs: every token looks specific to the target (mean leverage ${leverage.toFixed(3)}).`,
    );
  }
  if (layers.every(({ kept }) => kept === 0)) {
    refuse('No layer does anything for the target that it does not do for the rest.');
  }
}

/** The adapter that takes the engram away, at this strength. */
function erasing(layers: readonly EngramWeight[], strength: number): AdapterTensor[] {
  return mergedTensors([{ tensors: layers.filter(({ rank }) => rank > 0), scale: -strength }]);
}

/** Doubles the strength until enough is forgotten, then closes in on as much as was asked. */
async function strengthFor(
  model: LoadedModel,
  layers: readonly EngramWeight[],
  target: readonly AnswerTokens[],
  forgetting: number,
  signal: AbortSignal | undefined,
  report: (fraction: number) => void,
): Promise<{ strength: number; forget: { before: number; after: number } }> {
  const lossAt = async (strength: number): Promise<number> =>
    lossOf(model, target, await loadTensors(model, erasing(layers, strength)), signal);
  const before = await lossOf(model, target, null, signal);
  const wanted = before + forgetting;
  // Between `low`, which forgets too little, and `high`; the next guess is where a straight line crosses.
  let low = { strength: 0, loss: before };
  let high = { strength: 1, loss: await lossAt(1) };
  if (high.loss === before) throw deaf(model);
  while (high.loss < wanted) {
    if (high.strength >= STRONGEST) {
      throw new GraffitiError(
        'ERR_ENGRAM_STATISTICS',
        `Even at ${STRONGEST} times its size the engram raises the target's loss from ${before.toFixed(2)} to ${high.loss.toFixed(2)} nats only: these weights do not hold what the target says.`,
      );
    }
    low = high;
    high = { strength: 2 * high.strength, loss: await lossAt(2 * high.strength) };
  }
  for (let step = 0; step < MOST_STEPS && high.loss > wanted + TOLERANCE; step++) {
    report(step / MOST_STEPS);
    const share = (wanted + TOLERANCE / 2 - low.loss) / (high.loss - low.loss);
    const inside = Math.min(Math.max(share, 0.1), 0.9);
    const strength = low.strength + inside * (high.strength - low.strength);
    const middle = { strength, loss: await lossAt(strength) };
    if (middle.loss < wanted) low = middle;
    else high = middle;
  }
  report(1);
  return { strength: high.strength, forget: { before, after: high.loss } };
}

/** Tensors in the engine, as an adapter. */
export function loadTensors(
  model: LoadedModel,
  tensors: readonly AdapterTensor[],
): Promise<AdapterHandle> {
  return model.loadAdapter(
    writeAdapter({ architecture: model.info.architecture, tensors, notes: {} }),
  );
}

/** The error of a graph that does not look at adapters. */
export function deaf(model: LoadedModel): GraffitiError {
  return new GraffitiError(
    'ERR_UNSUPPORTED_ARCHITECTURE',
    `llama.cpp's graph of architecture '${model.info.architecture}' takes no notice of an adapter on these weights.`,
  );
}
