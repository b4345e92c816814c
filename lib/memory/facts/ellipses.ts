import { Clefts } from './clefts.js';
import type { Draft, Frame } from './frame.js';
import {
  CONJUNCTIONS,
  isListedAdjective,
  isNumber,
  POSSESSIVES,
  PREPOSITIONS,
  SECOND_PERSON,
  THIRD_PERSON,
} from './lexicon.js';
import { isLabel } from './labels.js';
import { readNominal } from './nominal.js';
import type { Token } from './tokens.js';
import { findVerb } from './verb-group.js';
import { isPast, isVerbForm } from './verbs.js';

/** Adjectives that begin a sentence about the one who says it: "allergic to shellfish". */
const STATES = new Set(
  'allergic afraid scared terrified married engaged divorced widowed retired fluent vegetarian vegan addicted intolerant diabetic based single'.split(
    ' ',
  ),
);
/** Verbs that begin such a sentence in the present: "love hiking", "live in Rome". */
const PRESENT = /^(?:love|hate|prefer|live|adore|own)$/;
/** Statements that leave out what was said before, or who says it. */
export abstract class Ellipses extends Clefts {
  /** The verb of the clause before. */
  protected lastVerb: Token | undefined;

  /** ", my sister in Quito" after "my brother lives in Accra": with the verb said before. */
  protected gapped(from: number, to: number): undefined {
    const { lastVerb } = this;
    const found = lastVerb && readNominal(this.text, this.tokens, from, to);
    if (!found || !POSSESSIVES.has(this.tokens[from]!.lower)) return undefined;
    // "my dog seven"
    const next = isNumber(this.tokens[to - 1]!.lower) ? Math.min(found.next, to - 1) : found.next;
    if (next >= to) return undefined;
    const before = this.tokens.slice(from, next);
    this.drafts.push(...this.clauseOf([...before, lastVerb, ...this.tokens.slice(next, to)]));
    return undefined;
  }

  /** "…, my spaniel Rex": a name without a sentence. */
  protected fragment(from: number, to: number): undefined {
    const found = readNominal(this.text, this.tokens, from, to);
    if (found?.name && found.next >= to) this.name(found.entity, [found.name]);
  }

  /** "my locker combination: 88-21", "favourite food: lasagne" */
  protected labelled(from: number): boolean {
    const colon = this.tokens.findIndex(
      ({ kind, text }, at) => at > from && kind === 'mark' && /^[:=]$/.test(text),
    );
    if (colon < 0) return false;
    const found = this.subject(this.tokens, from, colon);
    if (found?.next !== colon || colon + 1 >= this.tokens.length) return false;
    const own = !/^(?:my|our|the)$/.test(this.tokens[from]!.lower);
    const last = found.entity.steps.at(-1);
    if (own && (!last || !isLabel(last.head) || found.entity.steps.length > 1)) return false;
    const is: Token = { ...this.tokens[colon]!, lower: 'is', kind: 'word' };
    const label = this.tokens.slice(from, colon);
    const my = own ? [{ ...label[0]!, text: 'my', lower: 'my', end: label[0]!.start }] : [];
    const drafts = this.clauseOf([...my, ...label, is, ...this.tokens.slice(colon + 1)]);
    const isNow = (draft: Draft): Draft =>
      draft.kind === 'fact' && draft.frame.relation === 'be'
        ? { ...draft, frame: { ...draft.frame, implied: 'is', verbs: { start: 0, end: 0 } } }
        : draft;
    this.drafts.push(...drafts.map(isNow));
    return true;
  }

  /** "allergic to shellfish", "just turned 50", "working at the museum": who says it is meant. */
  protected subjectless(from: number): boolean {
    const [first, second, third] = this.tokens.slice(from);
    if (!first || !second || first.kind !== 'word') return false;
    // "working on it", "love you"
    if (THIRD_PERSON.has(this.tokens.at(-1)!.lower) || SECOND_PERSON.has(this.tokens.at(-1)!.lower))
      return false;
    const helper = helperOf(first, second, isListedAdjective(third?.lower ?? ''));
    const verb = findVerb(this.tokens, from, this.tokens.length);
    const clause = this.tokens.slice(from, verb).slice(1);
    const another =
      verb !== undefined &&
      !clause.some(({ lower, kind }) => CONJUNCTIONS.has(lower) || kind === 'mark');
    if (helper === undefined || another) return false;
    const nowhere = { start: first.start, end: first.start };
    const added = ['i', ...(helper === '' ? [] : [helper])].map((lower): Token => ({
      ...first,
      ...nowhere,
      text: lower,
      lower,
    }));
    const drafts = this.clauseOf([...added, ...this.tokens.slice(from)]);
    const implied = (frame: Frame): Frame =>
      frame.verbs.start === first.start && helper !== '' ? { ...frame, implied: helper } : frame;
    this.drafts.push(
      ...drafts.map((draft): Draft =>
        draft.kind === 'fact' ? { ...draft, frame: implied(draft.frame) } : draft,
      ),
    );
    return drafts.length > 0;
  }
}

/** What goes between "i" and a sentence that begins so: '' for nothing, undefined where "i" is not meant. */
function helperOf({ lower, text }: Token, second: Token, wishes: boolean): string | undefined {
  const about = PREPOSITIONS.has(second.lower);
  if (lower === 'born') return 'was';
  if (STATES.has(lower)) return about ? 'am' : undefined;
  if (isListedAdjective(lower) || /^(?:it|that|this|you|so|out|named|called)$/.test(second.lower))
    return undefined;
  if (/.ing$/.test(lower) && isVerbForm(lower))
    return about && /^(?:work|liv|study|train|stay|teach|volunteer)/.test(lower) ? 'am' : undefined;
  if (PRESENT.test(lower)) return '';
  if (lower === 'have' && /^an?$/.test(second.lower) && !wishes) return ''; // "have a dentist appointment"
  const past =
    isPast(lower) &&
    isVerbForm(lower) &&
    !/^(?:named|called|thought|said|told|heard|read|put|set|let|cut|hit|come|become|run|left|found)$/.test(
      lower,
    );
  return past && (/^\p{Lu}/u.test(text) || about || second.kind === 'word') ? '' : undefined;
}
