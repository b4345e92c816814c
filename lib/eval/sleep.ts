import { throwIfAborted } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import { checkSampling, type HeadMemoryHandle, type LoadedModel } from '../model/index.js';
import { consolidate, type Exchange, renderExchange } from '../sleep/index.js';
import { checkNumber } from '../validate.js';

/** A question and its answer. */
export interface SleepRow {
  readonly question: string;
  readonly answer: string;
}

/** Losses in nats per answer token, before the night and after it. */
export interface SleepFigures {
  readonly before: number;
  readonly after: number;
  /** The same answers to questions in other words. */
  readonly rewordedBefore: number;
  readonly rewordedAfter: number;
  /** Rows that were not told. */
  readonly unseenBefore: number;
  readonly unseenAfter: number;
  /** Perplexity of ordinary text that the night was not fitted to. */
  readonly anchorBefore: number;
  readonly anchorAfter: number;
  /** Share of greedy answers whose first 32 tokens are those told. */
  readonly exactTold: number;
  readonly exactReworded: number;
  /** How long the night took. */
  readonly seconds: number;
  /** Size of what it learned. */
  readonly bytes: number;
  /** Positions learned, and how far each reaches. */
  readonly keys: number;
  readonly reach: number;
}

export interface EvaluateSleepOptions {
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

/** Tokens of an answer that are compared. */
const COMPARED = 32;

/** Ways to put a question in other words that fit every question. */
export const LEADS: readonly ((question: string) => string)[] = [
  (question) => `Could you tell me: ${question}`,
  (question) => `I was wondering, ${question}`,
  (question) => `Please answer this for me. ${question}`,
  (question) => `One more question: ${question} I would like to know.`,
];

/** Tells rows, sleeps, and measures what the model then knows, in other words too, and what it still is. */
export async function evaluateSleep(
  model: GraffitiModel,
  rows: readonly SleepRow[],
  options: EvaluateSleepOptions = {},
): Promise<SleepFigures> {
  const { told: count = 200, answers = 20, onProgress = () => {}, signal } = options;
  checkNumber('told', count, { min: 1, max: rows.length, integer: true });
  checkNumber('answers', answers, { min: 1, max: count, integer: true });
  const { loaded } = model;
  const told = rows.slice(0, count);
  const reworded = told.map(({ question, answer }, index) => ({
    question: LEADS[index % LEADS.length]!(question),
    answer,
  }));
  const unseen = rows.slice(count, 2 * count);
  const exchanges = told.map(({ question, answer }, index): Exchange => ({
    source: index + 1,
    prompt: question,
    reply: answer,
  }));
  const begun = performance.now();
  const night = await consolidate(loaded, exchanges, {
    anchorLimit: options.anchorLimit,
    onProgress: (done, total) => onProgress({ phase: 'Sleeping', done, total }),
    signal,
  });
  const seconds = (performance.now() - begun) / 1000;
  const bench = new SleepBench(loaded, night.memory, (phase, done, total) => {
    throwIfAborted(signal, 'The evaluation');
    onProgress({ phase, done, total });
  });
  try {
    const [before, after] = await bench.losses('Told', told);
    const [rewordedBefore, rewordedAfter] = await bench.losses('Reworded', reworded);
    const [unseenBefore, unseenAfter] = await bench.losses('Never told', unseen);
    const spread = Array.from({ length: answers }, (_, i) => Math.floor((i * count) / answers));
    return {
      ...{ before, after, rewordedBefore, rewordedAfter, unseenBefore, unseenAfter },
      anchorBefore: night.anchor.before,
      anchorAfter: night.anchor.after,
      exactTold: await bench.exact(
        'Answers',
        spread.map((index) => told[index]!),
      ),
      exactReworded: await bench.exact(
        'Answers',
        spread.map((index) => reworded[index]!),
      ),
      seconds,
      bytes: bytesOf(night.rows) + night.space.byteLength,
      keys: night.rows.tokens.length,
      reach: night.reach,
    };
  } finally {
    bench.close();
  }
}

/** One session with the night's memory. */
class SleepBench {
  private readonly session: number;

  constructor(
    private readonly model: LoadedModel,
    private readonly memory: HeadMemoryHandle,
    private readonly progress: (phase: string, done: number, total: number) => void,
  ) {
    this.session = model.openSession();
    model.setHeadMemory(this.session, memory);
  }

  close(): void {
    this.model.closeSession(this.session);
  }

  /** Nats per answer token without and with the memory. */
  async losses(phase: string, rows: readonly SleepRow[]): Promise<[number, number]> {
    let [base, final, count] = [0, 0, 0];
    for (const [index, { question, answer }] of rows.entries()) {
      this.progress(phase, index, rows.length);
      const { tokens, first } = renderExchange(this.model, question, answer);
      if (tokens.length <= first) continue;
      const scores = await this.model.score(tokens, first, this.session, 0, this.memory);
      scores.base.forEach((logprob) => (base -= logprob));
      scores.final.forEach((logprob) => (final -= logprob));
      count += scores.base.length;
    }
    return [base / count, final / count];
  }

  /** Share of rows whose greedy answer begins as told. */
  async exact(phase: string, rows: readonly SleepRow[]): Promise<number> {
    let right = 0;
    for (const [index, { question, answer }] of rows.entries()) {
      this.progress(phase, index, rows.length);
      const { tokens, first } = renderExchange(this.model, question, answer);
      const wanted = Array.from(tokens.slice(first, first + COMPARED)).filter(
        (token) => !this.model.info.endTokens.includes(token),
      );
      const said = await this.greedy(tokens.slice(0, first), wanted.length);
      right += Number(wanted.every((token, at) => said[at] === token));
    }
    return right / rows.length;
  }

  private greedy(tokens: Int32Array, maxTokens: number): Promise<number[]> {
    const { model } = this;
    const sampling = checkSampling({ temperature: 0, maxTokens }, model.info.vocabulary);
    return new Promise((resolve) => {
      const said: number[] = [];
      model.generate(
        this.session,
        tokens,
        { ...sampling, maxTokens },
        { influence: false, movers: 0, sources: 0 },
        { onToken: ({ id }) => said.push(id), onFinish: () => resolve(said) },
      );
    });
  }
}

function bytesOf(rows: object): number {
  return Object.values(rows as Record<string, { byteLength: number }>).reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );
}
