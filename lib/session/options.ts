import { Memory, type RememberInput } from '../memory/index.js';
import {
  checkTools,
  SAMPLING_NAMES,
  type SamplingOptions,
  type ToolOptions,
} from '../model/index.js';
import type { NativeToolRequest, WriterName } from '../native.js';
import {
  checkBoolean,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSignal,
  checkString,
  wrongType,
} from '../validate.js';

/** How memory acts on a session's replies. */
export interface GraffitiOptions {
  /**
   * 'notebook': Neural Graffiti as first published (random projection, added after the norm), seeded;
   * a baseline. Sets writer, rate, mix and recall; strength and klLimit then have their published
   * values (fixed, none).
   */
  readonly preset?: 'notebook' | undefined;
  /**
   * Multiplies the calibrated strength; 1 = mean KL of `kl` nats on everyday text. 0 = off, negative
   * leans away. −100 to 100. Default 1. Can be changed at any time: `session.strength`.
   */
  readonly strength?: number | undefined;
  /** Mean KL(sprayed ‖ base) at strength 1, nats, 0.0001 to 2. Default 0.042. */
  readonly kl?: number | undefined;
  /** Most KL of a single token at strength 1, nats; grows with strength². 0 = no limit. Default 0.1. */
  readonly klLimit?: number | undefined;
  /** How a told text becomes a vector. Default 'gradient'; 'mean' and 'random' are baselines. */
  readonly writer?: WriterName | undefined;
  /** λ of the liquid step per told text, 0 to 10. Default: what the brain has, else 0.1. */
  readonly rate?: number | undefined;
  /** Share of a told text's push that comes from earlier texts like it, 0 to 1. Default: the brain's, else 0.5. */
  readonly mix?: number | undefined;
  /** How many earlier texts that may be, 0 to 64. Default: the brain's, else 3. */
  readonly recallLimit?: number | undefined;
  /** Whether prompts are remembered. Default true. */
  readonly remember?: boolean | undefined;
  /** Compute influence for every token. Default true. */
  readonly influence?: boolean | undefined;
  /** Promoted and demoted tokens listed with each token, 0 to 100. Default 3. */
  readonly movers?: number | undefined;
  /** Memories listed with each token, 0 to 65. Default 4. */
  readonly sources?: number | undefined;
}

/** GraffitiOptions, checked and complete. Undefined settings are left to the brain. */
export interface CheckedGraffiti {
  strength: number;
  kl: number;
  klLimit: number;
  writer: WriterName;
  remember: boolean;
  influence: boolean;
  movers: number;
  sources: number;
  memory: {
    rate?: number;
    mix?: number;
    recallLimit?: number;
    recallThreshold?: number;
  };
}

const WRITERS = ['gradient', 'mean', 'random', 'notebook'] as const;

/** The published notebook: recall the three nearest of everything, mix half and half, λ = 0.1. */
const NOTEBOOK = { rate: 0.1, mix: 0.5, recallLimit: 3, recallThreshold: -1 };

/** @throws {TypeError | RangeError} */
export function checkGraffiti(options: GraffitiOptions): CheckedGraffiti {
  checkOptions('graffiti', options, [
    'preset',
    'strength',
    'kl',
    'klLimit',
    'writer',
    'rate',
    'mix',
    'recallLimit',
    'remember',
    'influence',
    'movers',
    'sources',
  ]);
  const { preset, strength = 1, kl = 0.042, klLimit = 0.1 } = options;
  const { remember = true, influence = true, movers = 3, sources = 4 } = options;
  if (preset !== undefined) checkOneOf('preset', preset, ['notebook']);
  const writer = options.writer ?? (preset === 'notebook' ? 'notebook' : 'gradient');
  checkStrength(strength);
  checkNumber('kl', kl, { min: 0.0001, max: 2 });
  checkNumber('klLimit', klLimit, { min: 0, max: 100 });
  checkOneOf('writer', writer, WRITERS);
  checkBoolean('remember', remember);
  checkBoolean('influence', influence);
  checkNumber('movers', movers, { min: 0, max: 100, integer: true });
  checkNumber('sources', sources, { min: 0, max: 65, integer: true });
  const { rate, mix, recallLimit } = options;
  const memory = preset === 'notebook' ? { ...NOTEBOOK } : {};
  if (rate !== undefined) Object.assign(memory, { rate });
  if (mix !== undefined) Object.assign(memory, { mix });
  if (recallLimit !== undefined) Object.assign(memory, { recallLimit });
  return { strength, kl, klLimit, writer, remember, influence, movers, sources, memory };
}

/** @throws {TypeError | RangeError} */
export function checkStrength(strength: unknown): asserts strength is number {
  checkNumber('strength', strength, { min: -100, max: 100 });
}

/** Whose result a prompt is. */
export interface ToolResult {
  /** Id of the call. */
  readonly callId: string;
  /** Name of the tool. */
  readonly name: string;
}

/** Options of one prompt. */
export interface PromptOptions extends SamplingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether this prompt is remembered. Default: the session's. */
  readonly remember?: boolean | undefined;
  /** Whether the reply may recall what was told, and "forget …" forgets. Default: the session's. */
  readonly recall?: boolean | undefined;
  /** Whether a region may answer in place of the model. Default: the session's. */
  readonly regions?: boolean | undefined;
  /** What the reply may call; `ReplyStream.message` reads it. Not together with `grammar` and `jsonSchema`. */
  readonly tools?: ToolOptions | undefined;
  /** The prompt is what a tool gave back: nobody said it, so it is not remembered, and nothing is recalled for it. */
  readonly toolResult?: ToolResult | undefined;
}

const PROMPT_NAMES = ['signal', 'remember', 'recall', 'regions', 'tools', 'toolResult'];

/**
 * @returns the tools, checked
 * @throws {TypeError | RangeError} Sampling options are checked by the model layer.
 */
export function checkPrompt(options: PromptOptions): NativeToolRequest | undefined {
  checkOptions('options', options, [...SAMPLING_NAMES, ...PROMPT_NAMES]);
  checkSignal('signal', options.signal);
  if (options.remember !== undefined) checkBoolean('remember', options.remember);
  if (options.recall !== undefined) checkBoolean('recall', options.recall);
  if (options.regions !== undefined) checkBoolean('regions', options.regions);
  const { tools, toolResult, grammar, jsonSchema } = options;
  if (toolResult !== undefined) {
    checkOptions('toolResult', toolResult, ['callId', 'name']);
    checkString('toolResult.callId', toolResult.callId);
    checkString('toolResult.name', toolResult.name);
  }
  if (tools === undefined) return undefined;
  if (grammar !== undefined || jsonSchema !== undefined) {
    throw new TypeError('Expected either tools or a grammar or jsonSchema but received both');
  }
  return checkTools(tools);
}

/** Options of one continuation. */
export interface CompletionOptions extends SamplingOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @throws {TypeError | RangeError} Sampling options are checked by the model layer. */
export function checkCompletion(options: CompletionOptions): void {
  checkOptions('options', options, [...SAMPLING_NAMES, 'signal']);
  checkSignal('signal', options.signal);
}

export interface SessionOptions {
  /**
   * Where the session's brain is kept: a path, a PostgreSQL address with the brain's name
   * (`postgres://user@host/database?brain=NAME`), or an open memory, which the session shares and does not close. Default: a brain in RAM that ends with the session.
   */
  readonly brain?: string | URL | Memory | undefined;
  readonly graffiti?: GraffitiOptions | undefined;
  /**
   * Whether replies may recall what was told, and "forget my password" forgets. Default true.
   */
  readonly recall?: boolean | undefined;
  /** Whether what the brain learned in its sleep speaks. Default true. */
  readonly night?: boolean | undefined;
  /** System prompt. */
  readonly system?: string | undefined;
  /**
   * Whether what a special net is made for goes there instead of to the model: a plain sum ("what is 17 +
   * 25?") to the adder. `Reply.region` says so. What is asked there is not remembered. Default true.
   */
  readonly regions?: boolean | undefined;
}

/** Options of `tag`, as `Memory.remember` takes them. */
export type TagOptions = Omit<RememberInput, 'text' | 'kind'> & {
  readonly signal?: AbortSignal | undefined;
};

/** Log-probabilities of a text's tokens, nats; arrays of one entry per scored token. */
export interface TextScore {
  readonly base: Float32Array;
  readonly sprayed: Float32Array;
  /** KL(sprayed ‖ base) of the position that predicts the token. */
  readonly kl: Float32Array;
}

/** @throws {TypeError | RangeError} */
export function checkSession(options: SessionOptions) {
  checkOptions('options', options, ['brain', 'graffiti', 'recall', 'night', 'system', 'regions']);
  const { brain, graffiti = {}, recall = true, night = true, system, regions = true } = options;
  checkBoolean('recall', recall);
  checkBoolean('night', night);
  if (system !== undefined) checkString('system', system);
  checkBoolean('regions', regions);
  const checked = checkGraffiti(graffiti);
  const given = brain === undefined || typeof brain === 'string';
  if (!given && !(brain instanceof URL) && !(brain instanceof Memory)) {
    throw wrongType('a path, a URL or a Memory', 'brain', brain);
  }
  return { brain, checked, recall, night, system, regions };
}
