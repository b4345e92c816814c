import { SessionEngrams } from '../engram/index.js';
import { type GraffitiError, throwIfAborted } from '../errors.js';
import { Memory, type MemoryRecord } from '../memory/index.js';
import { type ChatMessage, checkMessage, checkSampling, type LoadedModel } from '../model/index.js';
import type { CopyPath, InfluenceErrors, NativeSampling, NativeToolRequest } from '../native.js';
import { route, type Routed } from '../regions/index.js';
import { checkString, outOfRange, wrongType } from '../validate.js';
import { Conversation } from './conversation.js';
import { modelEncoder } from './encoder.js';
import {
  type CheckedGraffiti,
  checkCompletion,
  checkPrompt,
  checkStrength,
  type CompletionOptions,
  checkSession,
  type PromptOptions,
  type SessionOptions,
  type TagOptions,
  type TextScore,
} from './options.js';
import { replyEnded, sessionBusy, sessionDisposed } from './failures.js';
import { Lean } from './lean.js';
import { NOTHING, RecallChannel, recollect } from './recollection.js';
import { regionReply } from './region-reply.js';
import { type Reply, ReplyStream } from './reply.js';
import { startReply } from './start-reply.js';

/** A conversation with a model that remembers. One prompt at a time; many sessions at once. */
export class Session implements AsyncDisposable {
  /** Engrams that are erased from or added to the weights it runs under. */
  readonly engrams: SessionEngrams;
  private readonly conversation: Conversation;
  private readonly channel: RecallChannel;
  private readonly id: number;
  /** Ends the running reply after the token being computed. */
  private stopCurrent: (() => void) | undefined;
  /** Of the running reply, in the model's queue. */
  private place: Disposable | undefined;
  private busy = false;
  private disposed: Promise<void> | undefined;
  private strengthNow: number;
  /** The last reply's calls are being read for the conversation. */
  private reading: Promise<void> = Promise.resolve();
  private readonly lean: Lean;
  /** Another holder of the memory changed it: a running reply leans anew from its next token on. */
  private readonly onMemoryChange = () => {
    // Whoever uses the spray next compiles it. A failure shows there too.
    if (this.busy) this.lean.refresh().catch(() => {});
  };
  private readonly onForgotten = ({ ids }: { readonly ids: readonly number[] }) => {
    this.conversation.forget(new Set(ids));
    this.onMemoryChange();
  };

  private constructor(
    private readonly model: LoadedModel,
    readonly memory: Memory,
    private readonly ownsMemory: boolean,
    private readonly options: CheckedGraffiti,
    private readonly mayRecall: boolean,
    wakes: boolean,
    private readonly regions: boolean,
    system: string | undefined,
    private readonly onClose: (session: Session) => void,
  ) {
    this.conversation = new Conversation(model, system);
    this.channel = new RecallChannel(model);
    this.id = model.openSession();
    this.engrams = new SessionEngrams(model, this.id, memory.engrams);
    this.lean = new Lean(model, memory, this.id, options, wakes);
    this.strengthNow = options.strength;
    model.setStrength(this.id, options.strength);
    memory.on('remembered', this.onMemoryChange);
    memory.on('forgotten', this.onForgotten);
    memory.on('changed', this.onMemoryChange);
    memory.on('slept', this.onMemoryChange);
  }

  /** Use `GraffitiModel.createSession`. */
  static async open(
    model: LoadedModel,
    options: SessionOptions,
    onClose: (session: Session) => void,
  ): Promise<Session> {
    const { brain, checked, recall, night, system, regions } = checkSession(options);
    const shared = brain instanceof Memory;
    const memory = shared
      ? brain
      : await Memory.open(brain, {
          encoder: modelEncoder(model, checked.writer),
          ...checked.memory,
        });
    let session: Session | undefined;
    try {
      if (shared) memory.checkModel(modelEncoder(model, checked.writer));
      session = new Session(
        model,
        memory,
        !shared,
        checked,
        recall,
        night,
        regions,
        system,
        onClose,
      );
      await session.lean.refresh();
      model.checkOpen(); // it may have been disposed meanwhile
      return session;
    } catch (error) {
      if (session) await session.dispose();
      else if (!shared) await memory.close();
      throw error;
    }
  }

  /** Multiplies the calibrated strength; acts from the next token on, also in the middle of a reply. */
  get strength(): number {
    return this.strengthNow;
  }

  set strength(strength: number) {
    checkStrength(strength);
    this.checkOpen();
    this.strengthNow = strength;
    this.model.setStrength(this.id, strength);
  }

  /** Messages so far, without the system prompt, oldest first. */
  get history(): readonly ChatMessage[] {
    return this.conversation.history;
  }

  /**
   * Says something and resolves with the reply.
   *
   * @throws {GraffitiError} `ERR_BUSY` while a reply is being made, `ERR_CONTEXT_OVERFLOW`, `ERR_ABORTED`,
   *   `ERR_DISPOSED`, `ERR_NATIVE`, and what `Memory.remember` throws.
   */
  async prompt(text: string, options: PromptOptions = {}): Promise<Reply> {
    return this.stream(text, options).reply;
  }

  /**
   * Says something and streams the reply. Wrong arguments, `ERR_BUSY` of this session and `ERR_DISPOSED` are
   * thrown at once; the other errors of `prompt` come when the stream is iterated or awaited.
   */
  stream(text: string, options: PromptOptions = {}): ReplyStream {
    this.checkOpen();
    checkString('text', text);
    const tools = checkPrompt(options);
    const sampling = checkSampling(options, this.model.info.vocabulary);
    this.checkIdle();
    this.busy = true;
    const stream = new ReplyStream(() => this.stopCurrent?.());
    void this.run(text, sampling, tools, options, stream);
    return stream;
  }

  /**
   * Goes on with a text as it stands: no chat template, nothing remembered or recalled, and no part of the
   * conversation. The memory leans it like a reply. Errors come as those of `stream` do.
   *
   * @param prompt a text, or tokens of this model
   */
  complete(prompt: string | Int32Array, options: CompletionOptions = {}): ReplyStream {
    this.checkOpen();
    if (typeof prompt !== 'string' && !(prompt instanceof Int32Array)) {
      throw wrongType('a string or an Int32Array', 'prompt', prompt);
    }
    checkCompletion(options);
    const sampling = checkSampling(options, this.model.info.vocabulary);
    this.checkIdle();
    this.busy = true;
    const stream = new ReplyStream(() => this.stopCurrent?.());
    void this.runRaw(prompt, sampling, options.signal, stream);
    return stream;
  }

  /**
   * Takes up a conversation in place of this one: the next prompt follows its messages. None of them is
   * remembered. Messages of the role system that it begins with are the system prompt.
   *
   * @throws {TypeError | RangeError} for what is no message.
   * @throws {GraffitiError} `ERR_BUSY` while a reply is being made, `ERR_DISPOSED`.
   */
  resume(messages: readonly ChatMessage[]): void {
    this.checkOpen();
    this.checkIdle();
    messages.forEach(checkMessage);
    this.conversation.resume(messages);
  }

  /** Remembers a text without a reply. It leans the next token already. */
  async tag(text: string, options: TagOptions = {}): Promise<MemoryRecord> {
    this.checkOpen();
    const { signal, ...fields } = options;
    const memory = await this.memory.remember({ ...fields, text, kind: 'tag' }, { signal });
    await this.lean.refresh();
    return memory;
  }

  /**
   * How likely a text is with and without the memory, token by token. Raw text: no chat template.
   *
   * @param after what stands before it; its tokens are not scored. Default: the model's start token.
   * @throws {RangeError} when nothing is left to score. @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW`.
   */
  async score(text: string, after = ''): Promise<TextScore> {
    this.checkOpen();
    checkString('text', text);
    checkString('after', after);
    const before = this.model.tokenize(after, { special: true });
    const tokens = this.model.tokenize(after + text, { special: true });
    // Where the two differ the text begins: a border token may have merged with it.
    let first = 0;
    while (first < before.length && before[first] === tokens[first]) first++;
    return this.scoreTokens(tokens, Math.max(first, 1));
  }

  /** The same for tokens[first …]; first is at least 1. */
  async scoreTokens(tokens: Int32Array, first: number): Promise<TextScore> {
    this.checkOpen();
    if (tokens.length <= first) throw outOfRange('a text of at least one more token', 'text', '');
    await this.lean.settle();
    return this.model.score(tokens, first, this.id, this.strengthNow, null, this.engrams.adapter);
  }

  /** Compares derived with true base log-probabilities over the tokens, at the session's spray. */
  async checkInfluence(tokens: Int32Array): Promise<InfluenceErrors> {
    this.checkOpen();
    await this.lean.settle();
    return this.model.checkInfluence(tokens, this.id, this.strengthNow);
  }

  /** Ends a running reply, and closes the brain unless it is shared. Harmless when repeated. */
  dispose(): Promise<void> {
    this.disposed ??= (async () => {
      this.memory.off('remembered', this.onMemoryChange);
      this.memory.off('forgotten', this.onForgotten);
      this.memory.off('changed', this.onMemoryChange);
      this.memory.off('slept', this.onMemoryChange);
      this.stopCurrent?.();
      this.model.closeSession(this.id);
      this.onClose(this);
      await this.lean.end();
      if (this.ownsMemory) await this.memory.close();
    })();
    return this.disposed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** From told text to the end of the reply. Every failure ends in the stream. */
  private async run(
    text: string,
    sampling: NativeSampling,
    tools: NativeToolRequest | undefined,
    {
      signal,
      toolResult,
      remember = this.options.remember && !toolResult,
      recall = this.mayRecall && !toolResult,
      regions = this.regions && !toolResult && !tools,
    }: PromptOptions,
    stream: ReplyStream,
  ): Promise<void> {
    const release = this.begin(signal);
    try {
      throwIfAborted(signal, 'The reply');
      const routed = regions ? route(text) : undefined;
      if (routed) {
        await this.runRegion(text, routed, signal, stream, release);
        return;
      }
      this.place = this.model.takePlace(); // what is refused is not remembered
      await this.lean.settle();
      const recollection = recall ? await recollect(this.memory, text) : NOTHING;
      const { note, answer, recalled, asksToForget, forgotten } = recollection;
      // What is forgotten is gone from the conversation too.
      this.conversation.forget(new Set(forgotten));
      const notes = this.channel.noteMessages(note);
      await this.reading;
      const message = toolResult
        ? { role: 'tool', content: text, toolCallId: toolResult.callId, toolName: toolResult.name }
        : { role: 'user', content: text };
      const reserve = sampling.maxTokens;
      const prompt = await this.conversation.ask(message, { reserve, notes, tools });
      const { format } = prompt;
      if (format) {
        stream.reader = (...said) => this.model.readToolReply(format, ...said);
        stream.until = () => this.reading;
      }
      const tells = remember && !asksToForget && text.trim() !== '';
      // Its vectors are made when the reply is there: the model sees the words, and nobody waits for them.
      const memory = tells
        ? await this.memory.remember({ text }, { later: true, signal })
        : undefined;
      stream.remembered = memory?.id;
      const made = { droppedMessages: prompt.dropped, recalled, forgotten };
      await this.generate({
        ...{ tokens: prompt.tokens, signal, stream, release, made },
        sampling: { ...sampling, toolFormat: format },
        copies: this.channel.copies(answer),
        onFinish: () => {
          const { text: said, ids } = stream.soFar;
          const memories = recalled.map(({ id }) => id);
          this.conversation.answer(prompt, said, ids, memories);
          if (!format) return;
          this.reading = stream.message().then(
            (read) => this.conversation.read(read),
            () => {}, // the model is disposed: nobody asks any more
          );
        },
      });
      this.conversation.begin(prompt);
      if (memory) this.conversation.remembered(memory.id);
    } catch (error) {
      release();
      stream.fail(error);
    }
  }

  /** From a raw text to the end of its continuation. Every failure ends in the stream. */
  private async runRaw(
    prompt: string | Int32Array,
    sampling: NativeSampling,
    signal: AbortSignal | undefined,
    stream: ReplyStream,
  ): Promise<void> {
    const release = this.begin(signal);
    try {
      this.place = this.model.takePlace();
      await this.lean.settle();
      const tokens =
        typeof prompt === 'string'
          ? this.model.tokenize(prompt, { special: true })
          : Int32Array.from(prompt);
      const made = { droppedMessages: 0, recalled: [], forgotten: [] };
      await this.generate({ tokens, sampling, signal, stream, release, made });
    } catch (error) {
      release();
      stream.fail(error);
    }
  }

  /** Takes the session until the function returned is called; `signal` ends what then runs. */
  private begin(signal: AbortSignal | undefined): () => void {
    const onAbort = () => this.stopCurrent?.();
    signal?.addEventListener('abort', onAbort, { once: true });
    return () => {
      signal?.removeEventListener('abort', onAbort);
      this.stopCurrent = undefined;
      this.place?.[Symbol.dispose]();
      this.place = undefined;
      this.busy = false;
    };
  }

  /** Hands a prompt to the engine, under the spray of this moment. */
  private async generate({
    tokens,
    sampling,
    signal,
    stream,
    release,
    made,
    copies = [],
    onFinish,
  }: {
    readonly tokens: Int32Array;
    readonly sampling: NativeSampling;
    readonly signal: AbortSignal | undefined;
    readonly stream: ReplyStream;
    readonly release: () => void;
    readonly made: { droppedMessages: number } & Pick<Reply, 'recalled' | 'forgotten'>;
    readonly copies?: readonly CopyPath[];
    readonly onFinish?: () => void;
  }): Promise<void> {
    await this.lean.refresh();
    const sampler = await this.model.prepareSampler(sampling);
    throwIfAborted(signal, 'The reply');
    this.checkOpen();
    const { influence, movers, sources } = this.options;
    const request = startReply(this.model, {
      ...{ session: this.id, tokens, sampling, sampler, copies, stream },
      figures: { influence, movers, sources },
      onFinish: (event) => {
        release();
        stream.finish(event, made, this.whyEnded(signal));
        onFinish?.();
        void this.lean.settle().catch(() => {}); // shows at the next prompt
      },
    });
    this.stopCurrent = () => this.model.abort(request);
  }

  /** A reply that a region makes. What it said the model sees later. */
  private async runRegion(
    text: string,
    routed: Routed,
    signal: AbortSignal | undefined,
    stream: ReplyStream,
    release: () => void,
  ): Promise<void> {
    const stopped = new AbortController();
    this.stopCurrent = () => stopped.abort();
    const result = await regionReply(routed, stopped.signal, stream);
    release();
    stream.end(stopped.signal.aborted ? 'abort' : 'end', result, this.whyEnded(signal));
    if (stream.soFar.text !== '') this.conversation.exchange(text, stream.soFar.text);
  }

  /** The error of a reply that was ended from outside. */
  private whyEnded(signal: AbortSignal | undefined): GraffitiError {
    return replyEnded(this.disposed !== undefined && !signal?.aborted, signal);
  }

  private checkIdle(): void {
    if (this.busy) throw sessionBusy();
  }

  private checkOpen(): void {
    if (this.disposed) throw sessionDisposed();
  }
}
