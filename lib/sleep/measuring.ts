import { throwIfAborted } from '../errors.js';
import type { NightHandle, LoadedModel } from '../model/index.js';
import { renderSaid, type Said } from './recording.js';
import { say } from './saying.js';

/** Something before a night and after it. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

/** Tokens of an answer that are compared. */
const COMPARED = 32;

/** Ways to put a question in other words that fit every question. */
const LEADS: readonly ((question: string) => string)[] = [
  (question) => `Could you tell me: ${question}`,
  (question) => `I was wondering, ${question}`,
  (question) => `Please answer this for me. ${question}`,
  (question) => `One more question: ${question} I would like to know.`,
];

/** The same answers to the questions in other words, which no night has seen. */
export function reworded<Text extends { readonly prompt: string }>(texts: readonly Text[]): Text[] {
  return texts.map((text, index) => ({
    ...text,
    prompt: LEADS[index % LEADS.length]!(text.prompt),
  }));
}

/** At most `count` of them, from everywhere in the list. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor((i * items.length) / taken)]!);
}

/** Measures what a model knows with what a night has learned, and without. */
export class Examination implements Disposable {
  private readonly session: number;

  constructor(
    private readonly model: LoadedModel,
    private readonly night: NightHandle,
    /** Called after each text. */
    private readonly onDone: () => void = () => {},
    private readonly signal?: AbortSignal,
  ) {
    this.session = model.openSession();
    model.setNight(this.session, night);
  }

  [Symbol.dispose](): void {
    this.model.closeSession(this.session);
  }

  /** Nats per token of the replies. Zero where there is none. */
  async losses(texts: readonly Said[]): Promise<Change> {
    let [before, after, count] = [0, 0, 0];
    for (const text of texts) {
      throwIfAborted(this.signal, 'Sleep');
      const { tokens, first } = renderSaid(this.model, text);
      if (tokens.length > first) {
        const scores = await this.model.score(tokens, first, this.session, 0, this.night);
        for (const logprob of scores.base) before -= logprob;
        for (const logprob of scores.final) after -= logprob;
        count += scores.base.length;
      }
      this.onDone();
    }
    return count === 0 ? { before: 0, after: 0 } : { before: before / count, after: after / count };
  }

  /**
   * Share of texts whose greedy answer begins as the reply does, over 32 tokens. Texts whose reply lies beyond the
   * context do not count. Zero where there is none.
   */
  async exact(texts: readonly Said[]): Promise<number> {
    let [right, asked] = [0, 0];
    for (const text of texts) {
      const { tokens, first } = renderSaid(this.model, text);
      if (tokens.length <= first) {
        this.onDone();
        continue;
      }
      const wanted = Array.from(tokens.slice(first, first + COMPARED)).filter(
        (token) => !this.model.info.endTokens.includes(token),
      );
      const options = { temperature: 0, maxTokens: Math.max(1, wanted.length) };
      const question = tokens.slice(0, first);
      const { ids } = await say(this.model, this.session, question, options, this.signal);
      asked++;
      right += Number(wanted.every((token, at) => ids[at] === token));
      this.onDone();
    }
    return asked === 0 ? 0 : right / asked;
  }
}
