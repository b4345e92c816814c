import { GraffitiError, throwIfAborted } from '../errors.js';
import type { Exchange, Memory, NightPart } from '../memory/index.js';
import type { LoadedModel, NightHandle } from '../model/index.js';
import {
  checkFunction,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSignal,
  wrongType,
} from '../validate.js';
import { consolidate } from './consolidate.js';
import { packHeadNight } from './head-rows.js';
import { type Change, Examination, reworded, spread } from './measuring.js';
import { renderSaid } from './recording.js';
import { anchorText, ownText, type Rehearsal } from './rehearsal.js';
import { trainRows } from './row-head.js';
import { packRowNight } from './row-night.js';

/** What a night is doing. */
export interface SleepProgress {
  /** Rehearsing ordinary text, replaying what was told, training on it (method 'weights'), measuring what came of it. */
  readonly phase: 'rehearse' | 'replay' | 'train' | 'measure';
  readonly done: number;
  readonly total: number;
}

/** The head memory, or the sparse-row head. */
export type SleepMethod = 'head' | 'weights';

export interface SleepOptions {
  /**
   * 'head' keeps a key for every position that was told: exact answers, each token names its memories, and forgetting
   * one deletes its keys. 'weights' trains a small net over the rows of the output layer that were told: a fifth of the
   * size, no exact answers, and forgetting a memory removes the night. Default 'head'.
   */
  readonly method?: SleepMethod | undefined;
  /** Highest relative rise of the perplexity of ordinary text, 0 to 1. Default 0.01: 1 %. */
  readonly anchorLimit?: number | undefined;
  /** Of method 'head': most keys that are kept, the most surprising first. 1 to 10 million, default 100 000. */
  readonly maxKeys?: number | undefined;
  readonly onProgress?: ((progress: SleepProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Of method 'head'. */
export interface HeadFigures {
  readonly method: 'head';
  /** Positions that have a key, and how far each reaches. */
  readonly keys: number;
  readonly reach: number;
  /** Positions without one: an earlier key says the same, or there were more than `maxKeys`. */
  readonly merged: number;
  readonly dropped: number;
}

/** Of method 'weights'. */
export interface WeightsFigures {
  readonly method: 'weights';
  /** Words whose rows of the output layer move, and hidden units of the net that moves them. */
  readonly words: number;
  readonly units: number;
  /** Part of what was trained that ordinary text allows, 0 to 1. */
  readonly scale: number;
}

/** What a night did. Losses in nats per token of an answer, before the night and after it. */
export interface NightMeasures {
  /** Questions with answers that were replayed, and the memories they come from. */
  readonly exchanges: number;
  readonly memories: number;
  /** Of a sample of them. */
  readonly told: Change;
  /** The same answers to the questions in other words. */
  readonly reworded: Change;
  /** Answers to questions that nobody told. */
  readonly unseen: Change;
  /** Perplexity of ordinary text that the night neither was fitted to nor governed by. */
  readonly anchor: Change;
  /** Share of greedy answers whose first 32 tokens are those told, of a sample. */
  readonly exactTold: number;
  readonly exactReworded: number;
  /** Size of what was learned. */
  readonly bytes: number;
  readonly seconds: number;
}

export type NightReport = NightMeasures & (HeadFigures | WeightsFigures);

/** What a night came to, for a session, for the brain and for the report. */
interface Learned {
  readonly night: NightHandle;
  readonly separable: boolean;
  readonly common: Uint8Array;
  readonly parts: readonly NightPart[];
  readonly figures: HeadFigures | WeightsFigures;
}

const METHODS: readonly SleepMethod[] = ['head', 'weights'];
const DEFAULT_ANCHOR_LIMIT = 0.01;
const MOST_KEYS = 1e7;

/**
 * Texts that the model says by itself: to govern with, and to train on. Training fits every text it sees, so what it does to
 * others is held back by many of them.
 */
const OWN_TEXTS = {
  head: { governing: 16, trained: 0 },
  weights: { governing: 64, trained: 384 },
};

/** Exchanges whose loss is measured, and answers that are spelled out: what a report takes should not grow. */
const MEASURED = 24;
const SPELLED_OUT = 8;

/**
 * Replays what a brain was told until the model knows it without recall, and keeps the result in the brain. Every
 * night learns all of it anew, so nothing is learned twice and what was forgotten is gone.
 *
 * @throws {TypeError | RangeError} for wrong options.
 * @throws {GraffitiError} `ERR_NOTHING_TOLD` when there is nothing to learn, `ERR_ABORTED`, `ERR_BRAIN_READ_ONLY`,
 *   `ERR_BRAIN_FULL`, `ERR_BRAIN_MODEL_MISMATCH`. The brain is then as it was.
 */
export async function sleep(
  model: LoadedModel,
  memory: Memory,
  options: SleepOptions = {},
): Promise<NightReport> {
  const { method, anchorLimit, maxKeys, onProgress, signal } = checkSleepOptions(options);
  throwIfAborted(signal, 'Sleep');
  memory.checkWritable();
  const exchanges = (await memory.replay()).filter((exchange) => saysSomething(model, exchange));
  if (exchanges.length === 0) throw nothingTold();

  const begun = performance.now();
  const show = (phase: SleepProgress['phase']) => (done: number, total: number) =>
    onProgress({ phase, done, total });
  const anchor = anchorText();
  const texts = OWN_TEXTS[method];
  const own = await ownText(model, texts.governing + texts.trained, show('rehearse'), signal);
  const rehearsal = {
    fitted: [...anchor.fitted, ...own.slice(texts.governing)],
    governing: [...anchor.governing, ...own.slice(0, texts.governing)],
    heldOut: anchor.heldOut,
  };
  const learned =
    method === 'head'
      ? await learnKeys(model, exchanges, rehearsal, {
          ...{ anchorLimit, maxKeys, onProgress: show('replay'), signal },
        })
      : await learnRows(model, exchanges, rehearsal, {
          ...{ anchorLimit, onRecorded: show('replay'), onTrained: show('train'), signal },
        });
  const measured = await examine(model, learned.night, exchanges, anchor, {
    onProgress: show('measure'),
    signal,
  });
  const { separable, common, parts, figures } = learned;
  const report: NightReport = {
    exchanges: exchanges.length,
    memories: parts.length,
    ...measured,
    ...figures,
    bytes: parts.reduce((sum, { data }) => sum + data.length, common.length),
    seconds: (performance.now() - begun) / 1000,
  };
  throwIfAborted(signal, 'Sleep');
  await memory.keepNight({
    time: Date.now(),
    method,
    model: model.info.fingerprint,
    separable,
    report: JSON.stringify(report),
    common,
    parts,
  });
  return report;
}

function checkSleepOptions(options: SleepOptions) {
  checkOptions('options', options, ['method', 'anchorLimit', 'maxKeys', 'onProgress', 'signal']);
  const { method = 'head', anchorLimit = DEFAULT_ANCHOR_LIMIT, maxKeys } = options;
  const { onProgress = () => {}, signal } = options;
  checkOneOf('method', method, METHODS);
  checkNumber('anchorLimit', anchorLimit, { min: 0, max: 1 });
  if (maxKeys !== undefined) {
    checkNumber('maxKeys', maxKeys, { min: 1, max: MOST_KEYS, integer: true });
    if (method !== 'head') throw wrongType("none with method 'weights'", 'maxKeys', maxKeys);
  }
  checkFunction('onProgress', onProgress);
  checkSignal('signal', signal);
  return { method, anchorLimit, maxKeys, onProgress, signal };
}

async function learnKeys(...parameters: Parameters<typeof consolidate>): Promise<Learned> {
  const learned = await consolidate(...parameters);
  const { night, rows, reach, merged, dropped } = learned;
  return {
    night,
    separable: true,
    ...packHeadNight(learned),
    figures: { method: 'head', keys: rows.tokens.length, reach, merged, dropped },
  };
}

async function learnRows(...parameters: Parameters<typeof trainRows>): Promise<Learned> {
  const [model, exchanges] = parameters;
  const trained = await trainRows(...parameters);
  const sources = exchanges.map(({ source }) => source);
  const { words, k, scale } = trained;
  return {
    night: model.makeRowHead(trained),
    separable: false,
    ...packRowNight(trained, sources),
    figures: { method: 'weights', words: words.length, units: k.length, scale },
  };
}

async function examine(
  model: LoadedModel,
  night: NightHandle,
  exchanges: readonly Exchange[],
  { heldOut }: Rehearsal,
  {
    onProgress,
    signal,
  }: { onProgress: (done: number, total: number) => void; signal: AbortSignal | undefined },
) {
  const sample = spread(exchanges, MEASURED);
  const spelled = spread(sample, SPELLED_OUT);
  const unseen = heldOut.filter(({ prompt }) => prompt.endsWith('?'));
  const total = 2 * sample.length + unseen.length + heldOut.length + 2 * spelled.length;
  let done = 0;
  using examination = new Examination(model, night, () => onProgress(++done, total), signal);
  const ordinary = await examination.losses(heldOut);
  return {
    told: await examination.losses(sample),
    reworded: await examination.losses(reworded(sample)),
    unseen: await examination.losses(unseen),
    anchor: { before: Math.exp(ordinary.before), after: Math.exp(ordinary.after) },
    exactTold: await examination.exact(spelled),
    exactReworded: await examination.exact(reworded(spelled)),
  };
}

/** Whether some of the reply lies within the context. */
function saysSomething(model: LoadedModel, exchange: Exchange): boolean {
  const { tokens, first } = renderSaid(model, exchange);
  return tokens.length > first;
}

function nothingTold(): GraffitiError {
  return new GraffitiError(
    'ERR_NOTHING_TOLD',
    'There is nothing to learn: the brain holds no statement whose replay fits into the context. Tell it something first.',
  );
}
