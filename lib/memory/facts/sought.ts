import { type Expected, expectedOf } from './answer-types.js';
import { type Asked, isAuxiliaryWord } from './asking.js';
import { SECOND_PERSON, THIRD_PERSON } from './lexicon.js';
import {
  isAttitude,
  isNegated,
  isPerson,
  isProper,
  isSmall,
  type Participant,
  participantsOf,
} from './passages.js';
import { acceptedFor, phraseAt } from './related-words.js';
import type { Token } from './tokens.js';
import { isVerbForm } from './verbs.js';

/** A word of a question that the passage must hold. */
export interface Term {
  readonly at: number;
  readonly accepted: ReadonlySet<string>;
  readonly light: boolean;
  readonly verb: boolean;
  readonly somebody: boolean;
}

/** A question as words and the type of its answer. */
export interface Sought {
  readonly tokens: readonly Token[];
  readonly terms: readonly Term[];
  readonly expected: Expected;
  readonly people: readonly Participant[];
  readonly negated: boolean;
  readonly attitude: boolean;
  readonly present: boolean;
}

/** Verbs that a told sentence need not have. */
const LIGHT =
  /^(?:punch|enter|type|press|dial|tap|own|get|got|use|happen|need|wear|owned|used|have|having)$/;
const ADVICE = /^(?:should|can|could|may|might|must|shall|would)$/;
/** What a question looks for; undefined for one that nothing told can answer. */
export function soughtBy({ tokens, requested }: Asked): Sought | undefined {
  if (tokens.some(({ lower }) => SECOND_PERSON.has(lower) || /^(?:your|yours|ur)$/.test(lower)))
    return undefined;
  if (tokens.some(({ lower }) => THIRD_PERSON.has(lower) && lower !== 'it')) return undefined;
  const expected = expectedOf(tokens, requested);
  if (!expected) return undefined;
  const lowers = tokens.map(({ lower }) => lower);
  const advises = lowers.some(
    (lower, at) => ADVICE.test(lower) && lowers[at + 1] !== 'not' && !/^would$/.test(lower),
  );
  if (advises && !isNegated(tokens)) return undefined;
  // "how do i boil an egg"
  if (expected.type === 'manner' && !lowers.some((lower) => /^(?:did|was|were)$/.test(lower)))
    return undefined;
  const terms = termsOf(tokens, expected);
  if (terms.every(({ light }) => light)) return undefined;
  const auxiliary = lowers.find((lower) => isAuxiliaryWord(lower));
  const sought = {
    tokens,
    terms,
    expected,
    people: participantsOf(tokens).filter(({ at }) => !expected.used.has(at)),
    negated: isNegated(tokens),
    attitude: tokens.some(isAttitude),
    present: auxiliary === undefined ? false : /^(?:do|does|is|are|am|'s)$/.test(auxiliary),
  };
  return sought;
}

function termsOf(tokens: readonly Token[], { used }: Expected): Term[] {
  let inside = 0;
  return tokens.flatMap((token, at): Term[] => {
    if (at < inside) return [];
    const somebody = isPerson(tokens, at) || (at > 0 && isProper(tokens, at));
    if (used.has(at) || token.kind !== 'word' || token.apostrophe || isAttitude(token)) return [];
    const phrase = phraseAt(tokens, at);
    if (phrase) inside = at + phrase.length;
    if (phrase === undefined && isSmall(token) && !somebody) return [];
    const words = phrase?.word.split(' ') ?? [token.lower];
    const word = words[0]!;
    return [
      {
        at,
        accepted: new Set(words.flatMap((one) => [...acceptedFor(one, somebody)])),
        light: LIGHT.test(word),
        verb: isVerbForm(word) && !somebody,
        somebody,
      },
    ];
  });
}
