import type { EventFields, EventKind, Origin, StoredEvent } from '../store/index.js';
import {
  checkNumber,
  checkOneOf,
  checkOptions,
  checkString,
  checkStrings,
  outOfRange,
} from '../validate.js';

/** One memory: what was told, by whom, when. */
export type MemoryRecord = StoredEvent;

/** What `Memory.remember` takes. */
export interface RememberInput {
  /**
   * At most 1 MiB of UTF-8, and more than white space. Kept byte for byte, except that a lone
   * surrogate or a NUL, which no UTF-8 text and no C string can hold, becomes U+FFFD.
   */
  readonly text: string;
  /** Who said it, at most 256 characters. Default 'user'. */
  readonly speaker?: string | undefined;
  /** At most 64, of at most 128 characters; trimmed, in lower case, each once. Default none. */
  readonly tags?: readonly string[] | undefined;
  /** Who decided to remember it. Default 'human'. */
  readonly by?: Origin | undefined;
  /** Default 'tell'. */
  readonly kind?: EventKind | undefined;
  /** When it was told: a date or ms since 1970. Default now. */
  readonly time?: Date | number | undefined;
  /** 0 to 1000. Default 1. */
  readonly importance?: number | undefined;
}

/** Longest text in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_SPEAKER = 256;
/** Most tags of a memory. */
export const MAX_TAGS = 64;
const MAX_TAG = 128;
/** Largest time a Date can hold, ms. */
const MAX_TIME = 8.64e15;

const known = ['text', 'speaker', 'tags', 'by', 'kind', 'time', 'importance'];

/** Text that UTF-8 and C strings can hold. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\uFFFD');
}

/** A tag as it is kept and looked up. */
export function normaliseTag(name: string, tag: unknown): string {
  checkString(name, tag);
  const kept = wellFormed(tag).trim().toLowerCase();
  if (kept === '' || kept.length > MAX_TAG) {
    throw outOfRange(`1 to ${MAX_TAG} characters`, name, tag);
  }
  return kept;
}

/** Normalised tags in the order given, each once. */
export function normaliseTags(name: string, tags: unknown): string[] {
  checkStrings(name, tags);
  const kept = new Set(tags.map((tag, index) => normaliseTag(`${name}[${index}]`, tag)));
  if (kept.size > MAX_TAGS) throw outOfRange(`at most ${MAX_TAGS} tags`, name, tags);
  return [...kept];
}

/** The name of a speaker as it is kept and looked up. */
export function normaliseSpeaker(name: string, speaker: unknown): string {
  checkString(name, speaker);
  const kept = wellFormed(speaker).trim();
  if (kept === '' || kept.length > MAX_SPEAKER) {
    throw outOfRange(`1 to ${MAX_SPEAKER} characters`, name, speaker);
  }
  return kept;
}

/** A date or a number of ms since 1970, as whole ms. */
export function normaliseTime(name: string, time: unknown): number {
  const milliseconds = time instanceof Date ? time.getTime() : time;
  checkNumber(name, milliseconds, { min: -MAX_TIME, max: MAX_TIME });
  return Math.trunc(milliseconds);
}

/**
 * Checks and normalises what is to be remembered.
 *
 * @throws {TypeError} for wrong types and unknown names.
 * @throws {RangeError} for an empty or too long text, and for whatever else is out of range.
 */
export function normaliseInput(input: RememberInput): EventFields {
  checkOptions('memory', input, known);
  const { speaker = 'user', tags = [], by = 'human', kind = 'tell', importance = 1 } = input;
  checkString('text', input.text);
  const text = wellFormed(input.text);
  if (text.trim() === '') throw outOfRange('more than white space', 'text', input.text);
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw outOfRange(`at most ${MAX_TEXT_BYTES} bytes of UTF-8`, 'text', input.text);
  }
  checkOneOf('by', by, ['human', 'rule', 'model']);
  checkOneOf('kind', kind, ['tell', 'tag']);
  checkNumber('importance', importance, { min: 0, max: 1000 });
  return {
    text,
    speaker: normaliseSpeaker('speaker', speaker),
    tags: normaliseTags('tags', tags),
    by,
    kind,
    time: normaliseTime('time', input.time ?? Date.now()),
    importance,
  };
}
