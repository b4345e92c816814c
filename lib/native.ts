/**
 * The one door to the native binary: finds it, loads it, types it, explains when it can't, and turns
 * its errors into `GraffitiError` with the stack of the JavaScript call that caused them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraffitiError, type GraffitiErrorCode } from './errors.js';

/** The folder that holds package.json, seen from lib/ as from dist/. */
export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Version of the package. */
export function packageVersion(): string {
  const manifest = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

export interface NativeLoadOptions {
  path: string;
  device: string;
  gpuLayers: number;
  /** 0 = what the model was trained with, at most 4096. */
  contextSize: number;
  sessions: number;
  threads: number;
  queueLimit: number;
  chatTemplate: string;
}

/** Work on another thread that can be given up; an abandoned promise rejects with ERR_ABORTED. */
export interface Abortable<Result> {
  promise: Promise<Result>;
  abort(): void;
}

export interface NativeDescription {
  path: string;
  name: string;
  architecture: string;
  fingerprint: string;
  device: string;
  parameters: number;
  bytes: number;
  width: number;
  layers: number;
  vocabulary: number;
  trainedContext: number;
  contextSize: number;
  sessions: number;
  threads: number;
  norm: 'rms' | 'layer';
  hiddenState: string;
  quantisation: string;
  chatTemplate: string;
  /** Tokens that end a reply. */
  endTokens: Int32Array;
  licence: string;
}

/** Sampling options, complete. */
export interface NativeSampling {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  frequencyPenalty: number;
  presencePenalty: number;
  penaltyTokens: number;
  maxTokens: number;
  topLogprobs: number;
  seed: number;
  grammar: string;
  jsonSchema: string;
  /** Of `renderToolChat`: holds the reply to it, in place of grammar and schema. */
  toolFormat: ToolFormatHandle | null;
  stop: string[];
  logitBias: (readonly [token: number, bias: number])[];
}

/** What replies with tool calls look like under one prompt. */
export interface ToolFormatHandle {
  readonly [toolFormatHandle]: true;
}
declare const toolFormatHandle: unique symbol;

export interface NativeToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON of an object. */
  readonly arguments: string;
}

export interface NativeChatMessage {
  role: string;
  content: string;
  toolCalls?: readonly NativeToolCall[];
  toolCallId?: string;
  /** Together with `toolCallId`. */
  toolName?: string;
}

export interface NativeToolRequest {
  /** `parameters`: JSON schema of an object. */
  tools: readonly { name: string; description: string; parameters: string }[];
  required: boolean;
  parallel: boolean;
}

/** A sampler with a grammar, for one reply. */
export interface SamplerHandle {
  readonly [samplerHandle]: true;
}
declare const samplerHandle: unique symbol;

export interface NativeGenerateOptions extends NativeSampling {
  /** Null: it is made at once. */
  sampler: SamplerHandle | null;
  session: number;
  tokens: Int32Array;
  influence: boolean;
  movers: number;
  sources: number;
  copies: readonly CopyPath[];
}

/** What a reply may take over word for word. Once said whole, it is used up. */
export interface CopyPath {
  /** An end-of-turn token at the end lets the reply end there. */
  readonly tokens: Int32Array;
  /** True: the reply must begin with it, or it is given up. False: it may begin anywhere. */
  readonly anchored: boolean;
  /** Nats added to the logit of its first token. */
  readonly first: number;
  /** Nats added to each following one while the reply so far matches the beginning of the path. */
  readonly next: number;
}

export interface NativeFinish {
  request: number;
  finish: 'end' | 'stop' | 'length' | 'context' | 'abort' | 'error';
  text: string;
  code: string;
  message: string;
  promptTokens: number;
  cachedTokens: number;
  promptSeconds: number;
  replySeconds: number;
}

/**
 * What happened since the last call.
 *
 * @param figures of all tokens, see `TokenPacket` in native/addon
 * @param texts one per token
 * @param finished replies that ended, after their tokens
 */
export type NativeEventListener = (
  figures: Float64Array,
  texts: readonly string[],
  finished: readonly NativeFinish[],
) => void;

export type WriterName = 'gradient' | 'mean' | 'random' | 'notebook';

export interface NativeSprayRequest {
  writer: WriterName;
  targetKl: number;
  klLimit: number;
  sources: { id: number; weight: number; vector: Float32Array }[];
}

export interface NativeScores {
  base: Float32Array;
  sprayed: Float32Array;
  kl: Float32Array;
  /** Under the spray and the night. */
  final: Float32Array;
}

/** What a night left, a head memory or a row head, in native memory; freed with the last reference to it. */
export interface NightHandle {
  readonly [nightHandle]: true;
}
declare const nightHandle: unique symbol;

/** A compiled spray in native memory; freed with the last reference to it. */
export interface SprayHandle {
  readonly [sprayHandle]: true;
}
declare const sprayHandle: unique symbol;

/** Rows of a head memory: row i is scales[i] times its int8 key. */
export interface HeadRows {
  readonly keys: Int8Array;
  readonly scales: Float32Array;
  readonly tokens: Int32Array;
  /** Ids of the memories that each row was told by. */
  readonly sources: Float64Array;
}

/** Positions of a text as a night sees them. */
export interface HeadRecord {
  /** 2·width floats a position. */
  readonly features: Float32Array;
  /** Of the token that each predicts, nats. */
  readonly logprobs: Float32Array;
  /** log Σ e^logit over all words but the told ones. */
  readonly rests: Float32Array;
}

/** A net that moves the logits of some words: δ = B·relu(A·x + k), see native/core/row_head.hpp. */
export interface RowHeadValues {
  /** The words, ascending. */
  readonly words: Int32Array;
  /** Hidden units × 2·width. */
  readonly a: Float32Array;
  readonly k: Float32Array;
  /** Hidden units × words. */
  readonly b: Float32Array;
}

export type RowRecords = HeadRecord & { readonly tokens: Int32Array };

export interface NativeRowTraining {
  readonly told: RowRecords;
  /** Ordinary text that is to stay as it is. */
  readonly ordinary: RowRecords;
  /** More of it, which decides how much of what was learned is kept. */
  readonly governing: RowRecords;
  /** Highest relative rise of its perplexity. */
  readonly limit: number;
}

export interface TrainedRowHead extends RowHeadValues {
  /** What was kept: 1 is all that was learned. */
  readonly scale: number;
  /** Perplexity of the governing text. */
  readonly before: number;
  readonly after: number;
}

/** A low-rank adapter in the engine; freed with the last reference to it. */
export interface AdapterHandle {
  readonly [adapterHandle]: true;
}
declare const adapterHandle: unique symbol;

/** A text whose tokens first … length − 2 count: those of the answer that predict some of it. */
export interface AnswerTokens {
  readonly tokens: Int32Array;
  readonly first: number;
}

export type EngramMethod = 'filtered' | 'paper';
export type EngramScaling = 'plain' | 'norm' | 'rank';

export interface NativeEngramRequest {
  target: readonly AnswerTokens[];
  rest: readonly AnswerTokens[];
  /** Regular expression on tensor names. */
  weights: string;
  method: EngramMethod;
  scaling: EngramScaling;
  rank: number;
}

/** What goes into a weight matrix and what comes out, token by token. */
export interface LayerRecord {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Tokens × inputs. */
  readonly x: Float32Array;
  /** Tokens × outputs. */
  readonly y: Float32Array;
  /** Of each row, which expert's it is; 0 when dense. */
  readonly experts: Int32Array;
}

export interface NativeTeachRequest {
  told: readonly AnswerTokens[];
  /** Trained on too, so that ordinary text stays known. */
  kept: readonly AnswerTokens[];
  epochs: number;
  rate: number;
  until: number;
}

/** What teaching the last layer came to. */
export interface TaughtLayer {
  /** The tensor that was trained. */
  readonly weight: string;
  /** Nats per answer token of what was taught; `after` is the running mean of the last epoch. */
  readonly before: number;
  readonly after: number;
  readonly epochs: number;
}

/** The engram of one weight matrix, E = b·a, or of each expert of one. */
export interface EngramWeight {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** 0: a dense matrix. */
  readonly experts: number;
  readonly rank: number;
  /** (experts ×) rank × inputs. */
  readonly a: Float32Array;
  /** (experts ×) outputs × rank. */
  readonly b: Float32Array;
  /** The largest g, at most 64: how much of each direction is the target's. */
  readonly spectrum: Float32Array;
  /** Directions whose g is above chance, at most the rank asked for. */
  readonly kept: number;
  /** Mean over the target's tokens of xᵀ(Σ+λI)⁻¹x, 0 to 1. */
  readonly meanLeverage: number;
  readonly targetTokens: number;
  /** The target's included. */
  readonly referenceTokens: number;
  /** f of the paper's method. */
  readonly scale: number;
  /** Computed from the N×N matrix of tokens. */
  readonly dual: boolean;
}

export interface InfluenceErrors {
  maxError: number;
  meanError: number;
  klError: number;
  meanKl: number;
  tokens: number;
}

export interface NativeModel {
  describe(): NativeDescription;
  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array;
  detokenize(tokens: Int32Array, special: boolean): string;
  renderChat(
    messages: readonly NativeChatMessage[],
    addGenerationPrompt: boolean,
    knownText: string,
    knownTokens: Int32Array,
  ): { text: string; tokens: Int32Array };
  renderToolChat(
    messages: readonly NativeChatMessage[],
    request: NativeToolRequest,
    knownText: string,
    knownTokens: Int32Array,
  ): Promise<{ text: string; tokens: Int32Array; format: ToolFormatHandle }>;
  readToolReply(
    format: ToolFormatHandle,
    text: string,
    partial: boolean,
  ): Promise<{ content: string; calls: NativeToolCall[] }>;
  openSession(): number;
  closeSession(session: number): void;
  calibrate(
    cachePath: string,
    onProgress: (fraction: number) => void,
  ): Abortable<{ cached: boolean }>;
  /** Null when there is nothing to spray. */
  compileSpray(request: NativeSprayRequest): Promise<SprayHandle | null>;
  setSpray(session: number, spray: SprayHandle | null): void;
  setStrength(session: number, strength: number): void;
  prepareSampler(sampling: NativeSampling): Promise<SamplerHandle>;
  generate(options: NativeGenerateOptions): number;
  abort(request: number): void;
  encode(text: string, writer: WriterName): Promise<{ spray: Float32Array; key: Float32Array }>;
  score(
    tokens: Int32Array,
    first: number,
    session: number,
    strength: number,
    night: NightHandle | null,
    adapter: AdapterHandle | null,
  ): Promise<NativeScores>;
  checkInfluence(tokens: Int32Array, session: number, strength: number): Promise<InfluenceErrors>;
  recordHead(tokens: Int32Array, first: number, told: Int32Array): Promise<HeadRecord>;
  fitKeySpace(features: Float32Array): Promise<Float32Array>;
  makeKeys(
    space: Float32Array,
    features: Float32Array,
  ): Promise<{ keys: Int8Array; scales: Float32Array }>;
  makeHeadMemory(options: HeadRows & { space: Float32Array; reach: number }): Promise<NightHandle>;
  governHeadMemory(
    memory: NightHandle,
    features: Float32Array,
    tokens: Int32Array,
    logprobs: Float32Array,
    limit: number,
  ): Promise<{ reach: number; before: number; after: number }>;
  makeRowHead(values: RowHeadValues): NightHandle;
  trainRowHead(
    request: NativeRowTraining,
    onProgress: (fraction: number) => void,
  ): Abortable<TrainedRowHead>;
  setNight(session: number, night: NightHandle | null): void;
  extractEngram(
    request: NativeEngramRequest,
    onProgress: (fraction: number) => void,
  ): Abortable<EngramWeight[]>;
  recordLayers(texts: readonly AnswerTokens[], weights: string): Promise<LayerRecord[]>;
  readWeight(name: string): Promise<Float32Array>;
  teach(
    request: NativeTeachRequest,
    copy: string,
    onProgress: (fraction: number) => void,
  ): Abortable<TaughtLayer>;
  loadAdapter(file: Uint8Array): Promise<AdapterHandle>;
  setAdapter(session: number, adapter: AdapterHandle | null): void;
  dispose(): Promise<void>;
}

/** A device llama.cpp can run on. */
export interface Device {
  readonly name: string;
  readonly description: string;
  readonly kind: 'cpu' | 'gpu' | 'accelerator';
  /** Bytes. */
  readonly memoryFree: number;
  readonly memoryTotal: number;
}

interface NativeBinding {
  load(
    options: NativeLoadOptions,
    onProgress: (fraction: number) => void,
    onEvents: NativeEventListener,
  ): Abortable<NativeModel>;
  devices(): Device[];
  /** Writes a quantised copy of a model in floats. */
  quantise(model: string, copy: string, type: 'q8_0' | 'q4_k_m', threads: number): Promise<void>;
  /** Stops every engine of this thread at once; their models are then disposed. */
  shutDown(): void;
  readonly llamaCpp: string;
  readonly system: string;
}

let binding: NativeBinding | undefined;

/** @throws {GraffitiError} `ERR_NATIVE`, with the command that builds the binary. */
export function native(): NativeBinding {
  if (!binding) {
    const require = createRequire(import.meta.url);
    try {
      const load = require('node-gyp-build') as (folder: string) => NativeBinding;
      const loaded = (binding = load(packageRoot));
      // Before C++ tears down what a running engine stands on.
      process.once('exit', () => loaded.shutDown());
    } catch (cause) {
      throw new GraffitiError(
        'ERR_NATIVE',
        `The native part of neural-graffiti could not be loaded on ${process.platform}-${process.arch}, Node ${process.version}. ` +
          'In a checkout run "npm run build"; as a dependency run "npm rebuild neural-graffiti" ' +
          '(it needs git, cmake and a C++ compiler). The cause says what is missing.',
        { cause },
      );
    }
  }
  return binding;
}

/** Where the binary is, loaded or not. */
export function binaryPath(): string {
  const require = createRequire(import.meta.url);
  return (require('node-gyp-build') as { path(folder: string): string }).path(packageRoot);
}

/** What native errors carry. */
interface NativeError extends Error {
  code?: string;
}

/** Turns an error of the binary into a GraffitiError; `call` holds the stack of the caller. */
function translate(error: unknown, call: Error): unknown {
  const { code, message } = error as NativeError;
  if (!(error instanceof Error) || typeof code !== 'string' || !code.startsWith('ERR_')) {
    return error;
  }
  const translated = new GraffitiError(code as GraffitiErrorCode, message);
  if (call.stack) {
    translated.stack = `${translated.name}: ${message}\n${call.stack.split('\n').slice(2).join('\n')}`;
  }
  return translated;
}

/** Calls the binary, synchronously or not, with its errors translated. */
export function callNative<Result>(call: () => Promise<Result>): Promise<Result>;
export function callNative<Result>(call: () => Result): Result;
export function callNative<Result>(call: () => Result | Promise<Result>): unknown {
  const site = new Error();
  try {
    const result = call();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw translate(error, site);
    });
  } catch (error) {
    throw translate(error, site);
  }
}

type ProgressCallback = (fraction: number) => void;

/**
 * Runs abortable native work under a signal.
 *
 * @param start gets `guarded`, for the callback it hands to the binary: what the callback throws ends the
 *   work and is thrown here, where the binary would lose it
 * @param discard gets the result of work that was complete before it could be ended
 * @throws {GraffitiError} `ERR_ABORTED`, with the signal's reason as cause.
 */
export async function callAbortable<Result>(
  start: (guarded: (callback: ProgressCallback) => ProgressCallback) => Abortable<Result>,
  signal: AbortSignal | undefined,
  discard: (result: Result) => unknown = () => {},
): Promise<Result> {
  if (signal?.aborted) throw aborted(signal);
  let thrown: { error: unknown } | undefined;
  const work = callNative(() =>
    start((callback) => (fraction) => {
      if (thrown) return;
      try {
        callback(fraction);
      } catch (error) {
        thrown = { error };
        work.abort();
      }
    }),
  );
  const onAbort = () => work.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const result = await callNative(() => work.promise);
    if (thrown) await discard(result);
    else return result;
    throw thrown.error;
  } catch (error) {
    if (thrown) throw thrown.error;
    throw signal?.aborted && (error as NativeError).code === 'ERR_ABORTED'
      ? aborted(signal)
      : error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function aborted(signal: AbortSignal): GraffitiError {
  return new GraffitiError('ERR_ABORTED', 'The operation was aborted by its caller.', {
    cause: signal.reason,
  });
}
