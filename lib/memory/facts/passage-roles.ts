import { isAuxiliaryWord } from './asking.js';
import { isAtAnotherTime } from './days.js';
import { MODALS, POSSESSIVES, PREPOSITIONS } from './lexicon.js';
import {
  isAttitude,
  isProper,
  isSmall,
  type Participant,
  participantsOf,
  type Passage,
} from './passages.js';
import type { Sought, Term } from './sought.js';
import { isKindOf, nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import { isPast, isVerbForm } from './verbs.js';

const SAYING =
  /^(?:says?|said|thinks?|thought|told|tells|suggest(?:s|ed)?|reckons?|swears|insists)$/;
/** Words that make another thing of what follows them. */
const OTHER =
  /^(?:ex|old|former|previous|favou?rite|fave|other|another|last|next|second|future|late|step|half)$/;
/** Verbs after which something is somebody's no more. */
const PARTING = /^(?:sold|scrapped|donated|quit|returned|demolished)$/;
/** Who does the one has the other done by somebody else. */
const LENDING = /^(?:lend|lends|lent|loan|loaned)$/;
const BORROWING = /^borrow(?:s|ed|ing)?$/;
/** It may not be so at all. */
const DOUBT = /^(?:might|may|wish|hope|hoping|considering|almost|nearly)$/;
const FAVORITE = nounMeaning('favorite');

/** "my |ex| wife", "my |bank's| number": another one than the question names. */
function isAnother(tokens: readonly Token[], taken: ReadonlySet<number>): boolean {
  return [...taken].some((at) => {
    const before = tokens[at - 1];
    if (!before || taken.has(at - 1)) return false;
    if (before.apostrophe)
      return (
        at > 1 &&
        !taken.has(at - 2) &&
        !/^(?:car|van|bike|truck|motorbike|it|that|there|what|here|who)$/.test(
          tokens[at - 2]!.lower,
        )
      );
    return OTHER.test(before.lower);
  });
}

/** "what does |my brother| do" is not answered by what |her brother| does. */
function isOwnedOtherwise(
  tokens: readonly Token[],
  { terms, tokens: asked }: Sought,
  places: ReadonlyMap<Term, readonly number[]>,
): boolean {
  return terms.some((term) => {
    const own = possessiveBefore(asked, term.at);
    const found = places.get(term) ?? [];
    if (!term.somebody || !/^(?:my|our)$/.test(own ?? '') || found.length === 0) return false;
    return found.every((at) => /^(?:his|her|their|your)$/.test(possessiveBefore(tokens, at) ?? ''));
  });
}

/** "my" of "my older brother". */
function possessiveBefore(tokens: readonly Token[], at: number): string | undefined {
  let before = at - 1;
  while (before >= 0 && before > at - 3 && !isSmall(tokens[before]!) && !isProper(tokens, before))
    before--;
  const { lower = '' } = tokens[before] ?? {};
  return POSSESSIVES.has(lower) ? lower : undefined;
}

/** A favourite drink answers no question about a favourite food. */
function isOtherFavorite(tokens: readonly Token[], noun: string | undefined): boolean {
  return tokens.some(({ lower }, at) => {
    const next = tokens[at + 1];
    if (nounMeaning(lower) !== FAVORITE || !next || isSmall(next) || noun === undefined)
      return false;
    const told = nounMeaning(next.lower);
    return told !== noun && !isKindOf(told, noun) && !isKindOf(noun, told);
  });
}

/** Whether everybody does and owns in the passage what the question says of them. */
export function sameRoles(
  passage: Passage,
  sought: Sought,
  places: ReadonlyMap<Term, readonly number[]>,
  taken: ReadonlySet<number>,
  values: readonly number[],
): boolean {
  const { tokens } = passage;
  const answers = new Set(values);
  const people = participantsOf(tokens);
  const { type, noun } = sought.expected;
  const byName = type === 'person' || type === 'name' || (type === 'thing' && noun !== undefined);
  if (isAnother(tokens, taken) || isOtherFavorite(tokens, noun)) return false;
  if (isOwnedOtherwise(tokens, sought, places) || isAtAnotherTime(tokens, sought.tokens))
    return false;
  for (const { at, user } of people) {
    if (user || taken.has(at) || (byName && answers.has(at))) continue;
    if (leads(tokens, at, taken)) return false;
  }
  const verbs = sought.terms.filter(({ verb, light }) => verb && !light);
  for (const verb of verbs) {
    const found = places.get(verb) ?? [];
    if (found.length === 0) continue;
    if (!found.some((at) => sameSubject(passage, sought, places, verb, at, people, answers)))
      return false;
  }
  if (
    tokens.some(({ lower }, at) => lower === 'used' && tokens[at + 1]?.lower === 'to') &&
    sought.present
  )
    return false;
  // "where do i live" is not answered by the flat that was sold.
  if (sought.present && tokens.some(({ lower }, at) => !taken.has(at) && PARTING.test(lower)))
    return false;
  return !hasAttitude(tokens, taken) || sought.attitude;
}

/** Whether somebody does or owns something: a verb or an apostrophe follows. */
function leads(tokens: readonly Token[], at: number, taken: ReadonlySet<number>): boolean {
  const next = tokens[at + 1];
  if (!next) return false;
  if (next.apostrophe) {
    let thing = at + 2;
    while (thing < tokens.length && isSmall(tokens[thing]!)) thing++;
    return taken.has(thing) || !isObject(tokens, at);
  }
  if (SAYING.test(next.lower)) return false;
  if (isAuxiliaryWord(next.lower)) return true;
  if (/^(?:who|and|,)$/.test(next.lower)) return false;
  return isVerbForm(next.lower) && !next.lower.endsWith('ing');
}

function hasAttitude(tokens: readonly Token[], taken: ReadonlySet<number>): boolean {
  return tokens.some(
    (token, at) =>
      isAttitude(token) &&
      [1, 2, 3, 4, 5].some((step) => {
        const next = tokens[at + step];
        const doubtful = DOUBT.test(token.lower) && step < 4;
        return next !== undefined && (doubtful || taken.has(at + step)) && isVerbForm(next.lower);
      }),
  );
}

/** Whether who does it in the passage is who does it in the question, at a time that fits. */
function sameSubject(
  { tokens }: Passage,
  sought: Sought,
  places: ReadonlyMap<Term, readonly number[]>,
  verb: Term,
  at: number,
  people: readonly Participant[],
  answers: ReadonlySet<number>,
): boolean {
  const word = tokens[at]!.lower;
  const before = tokens[at - 1]?.lower ?? '';
  const passive = /^(?:am|is|are|was|were|been|be|got|get|being)$/.test(before) && isPast(word);
  const helped =
    passive || /^(?:have|has|had|'ve|been|'s)$/.test(before) || tokens[at - 1]?.apostrophe === true;
  if (
    sought.present &&
    sought.tokens[verb.at]!.lower !== word &&
    isPast(word) &&
    isVerbForm(word) &&
    !helped &&
    !MODALS.has(before)
  ) {
    // "cut", "read": the form does not tell.
    if (!/^(?:cut|read|put|set|cost|hit|let|shut|bet|quit|hurt)$/.test(word)) return false;
  }
  if (passive) return true;
  // "my |supervisor| is …" of "who |supervises| me"
  if (!isVerbForm(word) && /^(?:my|our)$/.test(before))
    return sought.people.every(({ user }) => user);
  const wanted = sought.tokens[verb.at]!.lower;
  const converse =
    (LENDING.test(wanted) && BORROWING.test(word)) ||
    (BORROWING.test(wanted) && LENDING.test(word));
  const asker = sought.people.filter((one) => one.at < verb.at).at(-1);
  const doer = people.filter((one) => one.at < at && !isObject(tokens, one.at)).at(-1);
  if (sought.expected.subject) {
    const after = sought.people.filter((one) => one.at > verb.at);
    return after.every((one) => {
      const term = sought.terms.find((other) => other.at === one.at);
      const told = term
        ? (places.get(term) ?? [])
        : people.filter(({ user }) => user).map((other) => other.at);
      return told.some((index) => (converse ? index < at : index > at));
    });
  }
  if (converse && asker && doer) return asker.user !== doer.user;
  if (!asker || !doer) return !asker || asker.user || doer !== undefined;
  if (asker.user !== doer.user)
    return (
      // "who did i marry" is not answered by whom Peter married.
      people.some(({ user }) => user === asker.user) &&
      answers.has(doer.at) &&
      sought.expected.type === 'person'
    );
  if (asker.user) return true;
  const term = sought.terms.find((other) => other.at === asker.at);
  return (
    term === undefined || (places.get(term) ?? []).includes(doer.at) || isProper(tokens, doer.at)
  );
}

/** Whether a preposition comes before it. */
export function isObject(tokens: readonly Token[], at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /^(?:my|our|the|a|an|his|her)$/.test(tokens[before]!.lower)) before--;
  return PREPOSITIONS.has(tokens[before]?.lower ?? '');
}
