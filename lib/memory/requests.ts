import type { EventFilter, ModelFingerprint, SpraySettings } from '../store/index.js';
import {
  checkBoolean,
  checkNumber,
  checkOptions,
  checkSignal,
  checkString,
  outOfRange,
  wrongType,
} from '../validate.js';
import type { MemoryEncoder } from './encoder.js';
import type { FactAudit } from './facts/index.js';
import type { Match } from './hybrid.js';
import {
  MAX_TEXT_BYTES,
  type MemoryRecord,
  normaliseSpeaker,
  normaliseTag,
  normaliseTags,
} from './record.js';
import type { SettingsInput } from './settings.js';
import type { Repeated } from './strength.js';
import type { Classifier } from './tagging.js';

/** Options of `Memory.open`. Settings of the spray are kept in the brain: leave them out to keep them. */
export interface MemoryOptions extends SettingsInput {
  /** The model that reads and writes this brain. Without it, only texts can be worked with. */
  readonly encoder?: MemoryEncoder | undefined;
  /**
   * Tags what is remembered without tags of its own, and says how much it matters. `RULES` reads the sentences.
   * Default: nothing is tagged by itself.
   */
  readonly classifier?: Classifier | undefined;
  /** Look only: takes no lock, changes nothing, sees what a writer adds. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Largest size of the brain in bytes, at least 64 KiB. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

/**
 * Which memories to forget: by id, all that carry a tag or come from a speaker, or those that say something about
 * what the words of `query` name ("my password").
 */
export type ForgetSelector =
  number | readonly number[] | { tag: string } | { speaker: string } | { query: string };

export interface Forgotten {
  /** Ids of what was forgotten, ascending. */
  readonly ids: number[];
  /**
   * True when no byte of the texts is left in the brain's files. False when a reader that has the
   * brain open still needs an older state: it is then erased later, at the latest on close. False for a brain in
   * a database: its server keeps dead rows until VACUUM, and a log.
   */
  readonly erased: boolean;
}

export interface RememberOptions {
  /** Whether only the text is kept now, and its vectors are made with the next call that needs them. Default false. */
  readonly later?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a memory finds about itself. */
export interface MemoryAudit extends FactAudit {
  /** Memories that say the same as earlier ones, and so strengthen them. */
  readonly repeated: readonly Repeated[];
  /** Ids of memories that have faded: they lean no more, and are recalled last. */
  readonly faded: readonly number[];
}

export interface RecallOptions {
  /** 1 to 1000. Default 5. */
  readonly limit?: number | undefined;
  /** Only memories with at least one of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Only memories with at least this score, 0 to 1. Default 0: whatever fits best. */
  readonly minScore?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A memory with how well it fits the question. */
export interface RecalledMemory extends MemoryRecord, Match {}

export interface ListOptions {
  /** 1 to 1 000 000. Default 100. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly tag?: string | undefined;
  readonly speaker?: string | undefined;
  /** Only what was told at this time or later (a date or ms since 1970). */
  readonly since?: Date | number | undefined;
}

export interface ReencodeOptions {
  readonly onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface MemoryStats {
  readonly memories: number;
  /** Ever remembered, and ever forgotten. */
  readonly remembered: number;
  readonly forgotten: number;
  /** Most used first. */
  readonly tags: { tag: string; count: number }[];
  /** Size on disk (or in RAM). */
  readonly bytes: number;
  readonly created: number;
  readonly firstTime: number | undefined;
  readonly lastTime: number | undefined;
  /** Euclidean length of the spray state. */
  readonly sprayNorm: number;
  /** Euclidean distance the last told event moved the spray state. */
  readonly drift: number;
  readonly settings: SpraySettings;
  /** The model that made the vectors, undefined while there are none. */
  readonly model: ModelFingerprint | undefined;
}

/** A brain as plain JSON. */
export interface MemoryExport {
  readonly format: 'neural-graffiti/brain';
  readonly version: 1;
  readonly created: number;
  readonly model: ModelFingerprint | undefined;
  readonly settings: SpraySettings;
  /** Oldest first. */
  readonly memories: MemoryRecord[];
}

export interface MemoryEvents {
  remembered: [memory: MemoryRecord];
  forgotten: [forgotten: Forgotten];
  /** A night was kept, or taken back. */
  slept: [];
  /** A memory opened to read: the writer elsewhere has changed the brain. */
  changed: [];
}

/** @throws {TypeError} */
export function checkRemember(options: RememberOptions) {
  checkOptions('options', options, ['later', 'signal']);
  const { later = false, signal } = options;
  checkBoolean('later', later);
  checkSignal('signal', signal);
  return { later, signal };
}

/** The options of a recall, checked and complete. @throws {TypeError | RangeError} */
export function checkRecall(query: string, options: RecallOptions) {
  checkOptions('options', options, ['limit', 'tags', 'minScore', 'signal']);
  const { limit = 5, minScore = 0, tags, signal } = options;
  checkQuery('query', query);
  if (query.trim() === '') throw outOfRange('more than white space', 'query', query);
  checkNumber('limit', limit, { min: 1, max: 1000, integer: true });
  checkNumber('minScore', minScore, { min: 0, max: 1 });
  checkSignal('signal', signal);
  return { limit, minScore, tags: tags && normaliseTags('tags', tags), signal };
}

/** @throws {TypeError | RangeError} unless it is a text of a length that can be told. */
export function checkQuery(name: string, query: unknown): asserts query is string {
  checkString(name, query);
  if (Buffer.byteLength(query) > MAX_TEXT_BYTES) {
    throw outOfRange(`at most ${MAX_TEXT_BYTES} bytes of UTF-8`, name, query);
  }
}

/** The events that a selector asks for, or the words that name them. @throws {TypeError | RangeError} */
export function forgetFilter(selector: ForgetSelector): EventFilter | string {
  if (typeof selector === 'number') return { ids: checkIds([selector]) };
  if (Array.isArray(selector)) return { ids: checkIds(selector) };
  checkOptions('selector', selector, ['tag', 'speaker', 'query']);
  const { tag, speaker, query } = selector as Record<'tag' | 'speaker' | 'query', unknown>;
  if ([tag, speaker, query].filter((given) => given !== undefined).length !== 1) {
    throw wrongType(
      'an id, an array of ids, { tag }, { speaker } or { query }',
      'selector',
      selector,
    );
  }
  if (query !== undefined) {
    checkQuery('query', query);
    return query;
  }
  if (tag !== undefined) return { tag: normaliseTag('tag', tag) };
  return { speaker: normaliseSpeaker('speaker', speaker) };
}

function checkIds(ids: readonly number[]): readonly number[] {
  ids.forEach((id, index) => checkNumber(`ids[${index}]`, id, { min: 1, integer: true }));
  return ids;
}

/** The names of all options of `Memory.open`. */
export const optionNames = [
  'encoder',
  'classifier',
  'readOnly',
  'maxBytes',
  'rate',
  'mix',
  'recallLimit',
  'recallThreshold',
  'fading',
];
