import type { Adjunct, Entity, Phrase, PhraseKind } from './frame.js';
import type { AskedWord } from './overlap.js';

/** What a question asks for. */
export type Hole =
  /** What the verb is about, or what something is; `noun`: of what kind ("which car"). */
  | {
      readonly part: 'object';
      readonly noun?: readonly string[] | undefined;
      readonly kinds?: readonly PhraseKind[];
    }
  /** Where, when, why, with whom. */
  | {
      readonly part: 'adjunct';
      readonly role?: Adjunct['role'];
      readonly preposition?: string;
      readonly noun?: readonly string[] | undefined;
      /** Only names: a workplace may be anything that something is done at. */
      readonly named?: boolean;
    }
  /** "what day is …": what it is, or when. */
  | { readonly part: 'time' }
  | { readonly part: 'age' }
  | { readonly part: 'manner' }
  /** What is done: "what do i do on Thursdays". */
  | { readonly part: 'activity' }
  | { readonly part: 'measure'; readonly adjective: string }
  | {
      readonly part: 'count';
      readonly noun: string | undefined;
      readonly words?: readonly string[];
    }
  /** Who or what does it. */
  | { readonly part: 'subject'; readonly noun?: readonly string[] | undefined }
  /** Whose. */
  | { readonly part: 'owner'; readonly noun: readonly string[] }
  /** Nothing: the question is whether it is so. */
  | { readonly part: 'check' };

/** One way to understand a question: a frame with a hole. */
export interface Reading {
  /** 0 for the question as it stands, more for what it may also mean. */
  readonly tier: number;
  readonly hole: Hole;
  /** Undefined for anyone. */
  readonly subject: Entity | undefined;
  /** Undefined for any. */
  readonly relation: string | undefined;
  /** The verb that was asked with, where any relation will do: none that says the opposite. */
  readonly verb?: string | undefined;
  /** What the facts must also hold. */
  readonly objects: readonly Phrase[];
  readonly adjuncts: readonly Adjunct[];
  readonly negated: boolean;
  readonly past: boolean;
  /** Only what is no more: "where did i use to live". */
  readonly former?: boolean;
  /** Asked with "who". */
  readonly human: boolean;
}

export interface Question {
  /** It asks whether something is so. */
  readonly check: boolean;
  /** Its words that carry meaning. */
  readonly words: readonly AskedWord[];
  readonly readings: readonly Reading[];
}
