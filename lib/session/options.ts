import { SAMPLING_NAMES, type SamplingOptions } from '../model/index.js';
import type { WriterName } from '../native.js';
import { checkBoolean, checkNumber, checkOneOf, checkOptions, checkSignal } from '../validate.js';

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

/** Options of one prompt. */
export interface PromptOptions extends SamplingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether this prompt is remembered. Default: the session's. */
  readonly remember?: boolean | undefined;
  /** Whether the reply may recall what was told, and "forget …" forgets. Default: the session's. */
  readonly recall?: boolean | undefined;
  /** Whether a region may answer in place of the model. Default: the session's. */
  readonly regions?: boolean | undefined;
}

/** @throws {TypeError | RangeError} Sampling options are checked by the model layer. */
export function checkPrompt(options: PromptOptions): void {
  checkOptions('options', options, [...SAMPLING_NAMES, 'signal', 'remember', 'recall', 'regions']);
  checkSignal('signal', options.signal);
  if (options.remember !== undefined) checkBoolean('remember', options.remember);
  if (options.recall !== undefined) checkBoolean('recall', options.recall);
  if (options.regions !== undefined) checkBoolean('regions', options.regions);
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
