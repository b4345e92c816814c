import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraffitiError, throwIfAborted } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import {
  Examination,
  type HeadFigures,
  type NightReport,
  reworded,
  type Said,
  type SleepMethod,
  spread,
  wake,
  type WeightsFigures,
} from '../sleep/index.js';
import { checkNumber } from '../validate.js';

/** A question and its answer. */
export interface SleepRow {
  readonly question: string;
  readonly answer: string;
}

/** Losses in nats per answer token, before the night and after it. */
export interface SleepLosses {
  readonly before: number;
  readonly after: number;
  /** The same answers to questions in other words. */
  readonly rewordedBefore: number;
  readonly rewordedAfter: number;
  /** Rows that were not told. */
  readonly unseenBefore: number;
  readonly unseenAfter: number;
  /** Perplexity of ordinary text that the night was neither fitted to nor governed by. */
  readonly anchorBefore: number;
  readonly anchorAfter: number;
  /** Share of greedy answers whose first 32 tokens are those told. */
  readonly exactTold: number;
  readonly exactReworded: number;
  /** The losses and answers once more, by a new process's way: the brain closed and opened again. */
  readonly afterRestart: {
    readonly after: number;
    readonly rewordedAfter: number;
    readonly exactTold: number;
    readonly exactReworded: number;
  };
  /** How long the night took, its report included. */
  readonly seconds: number;
  /** Size of what it learned. */
  readonly bytes: number;
}

export type SleepFigures = SleepLosses & (HeadFigures | WeightsFigures);

export interface EvaluateSleepOptions {
  /** Default 'head'. */
  readonly method?: SleepMethod | undefined;
  /** Rows to tell, from the first. Default 200. */
  readonly told?: number | undefined;
  /** Greedy answers to check, spread over the told rows; as many again reworded. Default 20. */
  readonly answers?: number | undefined;
  /** Highest relative rise of the perplexity of ordinary text. Default 0.01. */
  readonly anchorLimit?: number | undefined;
  readonly onProgress?:
    ((progress: { phase: string; done: number; total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells rows to a new brain ("question answer", a text a row), sleeps, and measures what the model then knows, in
 * other words too, what it still is, and that all of it is there when the brain is opened again.
 */
export async function evaluateSleep(
  model: GraffitiModel,
  rows: readonly SleepRow[],
  options: EvaluateSleepOptions = {},
): Promise<SleepFigures> {
  const { told: count = 200, answers = 20 } = options;
  checkNumber('told', count, { min: 1, max: rows.length, integer: true });
  checkNumber('answers', answers, { min: 1, max: count, integer: true });
  const texts = rows.map(({ question, answer }): Said => ({ prompt: question, reply: answer }));
  const told = texts.slice(0, count);
  const unseen = texts.slice(count, 2 * count);
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-eval-'));
  try {
    const brain = join(folder, 'sleep.graffiti');
    const night = await tellAndSleep(model, brain, told, options);
    const figures = await examined(model, brain, { told, unseen, answers }, options);
    const { exactTold, exactReworded, ...losses } = figures;
    const again = await examined(model, brain, { told, unseen: [], answers }, options);
    return {
      ...losses,
      anchorBefore: night.anchor.before,
      anchorAfter: night.anchor.after,
      exactTold,
      exactReworded,
      afterRestart: {
        after: again.after,
        rewordedAfter: again.rewordedAfter,
        exactTold: again.exactTold,
        exactReworded: again.exactReworded,
      },
      seconds: night.seconds,
      bytes: night.bytes,
      ...methodFigures(night),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function methodFigures(night: NightReport): HeadFigures | WeightsFigures {
  if (night.method === 'head') {
    const { method, keys, reach, merged, dropped } = night;
    return { method, keys, reach, merged, dropped };
  }
  const { method, words, units, scale } = night;
  return { method, words, units, scale };
}

async function tellAndSleep(
  model: GraffitiModel,
  brain: string,
  told: readonly Said[],
  { method, anchorLimit, onProgress = () => {}, signal }: EvaluateSleepOptions,
) {
  await using memory = await model.openMemory(brain);
  for (const [index, { prompt, reply }] of told.entries()) {
    onProgress({ phase: 'Telling', done: index, total: told.length });
    await memory.remember({ text: `${prompt} ${reply}` }, { signal });
  }
  return await model.sleep(memory, {
    method,
    anchorLimit,
    onProgress: ({ phase, done, total }) =>
      onProgress({ phase: `Sleeping: ${phase}`, done, total }),
    signal,
  });
}

/** Opens the brain and measures what its night left. */
async function examined(
  model: GraffitiModel,
  brain: string,
  { told, unseen, answers }: { told: readonly Said[]; unseen: readonly Said[]; answers: number },
  { onProgress = () => {}, signal }: EvaluateSleepOptions,
) {
  const { loaded } = model;
  await using memory = await model.openMemory(brain, { readOnly: true });
  const night = await wake(loaded, memory);
  if (!night) throw new GraffitiError('ERR_NATIVE', 'The brain has no night of this model.');
  const spelled = spread(told, answers);
  const total = 2 * told.length + unseen.length + 2 * spelled.length;
  let done = 0;
  using examination = new Examination(
    loaded,
    night,
    () => {
      throwIfAborted(signal, 'The evaluation');
      onProgress({ phase: 'Asking', done: ++done, total });
    },
    signal,
  );
  const { before, after } = await examination.losses(told);
  const otherwise = await examination.losses(reworded(told));
  const untold = await examination.losses(unseen);
  return {
    before,
    after,
    rewordedBefore: otherwise.before,
    rewordedAfter: otherwise.after,
    unseenBefore: untold.before,
    unseenAfter: untold.after,
    exactTold: await examination.exact(spelled),
    exactReworded: await examination.exact(reworded(spelled)),
  };
}
