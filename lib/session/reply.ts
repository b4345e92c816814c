import { GraffitiError, type GraffitiErrorCode } from '../errors.js';
import type { AnsweringMemory } from '../memory/index.js';
import {
  type ConsolidatedVoice,
  newToolCallId,
  type ReplyMessage,
  type SourceShare,
  type TokenInfluence,
  type TokenLogprob,
} from '../model/index.js';
import type { NativeFinish, NativeToolCall } from '../native.js';
import type { RegionName } from '../regions/index.js';

/** One token of a reply. */
export interface TokenEvent {
  /** 0 for the first token of the reply. */
  readonly index: number;
  /** −1 for a piece of a reply that a region made. */
  readonly id: number;
  /** Text that can be shown now: may be empty while a character or a stop string is incomplete. */
  readonly text: string;
  /**
   * Natural log of its probability, sprayed and with what sleep consolidated, before temperature and the other sampling options. 0 where a
   * region made the reply.
   */
  readonly logprob: number;
  /** Undefined when nothing is sprayed or influence is off. */
  readonly influence: TokenInfluence | undefined;
  /** Undefined where what was consolidated in sleep had nothing to say. */
  readonly consolidated: ConsolidatedVoice | undefined;
  /** The most probable tokens of its place, most probable first; undefined unless `topLogprobs` asks for them. */
  readonly topLogprobs: readonly TokenLogprob[] | undefined;
}

/** 'end': by itself; 'stop': a stop string; 'length': maxTokens; 'context': the context is full. */
export type FinishReason = 'end' | 'stop' | 'length' | 'context';

/** Influence on a whole reply. */
export interface ReplyInfluence {
  /** Mean and largest KL of its tokens, nats. */
  readonly meanKl: number;
  readonly maxKl: number;
  /** Σ shift, nats: the exact log likelihood ratio of the reply, sprayed against base. */
  readonly logLikelihoodRatio: number;
  /** Tokens at which the most probable token changed. */
  readonly flips: number;
  /** Memories by what they did in sum of absolute shifts, most first. */
  readonly sources: readonly SourceShare[];
}

export interface Reply {
  readonly text: string;
  /** Who made it; undefined: the model. */
  readonly region: RegionName | undefined;
  readonly finish: FinishReason;
  readonly usage: {
    readonly promptTokens: number;
    /** Of the prompt, found in the cache. */
    readonly cachedTokens: number;
    readonly replyTokens: number;
    /** Oldest messages left out because the context is full. */
    readonly droppedMessages: number;
  };
  /** Undefined when nothing was sprayed or influence is off. */
  readonly influence: ReplyInfluence | undefined;
  /** Id of the memory that the prompt became; undefined when it was not remembered. */
  readonly remembered: number | undefined;
  /** The memories that the reply says again; empty when nothing told answers the prompt. */
  readonly recalled: readonly AnsweringMemory[];
  /** Ids of the memories that the prompt asked to forget, and that are gone. */
  readonly forgotten: readonly number[];
  readonly seconds: { readonly prompt: number; readonly reply: number };
}

/** Adds up the influence on a reply. */
class InfluenceSum {
  private tokens = 0;
  private kl = 0;
  private maxKl = 0;
  private shift = 0;
  private flips = 0;
  private readonly sources = new Map<number, number>();

  add(influence: TokenInfluence): void {
    this.tokens++;
    this.kl += influence.kl;
    this.maxKl = Math.max(this.maxKl, influence.kl);
    this.shift += influence.shift;
    this.flips += Number(influence.flipped);
    for (const { id, shift } of influence.sources) {
      this.sources.set(id, (this.sources.get(id) ?? 0) + Math.abs(shift));
    }
  }

  get total(): ReplyInfluence | undefined {
    if (this.tokens === 0) return undefined;
    return {
      meanKl: this.kl / this.tokens,
      maxKl: this.maxKl,
      logLikelihoodRatio: this.shift,
      flips: this.flips,
      sources: [...this.sources]
        .map(([id, shift]) => ({ id, shift }))
        .sort((one, other) => other.shift - one.shift),
    };
  }
}

/**
 * A reply being made: iterate it for its tokens, await `reply` for the whole. Leaving the iteration
 * early ends the reply; what was said until then stays in the conversation.
 */
export class ReplyStream implements AsyncIterable<TokenEvent> {
  /** Rejects with ERR_ABORTED when the signal of the prompt ends it. */
  readonly reply: Promise<Reply>;
  /** Id of the memory that the prompt became, from when it is kept on. */
  remembered: number | undefined;
  /** Reads the text of a reply that may call tools; `partial`: more may come. Set before the first token. */
  reader:
    | ((
        text: string,
        partial: boolean,
      ) => Promise<{ content: string; calls: readonly NativeToolCall[] }>)
    | undefined;
  /** What `reply` waits for once all is said: the conversation then holds it, with its calls. */
  until: (() => Promise<void>) | undefined;
  /** Of calls to which the model's format gives none. */
  private readonly callIds: string[] = [];
  private readonly waiting: TokenEvent[] = [];
  private readonly influence = new InfluenceSum();
  private readonly pieces: string[] = [];
  private readonly ids: number[] = [];
  private wake: (() => void) | undefined;
  private ended = false;
  private failure: unknown;
  private settle!: {
    resolve: (reply: Reply | Promise<Reply>) => void;
    reject: (error: unknown) => void;
  };
  private iterated = false;
  private left = false;

  /** @param stop ends the reply after the token being computed */
  constructor(private readonly stop: () => void) {
    this.reply = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // Whoever iterates gets the failure there; an unawaited `reply` is no unhandled rejection.
    this.reply.catch(() => {});
  }

  /** Text and token ids so far. */
  get soFar(): { text: string; ids: readonly number[] } {
    return { text: this.pieces.join(''), ids: this.ids };
  }

  /**
   * What has been said until now as words and tool calls. While the reply is being made, what more text could change is left
   * out: words that may begin a call, and all but the beginning of a call's arguments.
   *
   * @throws {GraffitiError} `ERR_DISPOSED`
   */
  async message(): Promise<ReplyMessage> {
    const { text } = this.soFar;
    const { content, calls } = this.reader
      ? await this.reader(text, !this.ended)
      : { content: text, calls: [] };
    const toolCalls = calls.map(({ id, ...call }, at) => {
      this.callIds[at] ??= id || newToolCallId();
      return { id: this.callIds[at], ...call };
    });
    return { content: content.trimStart(), toolCalls };
  }

  push(token: TokenEvent): void {
    this.ids.push(token.id);
    this.pieces.push(token.text);
    if (token.influence) this.influence.add(token.influence);
    this.waiting.push(token);
    this.wake?.();
  }

  /**
   * Ends the stream with what the engine said last.
   *
   * @param aborted the failure of a reply that its reader did not leave, but someone else ended
   */
  finish(
    event: NativeFinish,
    {
      droppedMessages,
      ...told
    }: { droppedMessages: number } & Pick<Reply, 'recalled' | 'forgotten'>,
    aborted: GraffitiError,
  ): void {
    this.pieces.push(event.text);
    if (event.finish === 'error') {
      this.fail(new GraffitiError(event.code as GraffitiErrorCode, event.message));
      return;
    }
    const { promptTokens, cachedTokens, promptSeconds: prompt, replySeconds: reply } = event;
    const seconds = { prompt, reply };
    const usage = { promptTokens, cachedTokens, droppedMessages };
    this.end(event.finish, { ...usage, ...told, seconds }, aborted);
  }

  /** Ends the stream: what was said until now is the whole. */
  end(
    finish: FinishReason | 'abort',
    made: Partial<Omit<Reply['usage'], 'replyTokens'> & Pick<Reply, 'recalled' | 'forgotten'>> & {
      readonly region?: RegionName;
      readonly seconds: Reply['seconds'];
    },
    aborted: GraffitiError,
  ): void {
    if (finish === 'abort' && !this.left) {
      this.fail(aborted);
      return;
    }
    const { region, promptTokens = 0, cachedTokens = 0, droppedMessages = 0 } = made;
    const { recalled = [], forgotten = [], seconds } = made;
    this.ended = true;
    const reply: Reply = {
      text: this.soFar.text.trimStart(),
      region,
      finish: finish === 'abort' ? 'stop' : finish,
      usage: { promptTokens, cachedTokens, replyTokens: this.ids.length, droppedMessages },
      influence: this.influence.total,
      remembered: this.remembered,
      recalled,
      forgotten,
      seconds,
    };
    // Asked in a turn of its own, after the session has put the reply into its conversation.
    const { until } = this;
    this.settle.resolve(
      until
        ? Promise.resolve()
            .then(until)
            .then(() => reply)
        : reply,
    );
    this.wake?.();
  }

  fail(error: unknown): void {
    this.ended = true;
    this.failure = error;
    this.settle.reject(error);
    this.wake?.();
  }

  /** @throws {TypeError} when iterated twice: a token is given once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TokenEvent, void> {
    if (this.iterated)
      throw new TypeError('Expected one iteration of a reply but it was iterated twice');
    this.iterated = true;
    let complete = false;
    try {
      for (;;) {
        while (this.waiting.length > 0) yield this.waiting.shift()!;
        if (this.ended) break;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        this.wake = undefined;
      }
      complete = true;
    } finally {
      if (!complete && !this.ended) {
        this.left = true;
        this.stop();
        await this.reply.catch(() => {}); // afterwards the session is free for the next prompt
      }
    }
    if (this.failure !== undefined) throw this.failure;
  }
}
