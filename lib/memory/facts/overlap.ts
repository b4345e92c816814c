import { headOf, type Fact, type Phrase } from './frame.js';
import { isAnimate, isAnimateNoun } from './animate.js';
import {
  ADVERBS,
  COPULAS,
  DEMONSTRATIVE,
  DETERMINERS,
  DO,
  FIRST_PERSON,
  HAVE,
  MODALS,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  THIRD_PERSON,
} from './lexicon.js';
import { type FactMatch, isPossessive, type Matcher } from './match.js';
import type { Hole, Question, Reading } from './reading.js';
import { isOfListedKind } from './kinds.js';
import { areOpposite } from './opposites.js';
import { isKindOf, nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import { isVerbForm, verbMeaning, verbStem } from './verbs.js';

/** A word of a question that a fact must hold to answer it. */
export interface AskedWord {
  readonly noun: string;
  /** The stem of the verb it may be. */
  readonly verb: string | undefined;
}

/** Verbs that say no more than that something has to do with something. */
const LIGHT = new Set(
  'see open unlock us visit meet attend belong happen start go show need take keep hold wear'.split(
    ' ',
  ),
);
/** What the verb of a fact speaks of without a word for it. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  drive: ['car', 'vehicl'],
  live: ['home', 'hous', 'address'],
  work: ['job', 'work'],
  speak: ['languag'],
  eat: ['food'],
  drink: ['drink'],
  read: ['book'],
  wear: ['cloth'],
  park: ['car'],
};
const SMALL = [
  QUESTION_WORDS,
  DETERMINERS,
  POSSESSIVES,
  PREPOSITIONS,
  FIRST_PERSON,
  THIRD_PERSON,
  DEMONSTRATIVE,
  COPULAS,
  HAVE,
  DO,
  MODALS,
  ADVERBS,
];
const FAVORITE = nounMeaning('favorite');
const EMPTY = /^(?:kind|type|sort|name|thing|one|ones|not|and|or|you|get|got|most|best|own)$/;

/** The words of a question that carry meaning. */
export function askedWords(tokens: readonly Token[]): AskedWord[] {
  return tokens.flatMap(({ lower, kind, apostrophe }) => {
    const small = SMALL.some((words) => words.has(lower)) || EMPTY.test(lower);
    if (kind !== 'word' || apostrophe || small || lower.startsWith('¿')) return [];
    const verb = isVerbForm(lower) ? verbMeaning(verbStem(lower)) : undefined;
    return [{ noun: nounMeaning(lower), verb }];
  });
}

/**
 * Facts that hold all words of the question though none of its readings fits them: "what color is my car" of "i drive
 * a green Saab". Only a verb that says little may be missing, and what fills the hole must be of the kind asked for.
 */
export function overlapping(
  facts: readonly Fact[],
  { readings, words }: Question,
  matcher: Matcher,
): FactMatch | undefined {
  const reading = readings.find(({ tier }) => tier === 0);
  if (!reading || words.length === 0) return undefined;
  const found: FactMatch[] = [];
  for (const fact of facts) {
    if (fact.replaced || fact.negated || (fact.ended && !reading.past)) continue;
    if (isOtherFavorite(fact, reading)) continue;
    if (!sameOwners(fact, reading, words, matcher) || !sameParts(fact, reading)) continue;
    const held = words.filter((word) => holds(fact, word));
    const missing = words.filter((word) => !held.includes(word));
    const relation = verbMeaning(fact.relation.split(' ')[0]!);
    const light = missing.every(
      ({ verb }) => verb !== undefined && LIGHT.has(verb) && !areOpposite(verb, relation),
    );
    if (!light || missing.length > 1 || held.length < 2 - missing.length) continue;
    const values = fill(fact, reading.hole, held, missing.length > 0);
    if (values) found.push({ fact, reading: { ...reading, tier: 3 }, score: 0.5, values });
  }
  return found.at(-1);
}

/** The favourite drink is not the favourite food. */
function isOtherFavorite({ subject }: Fact, { subject: asked }: Reading): boolean {
  const [told, other] = [subject.steps.at(-1), asked?.steps.at(-1)];
  const favorites = [told, other].every((step) => step?.modifiers.includes(FAVORITE));
  return favorites && told!.head !== other!.head && !isKindOf(told!.head, other!.head);
}

/** Whoever the fact is about must be asked about, and nobody else may be. */
function sameOwners(
  { subject }: Fact,
  reading: Reading,
  words: readonly AskedWord[],
  matcher: Matcher,
): boolean {
  const { subject: asked } = reading;
  if (asked?.root === 'assistant') return false;
  const owners = subject.steps.slice(0, -1).map(({ head }) => head);
  if (isFormer(subject) && !words.some(({ noun }) => noun === 'old' || noun === 'former'))
    return false;
  // My bank's phone number is not mine; my car's license plate is.
  if (!owners.every((head) => head === 'car' || words.some(({ noun }) => noun === head)))
    return asked !== undefined && matcher.fits(asked, subject) > 0;
  // What the user ate with Bruno is not what Bruno eats.
  const named = asked?.root === 'world' && isAnimate(asked);
  if (named && subject.root === 'user' && subject.steps.length === 0) return false;
  const user = subject.root === 'user' && subject.steps.every(({ head }) => !isAnimateNoun(head));
  const things = subject.root === 'world' && !subject.steps.some(({ head }) => isAnimateNoun(head));
  if (asked?.steps.length === 0 && asked.root !== 'world') return user || things;
  if (asked && matcher.fits(asked, subject) > 0) return true;
  return (
    (user || things || words.some(({ noun }) => noun === headOf(subject))) &&
    words.every(
      ({ noun }) =>
        !isAnimateNoun(noun) || subject.steps.some(({ head }) => head === noun) || !user,
    )
  );
}

/** "who likes Peter" is not answered by what Peter likes. */
function sameParts(
  { subject, objects, adjuncts }: Fact,
  { hole, objects: asked }: Reading,
): boolean {
  if (hole.part !== 'subject') return true;
  // "who teaches me" is not answered by whom the user teaches.
  const me = asked.some(({ entity }) => entity?.root === 'user' && entity.steps.length === 0);
  if (me && subject.root === 'user' && subject.steps.length === 0) return false;
  const told = [...objects, ...adjuncts.map(({ phrase }) => phrase)].flatMap(({ words }) => words);
  return asked.every(
    ({ kind, words }) => kind !== 'name' || words.some((word) => told.includes(word)),
  );
}

/** "my old number" is not my number. */
function isFormer({ steps }: Fact['subject']): boolean {
  return steps.some(({ modifiers }) => modifiers.includes('old') || modifiers.includes('former'));
}

function wordsOf({ subject, objects, adjuncts, relation }: Fact): string[] {
  const path = subject.steps.flatMap(({ head, modifiers }) => [head, ...modifiers]);
  const parts = [...objects, ...adjuncts.map(({ phrase }) => phrase)];
  return [...path, ...parts.flatMap(({ words }) => words), ...impliedBy(relation)];
}

function impliedBy(relation: string): readonly string[] {
  const verb = verbMeaning(relation.split(' ')[0]!);
  return Object.hasOwn(IMPLIED, verb) ? IMPLIED[verb]! : [];
}

function holds(fact: Fact, { noun, verb }: AskedWord): boolean {
  const relation = fact.relation.split(' ').map(verbMeaning);
  if (verb !== undefined && relation.includes(verb)) return true;
  return wordsOf(fact).some(
    (word) => word === noun || isKindOf(word, noun) || isOfListedKind(word, noun),
  );
}

/** What of the fact answers the question: for a bare "what", what was not asked with. */
function fill(
  { objects, adjuncts, subject }: Fact,
  hole: Hole,
  held: readonly AskedWord[],
  strict: boolean,
): readonly Phrase[] | undefined {
  const some = (found: readonly Phrase[]) => (found.length > 0 ? found : undefined);
  const places = adjuncts.filter(({ role }) => role === 'place').map(({ phrase }) => phrase);
  const times = adjuncts.filter(({ role }) => role === 'time').map(({ phrase }) => phrase);
  const free = objects.filter(
    ({ words }) => !words.some((word) => held.some(({ noun }) => noun === word)),
  );
  switch (hole.part) {
    case 'time':
      return some([...times, ...free.filter(({ kind }) => kind === 'time')]);
    case 'adjunct':
      if (hole.role === 'time') return some(times);
      return hole.role === 'place' ? some(places) : undefined;
    case 'object':
    case 'subject': {
      const noun = hole.noun?.at(-1);
      if (noun === undefined) return strict ? undefined : some(free);
      const ofKind = objects.filter(({ words }) =>
        words.some((word) => isOfListedKind(word, noun)),
      );
      // "what code opens the garage": "the code for the garage is …"
      return some(ofKind.length > 0 || !hole.noun!.includes(headOf(subject) ?? '') ? ofKind : free);
    }
    case 'owner':
      return some(objects.filter(isPossessive));
    default:
      return undefined;
  }
}
