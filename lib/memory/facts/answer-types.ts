import { isAuxiliaryWord } from './asking.js';
import { isListedKind } from './kinds.js';
import {
  DETERMINERS,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';

/** What kind of value answers a question (the expected answer type of question answering). */
export type AnswerType =
  | 'person'
  | 'place'
  | 'time'
  | 'clock'
  | 'number'
  | 'amount'
  | 'age'
  | 'duration'
  | 'frequency'
  | 'measure'
  | 'code'
  | 'name'
  | 'manner'
  | 'reason'
  | 'kind'
  | 'noun'
  | 'thing';

export interface Expected {
  readonly type: AnswerType;
  /** The noun that was asked with, for a kind ("which colour") and for a noun ("which street"). */
  readonly noun?: string;
  /** Indices of the question's tokens that only say what type is wanted. */
  readonly used: ReadonlySet<number>;
  /** The value is the subject of the question's verb: "who likes Peter". */
  readonly subject: boolean;
}

const BY_NOUN: Readonly<Record<string, AnswerType>> = {
  time: 'clock', hour: 'clock', day: 'time', date: 'time', year: 'time', month: 'time', name: 'name', title: 'name', number: 'code',
  age: 'age', price: 'amount', cost: 'amount', person: 'person', place: 'place',
}; // prettier-ignore
/** Nouns whose values are numbers and the like, and that must be told with them. */
export const CODES = new Set(
  'code pin password combination username login email zip postcode plate id passcode extension handle'.split(
    ' ',
  ),
);
const BY_HOW: Readonly<Record<string, AnswerType>> = {
  many: 'number', much: 'amount', old: 'age', long: 'duration', often: 'frequency', far: 'measure', tall: 'measure', high: 'measure',
  big: 'measure', heavy: 'measure', fast: 'measure', wide: 'measure', deep: 'measure',
}; // prettier-ignore
const VAGUE_NOUN = /^(?:kind|type|sort|brand|make|model|breed|sorts|kinds|types)$/;

/** What the question asks for; undefined for a question whether something is so. */
export function expectedOf(tokens: readonly Token[], requested: boolean): Expected | undefined {
  const at = PREPOSITIONS.has(tokens[0]?.lower ?? '') ? 1 : 0;
  const first = tokens[at]?.lower ?? '';
  const next = tokens[at + 1]?.lower ?? '';
  const used = new Set([at]);
  if (!QUESTION_WORDS.has(first)) {
    if (isAuxiliaryWord(first) || !requested) return undefined;
    return named(tokens, 0, new Set());
  }
  const bySubject = (from: number) => {
    const follows = tokens[from];
    return follows !== undefined && !isAuxiliaryWord(follows.lower) && !startsNoun(follows.lower);
  };
  switch (first) {
    case 'who':
    case 'whom':
      return { type: 'person', used, subject: bySubject(at + 1) || isBeVerb(tokens, at + 1) };
    case 'whose':
      return { type: 'person', used, subject: false };
    case 'where':
      return { type: 'place', used, subject: false };
    case 'when':
      return { type: 'time', used, subject: false };
    case 'why':
      return { type: 'reason', used, subject: false };
    case 'how': {
      if (isAuxiliaryWord(next) && next !== 'many') return { type: 'manner', used, subject: false };
      used.add(at + 1);
      const type = Object.hasOwn(BY_HOW, next) ? BY_HOW[next]! : 'thing';
      // "how bad is my eyesight"
      if (type === 'thing') return named(tokens, at + 2, used);
      return { type, used, subject: false };
    }
    default:
      break;
  }
  if (isAuxiliaryWord(next)) {
    const calls = tokens.some(({ lower }) => /^(?:called|named|call)$/.test(lower));
    const plain = /^(?:is|are|was|were|'s)$/.test(next);
    if (calls && plain) return { type: 'name', used, subject: false };
    return plain ? named(tokens, at + 2, used) : { type: 'thing', used, subject: false };
  }
  let end = at + 1;
  while (
    end < tokens.length &&
    !isAuxiliaryWord(tokens[end]!.lower) &&
    !SUBJECT_PRONOUNS.has(tokens[end]!.lower) &&
    !POSSESSIVES.has(tokens[end]!.lower)
  )
    end++;
  if (end === at + 1) return { type: 'thing', used, subject: false };
  if (end === tokens.length) return { type: 'thing', used, subject: true };
  return ofNoun(tokens, at + 1, end, used);
}

/** "what was made": who or what comes first does it, or is it. */
function isBeVerb(tokens: readonly Token[], at: number): boolean {
  const last = tokens[at + 1]?.lower ?? '';
  return isAuxiliaryWord(tokens[at]?.lower ?? '') && /(?:ing|ed|en)$/.test(last);
}

function startsNoun(lower: string): boolean {
  return SUBJECT_PRONOUNS.has(lower) || POSSESSIVES.has(lower) || DETERMINERS.has(lower);
}

/** "which street do …", "what time is …" */
function ofNoun(
  tokens: readonly Token[],
  from: number,
  end: number,
  used: Set<number>,
): Expected | undefined {
  let at = end - 1;
  const of = tokens.findIndex(({ lower }, index) => index > from && index < end && lower === 'of');
  const vague = VAGUE_NOUN.test(tokens[from]!.lower);
  // "what breed is my dog"
  if (vague && of !== from + 1) return undefined;
  if (vague) used.add(from);
  if (of > from && !vague) at = of - 1;
  const { lower } = tokens[at]!;
  const noun = nounMeaning(lower);
  if (Object.hasOwn(BY_NOUN, lower)) {
    used.add(at);
    return { type: BY_NOUN[lower]!, noun, used, subject: false };
  }
  if (CODES.has(lower)) return { type: 'code', noun, used, subject: false };
  if (isListedKind(noun)) {
    used.add(at);
    return { type: 'kind', noun, used, subject: false };
  }
  return { type: 'noun', noun, used, subject: false };
}

/** "what is the name of …", "my zip code": what the noun that is asked for says. */
function named(tokens: readonly Token[], from: number, used: Set<number>): Expected {
  const of = tokens.findIndex(
    ({ lower }, index) => index > from && PREPOSITIONS.has(lower) && lower !== 'like',
  );
  const at = (of > from ? of : tokens.length) - 1;
  const lower = tokens[at]?.lower ?? '';
  const noun = nounMeaning(lower);
  if (Object.hasOwn(BY_NOUN, lower)) {
    used.add(at);
    return { type: BY_NOUN[lower]!, noun, used, subject: false };
  }
  if (CODES.has(lower)) return { type: 'code', noun, used, subject: false };
  if (isListedKind(noun)) {
    used.add(at);
    return { type: 'kind', noun, used, subject: false };
  }
  return { type: 'thing', noun, used, subject: false };
}
