import { GraffitiError, throwIfAborted } from '../errors.js';
import type { Exchange, Memory } from '../memory/index.js';
import type { LoadedModel } from '../model/index.js';
import { checkFunction, checkNumber, checkOptions, checkSignal } from '../validate.js';
import { consolidate, type Consolidated } from './consolidate.js';
import { packHeadNight } from './head-rows.js';
import { type Change, Examination, reworded, spread } from './measuring.js';
import { anchorText, ownText, type Rehearsal } from './rehearsal.js';

/** What a night is doing. */
export interface SleepProgress {
  /** Rehearsing ordinary text, replaying what was told, measuring what came of it. */
  readonly phase: 'rehearse' | 'replay' | 'measure';
  readonly done: number;
  readonly total: number;
}

export interface SleepOptions {
  /** Highest relative rise of the perplexity of ordinary text, 0 to 1. Default 0.01: 1 %. */
  readonly anchorLimit?: number | undefined;
  readonly onProgress?: ((progress: SleepProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a night did. Losses in nats per token of an answer, before the night and after it. */
export interface NightReport {
  readonly method: 'head';
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
  /** Positions learned, how far each reaches, and their size. */
  readonly keys: number;
  readonly reach: number;
  readonly bytes: number;
  readonly seconds: number;
}

const DEFAULT_ANCHOR_LIMIT = 0.01;

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
  checkOptions('options', options, ['anchorLimit', 'onProgress', 'signal']);
  const { anchorLimit = DEFAULT_ANCHOR_LIMIT, onProgress = () => {}, signal } = options;
  checkNumber('anchorLimit', anchorLimit, { min: 0, max: 1 });
  checkFunction('onProgress', onProgress);
  checkSignal('signal', signal);
  throwIfAborted(signal, 'Sleep');
  memory.checkWritable();
  const exchanges = await memory.replay();
  if (exchanges.length === 0) throw nothingTold();

  const begun = performance.now();
  const anchor = anchorText();
  const own = await ownText(
    model,
    (done, total) => onProgress({ phase: 'rehearse', done, total }),
    signal,
  );
  const learned = await consolidate(
    model,
    exchanges,
    { ...anchor, governing: [...anchor.governing, ...own] },
    {
      anchorLimit,
      onProgress: (done, total) => onProgress({ phase: 'replay', done, total }),
      signal,
    },
  );
  const measured = await examine(model, learned, exchanges, anchor, {
    onProgress: (done, total) => onProgress({ phase: 'measure', done, total }),
    signal,
  });
  const { common, parts } = packHeadNight(learned);
  const report: NightReport = {
    method: 'head',
    exchanges: exchanges.length,
    memories: parts.length,
    ...measured,
    keys: learned.rows.tokens.length,
    reach: learned.reach,
    bytes: parts.reduce((sum, { data }) => sum + data.length, common.length),
    seconds: (performance.now() - begun) / 1000,
  };
  throwIfAborted(signal, 'Sleep');
  await memory.keepNight({
    time: Date.now(),
    method: 'head',
    model: model.info.fingerprint,
    separable: true,
    report: JSON.stringify(report),
    common,
    parts,
  });
  return report;
}

async function examine(
  model: LoadedModel,
  { memory }: Consolidated,
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
  using examination = new Examination(model, memory, () => onProgress(++done, total), signal);
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

function nothingTold(): GraffitiError {
  return new GraffitiError(
    'ERR_NOTHING_TOLD',
    'There is nothing to learn: the brain holds no statement. Tell it something first.',
  );
}
