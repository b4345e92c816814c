import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GraffitiError, throwIfAborted } from '../errors.js';
import {
  type AdapterHandle,
  type AnswerTokens,
  callAbortable,
  callNative,
  type CopyPath,
  type EngramWeight,
  type HeadRecord,
  type HeadRows,
  type LayerRecord,
  type InfluenceErrors,
  native,
  type NativeDescription,
  type NativeEngramRequest,
  type NativeEventListener,
  type NativeFinish,
  type NativeModel,
  type NativeSampling,
  type NativeScores,
  type NativeSprayRequest,
  type NativeRowTraining,
  type NativeTeachRequest,
  type NightHandle,
  type NativeToolCall,
  type NativeToolRequest,
  type RowHeadValues,
  type SamplerHandle,
  type TaughtLayer,
  type ToolFormatHandle,
  type TrainedRowHead,
  type WriterName,
} from '../native.js';
import { checkNumber, checkString, wrongType } from '../validate.js';
import { checkLoadOptions, type LoadOptions } from './load-options.js';
import { greetWorkers } from './rpc-workers.js';
import { Adapters } from './adapters.js';
import { Sprays } from './sprays.js';
import { type GeneratedToken, readTokenPacket } from './token-packet.js';
import { type ChatMessage, checkMessage } from './tools.js';

/** What a loaded model says about itself. */
export type ModelInfo = Readonly<NativeDescription>;

/** An earlier prompt with its reply: where a new prompt begins with it, its tokens are used as they were. */
export interface KnownPrompt {
  readonly text: string;
  readonly tokens: Int32Array;
}

/** A reply being made. */
export interface Generation {
  /** Tokens as they come; ends after the finish event has been put into `finish`. */
  readonly onToken: (token: GeneratedToken) => void;
  readonly onFinish: (finish: NativeFinish) => void;
}

/**
 * A model in memory with its engine: tokens, prompts, replies, vectors, scores. Sessions and memories
 * are built on it; it knows neither.
 */
export class LoadedModel implements AsyncDisposable {
  readonly info: ModelInfo;
  private readonly running = new Map<number, Generation>();
  private readonly texts = new Map<number, string>();
  private readonly sprays: Sprays;
  private readonly adapters: Adapters;
  private disposed = false;
  /** Places taken. */
  private places = 0;

  private constructor(
    private readonly handle: NativeModel,
    private readonly cache: string | undefined,
    private readonly queueLimit: number,
  ) {
    this.info = Object.freeze(handle.describe());
    this.adapters = new Adapters((file) => callNative(() => handle.loadAdapter(file)));
    this.sprays = new Sprays((request) => callNative(() => handle.compileSpray(request)));
  }

  /**
   * @throws {GraffitiError} `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_INVALID`, `ERR_UNSUPPORTED_ARCHITECTURE`,
   *   `ERR_ABORTED`, `ERR_NATIVE`.
   */
  static async load(options: LoadOptions = {}): Promise<LoadedModel> {
    const checked = checkLoadOptions(options);
    await greetWorkers(checked.workers);
    // Nothing is generated before there is a model to tell.
    const events: { deliver: NativeEventListener } = { deliver: () => {} };
    const handle = await callAbortable(
      (guarded) =>
        native().load(
          checked.native,
          guarded((fraction) => checked.onProgress({ phase: 'load', fraction })),
          (...happened) => events.deliver(...happened),
        ),
      checked.signal,
      (complete) => complete.dispose(),
    );
    const model = new LoadedModel(handle, checked.cache, checked.queueLimit);
    events.deliver = (...happened) => model.dispatch(...happened);
    return model;
  }

  /**
   * Measures the output head, or reads the cached measurement. Needed before anything is encoded.
   *
   * @throws {GraffitiError} `ERR_ABORTED`, `ERR_NATIVE`.
   */
  async calibrate(
    options: Pick<LoadOptions, 'signal' | 'onProgress'> = {},
  ): Promise<{ cached: boolean }> {
    this.checkOpen();
    const template = createHash('sha256').update(this.info.chatTemplate).digest('hex').slice(0, 8);
    const path =
      this.cache === undefined
        ? ''
        : join(this.cache, `${this.info.fingerprint}-${template}.calibration`);
    return callAbortable(
      (guarded) =>
        this.handle.calibrate(
          path,
          guarded((fraction) => options.onProgress?.({ phase: 'calibrate', fraction })),
        ),
      options.signal,
    );
  }

  /** The two vectors of a told text, each `info.width` long. Needs `calibrate` first. */
  async encode(
    text: string,
    writer: WriterName,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<{ spray: Float32Array; key: Float32Array }> {
    this.checkOpen();
    throwIfAborted(signal, 'Encoding');
    return callNative(() => this.handle.encode(text, writer));
  }

  tokenize(text: string, { special = false } = {}): Int32Array {
    this.checkOpen();
    checkString('text', text);
    return this.handle.tokenize(text, special, special);
  }

  /** @throws {TypeError | RangeError} when `tokens` holds what is no token of this model. */
  detokenize(tokens: Int32Array, { special = false } = {}): string {
    this.checkOpen();
    this.checkTokens(tokens);
    return this.handle.detokenize(tokens, special);
  }

  /**
   * The prompt for a conversation. Contents are never read as special tokens.
   *
   * @param known an earlier prompt with its reply
   * @param addGenerationPrompt whether it ends where a reply begins. Default true; false: after the last
   *   message
   */
  renderChat(
    messages: readonly ChatMessage[],
    {
      known = { text: '', tokens: new Int32Array() },
      addGenerationPrompt = true,
    }: { known?: KnownPrompt; addGenerationPrompt?: boolean } = {},
  ): { text: string; tokens: Int32Array } {
    this.checkOpen();
    const checked = messages.map(checkMessage);
    return callNative(() =>
      this.handle.renderChat(checked, addGenerationPrompt, known.text, known.tokens),
    );
  }

  /**
   * The prompt for a reply that may call tools, as the model's template asks for it; where that knows no tools, they are
   * described in the system prompt.
   *
   * @param tools of `checkTools`
   * @returns with what holds the reply to the template's format of calls, and reads it
   * @throws {GraffitiError} `ERR_NATIVE` when the template refuses the messages, or a schema cannot be used
   */
  renderToolChat(
    messages: readonly ChatMessage[],
    tools: NativeToolRequest,
    known: KnownPrompt = { text: '', tokens: new Int32Array() },
  ): Promise<{ text: string; tokens: Int32Array; format: ToolFormatHandle }> {
    this.checkOpen();
    const checked = messages.map(checkMessage);
    return callNative(() => this.handle.renderToolChat(checked, tools, known.text, known.tokens));
  }

  /**
   * Content and calls of a reply. What does not fit the format is content.
   *
   * @param partial whether it may go on: what more text could change is left out
   */
  readToolReply(
    format: ToolFormatHandle,
    text: string,
    partial: boolean,
  ): Promise<{ content: string; calls: readonly NativeToolCall[] }> {
    this.checkOpen();
    return callNative(() => this.handle.readToolReply(format, text, partial));
  }

  openSession(): number {
    this.checkOpen();
    return this.handle.openSession();
  }

  closeSession(session: number): void {
    if (!this.disposed) this.handle.closeSession(session);
  }

  /**
   * Gives a session its spray; acts from the next token on. Null takes it away.
   *
   * @param key names the request, so that sessions that share one share what is compiled. Default: its values.
   */
  setSpray(session: number, request: NativeSprayRequest | null, key?: string): Promise<void> {
    this.checkOpen();
    return this.compileAndSet(session, request, key);
  }

  private async compileAndSet(
    session: number,
    request: NativeSprayRequest | null,
    key: string | undefined,
  ): Promise<void> {
    const spray = request && (await this.sprays.compiled(request, key));
    if (!this.disposed) callNative(() => this.handle.setSpray(session, spray));
  }

  /** Multiplies the calibrated strength of a session's spray; acts from the next token on. */
  setStrength(session: number, strength: number): void {
    this.checkOpen();
    this.handle.setStrength(session, strength);
  }

  /**
   * Takes one of the places that running and waiting replies have, until it is disposed of. A reply for which much is done
   * before it starts takes its place first: refused afterwards, that would have been done in vain.
   *
   * @throws {GraffitiError} `ERR_BUSY` when all are taken.
   */
  takePlace(): Disposable {
    if (this.places >= this.info.sessions + this.queueLimit) {
      throw new GraffitiError(
        'ERR_BUSY',
        `The model already has ${this.queueLimit} requests waiting. Try again later, or load it with more sessions.`,
      );
    }
    this.places++;
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (!left) this.places--;
        left = true;
      },
    };
  }

  /**
   * The sampler of one reply, where it holds a grammar; null where none is needed. Turning a schema into a grammar and
   * reading it takes up to 0.2 s, elsewhere than on this thread.
   *
   * @throws {GraffitiError} `ERR_NATIVE` for a grammar or schema that cannot be used.
   */
  async prepareSampler(sampling: NativeSampling): Promise<SamplerHandle | null> {
    this.checkOpen();
    const { grammar, jsonSchema, toolFormat } = sampling;
    if (grammar === '' && jsonSchema === '' && !toolFormat) return null;
    return callNative(() => this.handle.prepareSampler(sampling));
  }

  /**
   * Starts a reply and returns its request number.
   *
   * @param copies what the reply may take over word for word
   * @param sampler of `prepareSampler`; null: made here
   * @throws {GraffitiError} `ERR_BUSY`, `ERR_CONTEXT_OVERFLOW`, `ERR_DISPOSED`, `ERR_NATIVE`.
   */
  generate(
    session: number,
    tokens: Int32Array,
    sampling: NativeSampling,
    figures: { influence: boolean; movers: number; sources: number },
    generation: Generation,
    copies: readonly CopyPath[] = [],
    sampler: SamplerHandle | null = null,
  ): number {
    this.checkOpen();
    this.checkTokens(tokens);
    for (const path of copies) this.checkTokens(path.tokens);
    const request = callNative(() =>
      this.handle.generate({ session, tokens, ...figures, ...sampling, copies, sampler }),
    );
    this.running.set(request, generation);
    return request;
  }

  /** Ends a reply after the token being computed. */
  abort(request: number): void {
    if (!this.disposed) this.handle.abort(request);
  }

  /**
   * Log-probabilities of tokens[first …] with and without the session's spray at `strength`, and with `night`,
   * of a model under `adapter`.
   *
   * @param first 1 up to the last token
   * @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW`
   */
  score(
    tokens: Int32Array,
    first: number,
    session: number,
    strength = 1,
    night: NightHandle | null = null,
    adapter: AdapterHandle | null = null,
  ): Promise<NativeScores> {
    this.checkOpen();
    this.checkPass(tokens, strength);
    this.checkFirst(tokens, first);
    return callNative(() => this.handle.score(tokens, first, session, strength, night, adapter));
  }

  /**
   * What a night learns from, for the positions that predict tokens[first …].
   *
   * @param first 1 up to the last token
   * @param told words that `rests` leave out, ascending
   * @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW`
   */
  recordHead(
    tokens: Int32Array,
    first: number,
    told: Int32Array = new Int32Array(),
  ): Promise<HeadRecord> {
    this.checkOpen();
    this.checkPass(tokens, 1);
    this.checkFirst(tokens, first);
    this.checkTokens(told);
    return callNative(() => this.handle.recordHead(tokens, first, told));
  }

  /** The space in which keys are compared, fitted to the features of at least two positions of ordinary text. */
  fitKeySpace(features: Float32Array): Promise<Float32Array> {
    this.checkOpen();
    return callNative(() => this.handle.fitKeySpace(features));
  }

  /** The keys of positions in a space of `fitKeySpace`. */
  makeKeys(
    space: Float32Array,
    features: Float32Array,
  ): Promise<{ keys: Int8Array; scales: Float32Array }> {
    this.checkOpen();
    return callNative(() => this.handle.makeKeys(space, features));
  }

  /**
   * A head memory that sessions can be given.
   *
   * @param reach τ, above 0: how fast its say fades with distance
   */
  makeHeadMemory(space: Float32Array, rows: HeadRows, reach: number): Promise<NightHandle> {
    this.checkOpen();
    this.checkTokens(rows.tokens);
    return callNative(() => this.handle.makeHeadMemory({ space, ...rows, reach }));
  }

  /**
   * Gives a head memory the largest reach at which the perplexity of ordinary text rises by at most `limit`.
   * Only for one that no session has yet.
   *
   * @returns the reach and the perplexity of that text before and after
   */
  governHeadMemory(
    memory: NightHandle,
    ordinary: { features: Float32Array; tokens: Int32Array; logprobs: Float32Array },
    limit: number,
  ): Promise<{ reach: number; before: number; after: number }> {
    this.checkOpen();
    this.checkTokens(ordinary.tokens);
    const { features, tokens, logprobs } = ordinary;
    return callNative(() =>
      this.handle.governHeadMemory(memory, features, tokens, logprobs, limit),
    );
  }

  /**
   * Trains a row head: the cross entropy of told rows falls, the distributions of ordinary ones stay
   * (native/core/row_loss.hpp).
   *
   * @throws {GraffitiError} `ERR_ABORTED`
   */
  trainRowHead(
    request: NativeRowTraining,
    {
      signal,
      onProgress,
    }: {
      signal?: AbortSignal | undefined;
      onProgress?: ((fraction: number) => void) | undefined;
    } = {},
  ): Promise<TrainedRowHead> {
    this.checkOpen();
    for (const { tokens } of [request.told, request.ordinary, request.governing]) {
      this.checkTokens(tokens);
    }
    return callAbortable(
      (guarded) =>
        this.handle.trainRowHead(
          request,
          guarded((fraction) => onProgress?.(fraction)),
        ),
      signal,
    );
  }

  /** A row head that sessions can be given. */
  makeRowHead(values: RowHeadValues): NightHandle {
    this.checkOpen();
    this.checkTokens(values.words);
    return callNative(() => this.handle.makeRowHead(values));
  }

  /** Gives a session what a night left; acts from the next token on. Null takes it away. */
  setNight(session: number, night: NightHandle | null): void {
    this.checkOpen();
    callNative(() => this.handle.setNight(session, night));
  }

  /**
   * What chosen weights do for the target and not for the rest, in closed form (native/core/engram.hpp).
   *
   * @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW` for a text longer than the context, `ERR_UNSUPPORTED_ARCHITECTURE`
   *   when no weight matches, `ERR_ABORTED`
   */
  async extractEngram(
    request: NativeEngramRequest,
    {
      signal,
      onProgress,
    }: {
      signal?: AbortSignal | undefined;
      onProgress?: ((fraction: number) => void) | undefined;
    } = {},
  ): Promise<EngramWeight[]> {
    this.checkOpen();
    const texts: readonly AnswerTokens[] = [...request.target, ...request.rest];
    for (const { tokens } of texts) this.checkPass(tokens, 1);
    return callAbortable(
      (guarded) =>
        this.handle.extractEngram(
          request,
          guarded((fraction) => onProgress?.(fraction)),
        ),
      signal,
    );
  }

  /**
   * What an extraction reads: inputs and outputs of the weights whose names match, at the texts' answers.
   *
   * @param weights regular expression on tensor names
   * @throws {GraffitiError} `ERR_UNSUPPORTED_ARCHITECTURE` when no weight matches
   */
  async recordLayers(texts: readonly AnswerTokens[], weights: string): Promise<LayerRecord[]> {
    this.checkOpen();
    for (const { tokens } of texts) this.checkPass(tokens, 1);
    return callNative(() => this.handle.recordLayers(texts, weights));
  }

  /**
   * The values of a weight matrix, outputs × inputs, experts one after the other; of a quantised one what it stands for.
   *
   * @throws {GraffitiError} `ERR_MODEL_INVALID` when the model's first file has no such tensor
   */
  async readWeight(name: string): Promise<Float32Array> {
    this.checkOpen();
    checkString('name', name);
    return callNative(() => this.handle.readWeight(name));
  }

  /**
   * Trains the last layer on answers and writes a model that knows them to the file `copy`: what evaluations of
   * engrams teach with (native/core/teach.hpp).
   *
   * @throws {GraffitiError} `ERR_UNSUPPORTED_ARCHITECTURE`, `ERR_ABORTED`
   */
  async teach(
    request: NativeTeachRequest,
    copy: string,
    {
      signal,
      onProgress,
    }: {
      signal?: AbortSignal | undefined;
      onProgress?: ((fraction: number) => void) | undefined;
    } = {},
  ): Promise<TaughtLayer> {
    this.checkOpen();
    for (const { tokens } of [...request.told, ...request.kept]) this.checkPass(tokens, 1);
    return callAbortable(
      (guarded) =>
        this.handle.teach(
          request,
          copy,
          guarded((fraction) => onProgress?.(fraction)),
        ),
      signal,
    );
  }

  /**
   * Loads a low-rank adapter into the engine.
   *
   * @param file the bytes of a llama.cpp adapter, as `adapterFile` writes them
   * @throws {GraffitiError} `ERR_ENGRAM_MODEL_MISMATCH`
   */
  loadAdapter(file: Uint8Array): Promise<AdapterHandle> {
    this.checkOpen();
    return this.adapters.loaded(file);
  }

  /** The adapter a session runs under; acts from the next token on, and has its context encoded anew. Null: none. */
  setAdapter(session: number, adapter: AdapterHandle | null): void {
    this.checkOpen();
    callNative(() => this.handle.setAdapter(session, adapter));
  }

  /** Compares derived with true base log-probabilities over the tokens. */
  checkInfluence(tokens: Int32Array, session: number, strength = 1): Promise<InfluenceErrors> {
    this.checkOpen();
    this.checkPass(tokens, strength);
    return callNative(() => this.handle.checkInfluence(tokens, session, strength));
  }

  /** Ends what is running with ERR_DISPOSED and frees the model. Harmless when repeated. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await callNative(() => this.handle.dispose());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** @throws {GraffitiError} `ERR_DISPOSED` */
  checkOpen(): void {
    if (this.disposed) {
      throw new GraffitiError(
        'ERR_DISPOSED',
        'The model is disposed; load it again to go on using it.',
      );
    }
  }

  private checkTokens(tokens: Int32Array): void {
    if (!(tokens instanceof Int32Array)) throw wrongType('an Int32Array', 'tokens', tokens);
    const range = { min: 0, max: this.info.vocabulary - 1, integer: true };
    tokens.forEach((token, index) => checkNumber(`tokens[${index}]`, token, range));
  }

  private checkFirst(tokens: Int32Array, first: number): void {
    checkNumber('first', first, { min: 1, max: tokens.length - 1, integer: true });
  }

  /** Tokens that are run all at once: at least two, and no more than the context holds. */
  private checkPass(tokens: Int32Array, strength: number): void {
    this.checkTokens(tokens);
    checkNumber('tokens.length', tokens.length, { min: 2, integer: true });
    checkNumber('strength', strength, { min: -100, max: 100 });
    const { contextSize } = this.info;
    if (tokens.length > contextSize) {
      throw new GraffitiError(
        'ERR_CONTEXT_OVERFLOW',
        `The text has ${tokens.length} tokens and the context holds ${contextSize}; shorten it, or load the model with a larger contextSize.`,
      );
    }
  }

  /** Gives events to whoever started the request. Runs on the binary's callback: must not throw. */
  private dispatch(...[figures, texts, finished]: Parameters<NativeEventListener>): void {
    for (const token of readTokenPacket(figures, texts, (id) => this.textOf(id))) {
      this.running.get(token.request)?.onToken(token);
    }
    for (const event of finished) {
      const generation = this.running.get(event.request);
      this.running.delete(event.request);
      generation?.onFinish(event);
    }
  }

  /** What a token stands for, special ones spelled out. */
  private textOf(id: number): string {
    let text = this.texts.get(id);
    if (text === undefined) {
      if (this.disposed) return ''; // a last token that was on its way: its reply ends with ERR_DISPOSED
      text = this.handle.detokenize(Int32Array.of(id), true);
      this.texts.set(id, text);
    }
    return text;
  }
}
