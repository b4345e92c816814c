import type { Span } from './tokens.js';

/** One step of a path: a noun and the words before it that say which one. */
export interface Step {
  /** The noun, by its meaning: singular, one word for all synonyms. */
  readonly head: string;
  /** The other words, by meaning. */
  readonly modifiers: readonly string[];
  /** As it was said, with its modifiers. */
  readonly words: string;
}

/**
 * Someone or something, by the way that leads there: "my sister's dog" is user → sister → dog, "the meaning
 * of life" is world → life → meaning. `he`, `she`, `it` and `they` are yet to be resolved.
 */
export interface Entity {
  readonly root: 'user' | 'assistant' | 'world' | 'he' | 'she' | 'it' | 'they';
  readonly steps: readonly Step[];
}

/** How a phrase is said, which tells what it can be the answer to. */
export type PhraseKind =
  | 'name' /** "Mary Jane Watson", or a bare word that no list knows */
  | 'class' /** "a nurse" */
  | 'definite' /** "the hospital", "my mother" */
  | 'adjective'
  | 'number'
  | 'time'
  | 'clause' /** "to read books" */
  | 'bare'; /** "tea", "books", "hunter2" */

/** A part of what was said. */
export interface Phrase {
  readonly span: Span;
  readonly text: string;
  readonly kind: PhraseKind;
  /** Meanings of its content words. */
  readonly words: readonly string[];
  /** The noun it is about. */
  readonly head: string | undefined;
  /** Set for a phrase that refers to someone or something. */
  readonly entity: Entity | undefined;
  /** "50" of "50 chairs". */
  readonly count: Span | undefined;
}

/** A part introduced by a preposition, or that says when, how long or why. */
export interface Adjunct {
  /** '' for a bare time ("yesterday"). */
  readonly preposition: string;
  readonly role: 'place' | 'time' | 'duration' | 'reason' | 'other';
  readonly phrase: Phrase;
}

/** What a sentence says: subject, relation, objects, circumstances. */
export interface Frame {
  readonly subject: Entity;
  /** The subject as it was said. */
  readonly subjectText: string;
  /** "50 chairs" of "50 chairs are needed". */
  readonly counted: Phrase | undefined;
  /** 'name', 'be', or the stem of a verb ("love read" for "i love to read"). */
  readonly relation: string;
  readonly objects: readonly Phrase[];
  readonly adjuncts: readonly Adjunct[];
  readonly negated: boolean;
  readonly past: boolean;
  /** It was so and is no more: "i used to live in Rome". */
  readonly ended: boolean;
  /** "reading books" of "i love reading books". */
  readonly activity: Phrase | undefined;
  /** The verbs, as they were said. */
  readonly verbs: Span;
  /** What follows the verbs, without "now", "too" and the like at its end. Empty where nothing does. */
  readonly complement: Span;
  /** "On Mondays" of "On Mondays i play squash": said before the subject. */
  readonly circumstance?: Span;
  /** "am" of "allergic to nuts": a verb that was left out. */
  readonly implied?: string;
  /** It puts right what was told before: "no wait, …". */
  readonly corrects?: boolean;
  /** The whole, where it was said in another order: "the town i was born in is Rome". */
  readonly sentence?: Span;
}

/** What a told text says, before it is known who "her" is. */
export type Draft =
  /** `source`: the sentence the frame was read from, where it is not the text itself; spans point into it. */
  | { readonly kind: 'fact'; readonly frame: Frame; readonly source?: string }
  /** Somebody or something that is asked about, and may be "she" or "it" afterwards. */
  | { readonly kind: 'mention'; readonly entity: Entity }
  /** "no wait it's Garrett": puts right what was said last. */
  | { readonly kind: 'correction'; readonly value: Phrase; readonly instead: string | undefined };

/** A fact: a frame with its source. */
export interface Fact extends Frame {
  /** Id of the event it was told in. */
  readonly event: number;
  /** When it was told, ms since 1970. */
  readonly time: number;
  /** The sentence it was read from, the text it was told with unless that was restated; spans point into it. */
  readonly source: string;
  /** Verbs and complement as a sentence about it says them. */
  readonly said: {
    readonly verbs: string;
    readonly complement: string;
    /** Set where it is to be said as a whole. */
    readonly sentence?: string | undefined;
  };
  /** A later fact that puts this one right. */
  readonly replaced: boolean;
}

export const USER: Entity = { root: 'user', steps: [] };

/** Where a path ends. */
export function headOf(entity: Entity): string | undefined {
  return entity.steps.at(-1)?.head;
}

/** The path one step further. */
export function below(owner: Entity, ...steps: readonly Step[]): Entity {
  return { root: owner.root, steps: [...owner.steps, ...steps] };
}

/** The path one step back. */
export function ownerOf(entity: Entity): Entity {
  return { root: entity.root, steps: entity.steps.slice(0, -1) };
}

/** "the bus" is no answer to "which bus". */
export function saysOnly({ words, text }: Phrase, noun: readonly string[] | undefined): boolean {
  return noun !== undefined && words.every((word) => noun.includes(word)) && !/\d/.test(text);
}

/** "it" answers nothing. */
export function isPronoun({ text }: Phrase): boolean {
  return /^(?:it|this|that|these|those|them|one)$/i.test(text);
}
