import { below, type Entity, type Phrase, type PhraseKind, type Step, USER } from './frame.js';
import {
  ADVERBS,
  ANIMALS,
  CONJUNCTIONS,
  COPULAS,
  DEMONSTRATIVE,
  DETERMINERS,
  DO,
  FIRST_PERSON,
  HAVE,
  INDEFINITE,
  isAdjective,
  isListedAdjective,
  isNumber,
  isTimeWord,
  MODALS,
  MONTHS,
  PEOPLE,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SECOND_PERSON,
  SUBJECT_PRONOUNS,
  THIRD_PERSON,
} from './lexicon.js';
import { compoundMeaning, isPlural, nounMeaning } from './thesaurus.js';
import { spanOf, type Token } from './tokens.js';
import { isVerbForm } from './verbs.js';

/** A noun phrase that was read, and what it tells by the way. */
export interface Nominal {
  readonly phrase: Phrase;
  readonly entity: Entity;
  /** Index of the token after it. */
  readonly next: number;
  /** "Anna" of "my sister Anna". */
  readonly name: Phrase | undefined;
  /** "two", "a": it need not be somebody's yet. */
  readonly indefinite: boolean;
  readonly plural: boolean;
}

const PRONOUN_ROOTS: Readonly<Record<string, Entity['root']>> = {
  he: 'he', him: 'he', his: 'he', himself: 'he', she: 'she', her: 'she', herself: 'she', it: 'it', its: 'it',
  itself: 'it', they: 'they', them: 'they', their: 'they', themselves: 'they', my: 'user', our: 'user', your: 'assistant',
  ur: 'assistant',
}; // prettier-ignore

/** After whom a name may follow in lower case: "my sister anna", but not "my dentist appointment". */
const KIN = new Set(
  'mother father mom mum dad sister brother son daughter wife husband girlfriend boyfriend grandmother grandfather grandma grandpa aunt uncle cousin niece nephew friend'.split(
    ' ',
  ),
);
/** Nouns that form one word with the person before them: "my mother tongue". */
const COMPOUND = new Set(
  'tongue shower group company team dog cat name car bike house school number job birthday phone code food day tooth'.split(
    ' ',
  ),
);

export const isCapital = (token: Token | undefined): boolean =>
  token !== undefined && /^\p{Lu}/u.test(token.text) && token.lower !== 'i';

/** The phrase made of tokens[from … to), by what it looks like. */
export function phraseOf(
  text: string,
  tokens: readonly Token[],
  from: number,
  to: number,
  kind: PhraseKind,
  entity?: Entity,
  count?: Phrase['count'],
): Phrase {
  const part = tokens.slice(from, to);
  const span = spanOf(part);
  const content = part.filter(isContent);
  const meanings = content.map(({ lower }) => nounMeaning(lower));
  return {
    span,
    text: text.slice(span.start, span.end),
    kind,
    words: meanings,
    head: meanings.at(-1),
    entity,
    count,
  };
}

/** Whether a token carries meaning of its own. */
export function isContent({ lower, kind, apostrophe }: Token): boolean {
  return (
    kind !== 'mark' &&
    !apostrophe &&
    !DETERMINERS.has(lower) &&
    !POSSESSIVES.has(lower) &&
    !FIRST_PERSON.has(lower) &&
    !['of', 'and', 'or'].includes(lower)
  );
}

/** Reads a pronoun that stands for someone or something. */
function pronoun(text: string, tokens: readonly Token[], at: number): Nominal | undefined {
  const { lower } = tokens[at]!;
  let root: Entity['root'] | undefined;
  if (FIRST_PERSON.has(lower) || lower === 'mine') root = 'user';
  else if (SECOND_PERSON.has(lower)) root = 'assistant';
  else if (THIRD_PERSON.has(lower)) root = PRONOUN_ROOTS[lower];
  if (!root) return undefined;
  const entity: Entity = { root, steps: [] };
  const phrase = phraseOf(text, tokens, at, at + 1, 'definite', entity);
  const plural = root === 'they';
  return { phrase, entity, next: at + 1, name: undefined, indefinite: false, plural };
}

/** Whether a noun phrase ends before this token whatever follows. */
function endsNominal(token: Token): boolean {
  const { lower, kind, apostrophe } = token;
  if (apostrophe) return false;
  return (
    kind === 'mark' ||
    PREPOSITIONS.has(lower) ||
    (CONJUNCTIONS.has(lower) && lower !== '&') ||
    QUESTION_WORDS.has(lower) ||
    COPULAS.has(lower) ||
    HAVE.has(lower) ||
    DO.has(lower) ||
    (MODALS.has(lower) && !isCapital(token)) ||
    SUBJECT_PRONOUNS.has(lower) ||
    POSSESSIVES.has(lower) ||
    DEMONSTRATIVE.has(lower) ||
    lower === 'not' ||
    lower === '¿'
  );
}

/**
 * Reads the noun phrase that begins at `from`, not beyond `end`. A possessive chain becomes a path: "my
 * sister's dog"; "the name of my dog" is turned round.
 */
export function readNominal(
  text: string,
  tokens: readonly Token[],
  from: number,
  end = tokens.length,
): Nominal | undefined {
  let at = from;
  while (at < end && ['all', 'both'].includes(tokens[at]!.lower))
    at += tokens[at + 1]?.lower === 'of' ? 2 : 1;
  const first = tokens[at];
  if (!first || at >= end) return undefined;
  const possessive = POSSESSIVES.has(first.lower);
  // "her" is an owner before a noun and somebody otherwise.
  const next = tokens[at + 1];
  const owns = possessive && next && at + 1 < end && !endsNominal(next) && !ADVERBS.has(next.lower);
  if (!owns) {
    const single = pronoun(text, tokens, at);
    if (single) return single;
  }
  let entity: Entity = { root: 'world', steps: [] };
  let indefinite = false;
  let definite = possessive;
  let count: Phrase['count'];
  if (possessive) {
    entity = { root: PRONOUN_ROOTS[first.lower]!, steps: [] };
    at++;
  } else if (DETERMINERS.has(first.lower)) {
    indefinite = INDEFINITE.has(first.lower);
    definite = !indefinite;
    at++;
  }
  const numberAt = tokens[at];
  const after = tokens[at + 1];
  if (
    numberAt &&
    after &&
    at + 1 < end &&
    isNumber(numberAt.lower) &&
    !endsNominal(after) &&
    !startsTime(tokens, at + 1)
  ) {
    count = { start: numberAt.start, end: numberAt.end };
    if (!possessive) indefinite = true;
    at++;
  }
  let stepFrom = at;
  while (at < end) {
    const token = tokens[at]!;
    if (token.apostrophe) {
      if (at === stepFrom) break;
      entity = below(entity, stepOf(text, tokens, stepFrom, at));
      definite = true;
      stepFrom = at + 1;
    } else if (endsNominal(token) || (DETERMINERS.has(token.lower) && !definite && at > stepFrom))
      break;
    else if (at > stepFrom && (ADVERBS.has(token.lower) || startsTime(tokens, at))) break;
    else if (at > stepFrom && /^(?:named|called|nicknamed)$/.test(token.lower)) break;
    at++;
  }
  if (at === stepFrom) {
    // "the umbrella is my sister's"
    if (entity.steps.length === 0 || at < from + 2) return undefined;
    const phrase = phraseOf(text, tokens, from, at, 'definite', entity);
    return { phrase, entity, next: at, name: undefined, indefinite: false, plural: false };
  }
  const nameFrom = nameWithin(
    tokens,
    stepFrom,
    at,
    possessive || definite || indefinite,
    possessive,
  );
  const step = stepOf(text, tokens, stepFrom, nameFrom ?? at);
  const name = nameFrom === undefined ? undefined : phraseOf(text, tokens, nameFrom, at, 'name');
  const steps: Step[] = [step];
  const state = at === from + 1 && isListedAdjective(first.lower); // "afraid of …"
  if (tokens[at]?.lower === 'of' && at + 1 < end && !state) {
    const whole = readNominal(text, tokens, at + 1, end);
    if (whole) {
      entity = whole.entity;
      at = whole.next;
    }
  }
  entity = below(entity, ...steps);
  const kind = kindOfWords(tokens.slice(from, at), { possessive, indefinite, definite, count });
  const phrase = phraseOf(text, tokens, from, nameFrom ?? at, kind, entity, count);
  const plural = isPlural(tokens[(nameFrom ?? at) - 1]!.lower);
  return { phrase, entity, next: at, name, indefinite, plural };
}

/** Where a name begins inside a noun phrase: "my sister |Anna". */
function nameWithin(
  tokens: readonly Token[],
  from: number,
  to: number,
  determined: boolean,
  possessed: boolean,
): number | undefined {
  if (!determined) return undefined;
  for (let at = from + 1; at < to; at++) {
    const { lower } = tokens[at - 1]!;
    const known = PEOPLE.has(lower) || ANIMALS.has(lower);
    if (isCapital(tokens[at])) {
      const rest = tokens.slice(at, to);
      if ((known || !isCapital(tokens[at - 1])) && rest.every((token) => !isPlainNoun(token))) {
        // "my parakeet Coco", but not "my blue Volvo"
        return known || (possessed && !isAdjective(lower)) ? at : undefined;
      }
      return undefined;
    }
    const bare = determined && KIN.has(lower) && to - at <= 2;
    if (bare && tokens.slice(at, to).every((token) => !isPlainNoun(token))) return at;
  }
  return undefined;
}

/** A word in lower case that is no name. */
function isPlainNoun(token: Token): boolean {
  const { lower } = token;
  if (isCapital(token)) return false;
  return (
    COMPOUND.has(lower) ||
    PEOPLE.has(lower) ||
    ANIMALS.has(lower) ||
    isNumber(lower) ||
    isVerbForm(lower) ||
    isAdjective(lower)
  );
}

function stepOf(text: string, tokens: readonly Token[], from: number, to: number): Step {
  const part = tokens.slice(from, to);
  const span = spanOf(part);
  const meanings = compoundMeaning(part.filter(isContent).map(({ lower }) => nounMeaning(lower)));
  return {
    head: meanings.at(-1) ?? part.at(-1)?.lower ?? '',
    modifiers: meanings.slice(0, -1),
    words: text.slice(span.start, span.end),
  };
}

/** Whether words that say when begin here: "yesterday", "last week", "every day", "3 years ago". */
export function startsTime(tokens: readonly Token[], at: number): boolean {
  const { lower } = tokens[at]!;
  const next = tokens[at + 1]?.lower ?? '';
  if (/^(?:last|next|this|every|each|these|all|past|one|later|earlier|early|late)$/.test(lower)) {
    return (
      isTimeWord(next) ||
      (/^(?:last|next|past)$/.test(lower) && isTimeWord(tokens[at + 2]?.lower ?? ''))
    );
  }
  if (isNumber(lower) && /^(?:years?|months?|weeks?|days?|hours?|minutes?)$/.test(next)) {
    return !/^(?:old|of)$/.test(tokens[at + 2]?.lower ?? '');
  }
  if (/^(?:once|twice)$/.test(lower)) return true;
  if (MONTHS.has(lower) && isNumber(next)) return true; // "may 14"
  if (/^(?:starting|beginning)$/.test(lower)) return isTimeWord(next);
  if (startsDate(tokens, lower === 'the' ? at + 1 : at)) return true;
  if (startsClock(tokens, at)) return true;
  return (
    isTimeWord(lower) &&
    !/^(?:birthday|second|fall|spring|day|hour|minute|night|week|month|year)$/.test(lower)
  );
}

/** Whether a day of a month begins here: "5th of august", "12 may", "first of every month". */
function startsDate(tokens: readonly Token[], at: number): boolean {
  const day = tokens[at]?.lower ?? '';
  const of = tokens[at + 1]?.lower === 'of' ? 1 : 0;
  const month = tokens[at + 1 + of]?.lower ?? '';
  const ordinal = /^(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|last)$/.test(day);
  if (of === 1 && ordinal) {
    return (
      MONTHS.has(month) ||
      (/^(?:every|each|the|this|next)$/.test(month) && tokens[at + 3]?.lower === 'month')
    );
  }
  return of === 0 && /^\d{1,2}(?:st|nd|rd|th)?$/.test(day) && MONTHS.has(month);
}

/** Whether a time of day in words begins here: "half past two", "quarter to nine", "five thirty". */
export function startsClock(tokens: readonly Token[], at: number): boolean {
  const [first, second, third] = tokens.slice(at, at + 3).map(({ lower }) => lower);
  if (!first || !second) return false;
  const of = (word: string | undefined) =>
    word !== undefined && (isNumber(word) || /^(?:noon|midnight)$/.test(word));
  if (/^(?:half|quarter)$/.test(first) || isNumber(first)) {
    if (/^(?:past|to|after|before|till)$/.test(second)) return of(third) && first !== 'to';
    return isNumber(first) && /^(?:o'clock|thirty|fifteen)$/.test(second);
  }
  return first === 'a' && second === 'quarter';
}

function kindOfWords(
  part: readonly Token[],
  {
    possessive,
    indefinite,
    definite,
    count,
  }: { possessive: boolean; indefinite: boolean; definite: boolean; count: Phrase['count'] },
): PhraseKind {
  const last = part.at(-1)!;
  if (part.every(({ lower }) => isNumber(lower))) return 'number';
  if (isTimeWord(part[0]!.lower) || (part.length <= 2 && isTimeWord(last.lower))) return 'time';
  if (possessive) return 'definite';
  if (count) return 'number';
  if (indefinite) return 'class';
  if (definite && !part.slice(1).every(isCapital)) return 'definite';
  const content = part.filter((token) => token.kind !== 'mark');
  if (content.every(isCapital) && !content.every(({ lower }) => isListedAdjective(lower)))
    return 'name';
  return content.every(({ lower }) => isAdjective(lower)) ? 'adjective' : 'bare';
}

/** The user's own path below which `noun` hangs. */
export function ownedBy(owner: Entity, { entity }: Nominal): Entity {
  const last = entity.steps.at(-1);
  return last ? below(owner, last) : USER;
}
