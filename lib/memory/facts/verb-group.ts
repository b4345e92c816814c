import {
  ADVERBS,
  ANIMALS,
  CONJUNCTIONS,
  COPULAS,
  DETERMINERS,
  DO,
  HAVE,
  isAdjective,
  isListedAdjective,
  MODALS,
  NEGATIONS,
  PEOPLE,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { isCapital } from './nominal.js';
import { isPlural } from './thesaurus.js';
import type { Token } from './tokens.js';
import { isFinite, isPast, isVerbForm, verbStem } from './verbs.js';

/** The verbs of a clause, taken together. */
export interface VerbGroup {
  /** 'be', 'name', or the stems of the verbs: "love read" for "i love to read". */
  readonly relation: string;
  readonly negated: boolean;
  readonly past: boolean;
  readonly ended: boolean;
  /** "would", "should", "might": it is not said to be so. */
  readonly unreal: boolean;
  /** Index of the second verb, where one hangs on the other. */
  readonly chained: number | undefined;
  /** Index of the token after the group. */
  readonly next: number;
}

/** "does" and "did" of a question that was turned into a statement. */
export const ASKED_DO = new Set(['¿do', '¿did']);
const PARTICLES = new Set('up out away back down off over'.split(' '));
const NAMED = /^(?:named|called|nicknamed|christened|dubbed)$/;
/** Verbs that take another verb: "i love reading", "i started to paint". */
/** Verbs that only say how far another one is. */
const ASPECT = new Set(['start', 'begin', 'keep', 'continu', 'stop', 'quit', 'finish', 'go']);
const CHAINING = new Set(
  'like love enjoi hate start stop keep finish begin go quit practic want need plan hope learn try decid prefer plan intend'.split(
    ' ',
  ),
);
/** What "my hobby is painting" is about: a gerund is then a thing, not a tense. */
const ACTIVITY_NOUNS =
  /^(?:hobby|hobbies|job|passion|activity|sport|dream|plan|goal|favou?rite|pastime|habit|talent|skill|exercise|specialty|weakness|strength|thing|subject|game|wish)$/;

/** Whether the token is a verb that needs no list to be known. */
export function isAuxiliary(tokens: readonly Token[], at: number): boolean {
  const { lower, text } = tokens[at]!;
  if (COPULAS.has(lower) || HAVE.has(lower) || DO.has(lower) || ASKED_DO.has(lower)) return true;
  if (!MODALS.has(lower)) return false;
  // "Will is my brother": a name where the next word is a verb.
  return !(/^[WM]/.test(text) && at === 0 && COPULAS.has(tokens[at + 1]?.lower ?? ''));
}

const isNot = (token: Token | undefined): boolean =>
  token !== undefined && NEGATIONS.has(token.lower) && token.lower !== 'no';

/** Index of the verb of the clause whose subject begins at `from`; undefined when there is none. */
export function findVerb(tokens: readonly Token[], from: number, end: number): number | undefined {
  const first = tokens[from]?.lower ?? '';
  if (SUBJECT_PRONOUNS.has(first) && !(POSSESSIVES.has(first) && first !== 'her')) {
    return verbAfterPronoun(tokens, from + 1, end);
  }
  const least = from + (DETERMINERS.has(first) || POSSESSIVES.has(first) ? 2 : 1);
  let lexical: number | undefined;
  for (let at = from + 1; at < end; at++) {
    const token = tokens[at]!;
    const before = tokens[at - 1]!;
    if (token.kind === 'mark' && !token.apostrophe) break;
    if (at > from && SUBJECT_PRONOUNS.has(token.lower) && token.lower !== 'it') break;
    if (QUESTION_WORDS.has(token.lower) || (token.lower === 'that' && at > from)) break;
    if (isAuxiliary(tokens, at) && at >= Math.min(least, from + 1)) {
      if (lexical === undefined || onlyNounsBetween(tokens, lexical, at)) return at;
      return lexical;
    }
    if (token.lower === "'s" && token.apostrophe && isCliticVerb(tokens, at, end))
      return lexical ?? at;
    if (lexical === undefined && at >= least && isLexicalVerb(tokens, from, at, end)) lexical = at;
    if (CONJUNCTIONS.has(before.lower) && lexical !== undefined && at > lexical + 1) {
      // Beyond the first coordination nothing decides about the subject any more.
      if (SUBJECT_PRONOUNS.has(token.lower) || POSSESSIVES.has(token.lower)) break;
    }
  }
  return lexical ?? unknownVerb(tokens, least, end);
}

function verbAfterPronoun(tokens: readonly Token[], from: number, end: number): number | undefined {
  let at = from;
  while (at < end && (ADVERBS.has(tokens[at]!.lower) || isNot(tokens[at]))) at++;
  const token = tokens[at];
  if (!token || at >= end || token.kind !== 'word') return undefined;
  if (token.lower === "'s") return at;
  if (CONJUNCTIONS.has(token.lower) || (PREPOSITIONS.has(token.lower) && token.lower !== 'like'))
    return undefined;
  return DETERMINERS.has(token.lower) || POSSESSIVES.has(token.lower) ? undefined : at;
}

/** "my name's Gary": an 's is the verb when no other verb comes after it. */
function isCliticVerb(tokens: readonly Token[], at: number, end: number): boolean {
  const next = tokens[at + 1];
  if (!next || at + 1 >= end || next.kind === 'mark') return false;
  const { lower } = next;
  if (DETERMINERS.has(lower) || NAMED.test(lower) || isNot(next) || POSSESSIVES.has(lower))
    return true;
  for (let later = at + 1; later < end; later++) {
    if (tokens[later]!.kind === 'mark') break;
    if (
      isAuxiliary(tokens, later) ||
      (later > at + 1 && isFinite(tokens[later]!.lower) && later + 1 < end)
    )
      return false;
    if (later > at + 1 && tokens[later]!.lower === "'s" && isCliticVerb(tokens, later, end))
      return false;
  }
  // "my sister's dog" alone is no sentence; "my name's Gary" and "my dog's in the garden" are.
  return true;
}

function onlyNounsBetween(tokens: readonly Token[], from: number, to: number): boolean {
  return tokens.slice(from, to).every(({ lower, kind, apostrophe }, index) => {
    if (apostrophe) return true;
    if (kind === 'mark' || CONJUNCTIONS.has(lower)) return false;
    return (
      index === 0 || !(DETERMINERS.has(lower) || POSSESSIVES.has(lower) || PREPOSITIONS.has(lower))
    );
  });
}

/** A form of a known verb that agrees with its subject. */
function isLexicalVerb(tokens: readonly Token[], from: number, at: number, end: number): boolean {
  const { lower } = tokens[at]!;
  const before = tokens[at - 1]!;
  const next = tokens[at + 1];
  // "my car broke down", but not "my brother is broke"
  const adjective = isListedAdjective(lower) || (isAdjective(lower) && !isVerbForm(lower));
  const describes = adjective && !(isPast(lower) && PARTICLES.has(next?.lower ?? ''));
  if (!isFinite(lower) || isAuxiliary(tokens, at) || describes) return false;
  // "a sister called Zoe" says no more than "a sister".
  const takes = /^(?:me|us|you|him|her|them|it|my|our|the|an?|in|at|on)$/.test(next?.lower ?? '');
  if (NAMED.test(lower) && !takes) return false;
  if (before.apostrophe || PREPOSITIONS.has(before.lower) || DETERMINERS.has(before.lower))
    return false;
  if (POSSESSIVES.has(before.lower)) return false;
  const third = lower.endsWith('s') && !isPast(lower);
  if (
    at + 1 >= end &&
    third &&
    !isCapital(tokens[from]) &&
    !PEOPLE.has(before.lower) &&
    !ANIMALS.has(before.lower)
  ) {
    return false; // "my favourite plays"
  }
  if (third || isPast(lower)) return true;
  const many =
    isPlural(before.lower) || tokens.slice(from, at).some((token) => token.lower === 'and');
  return many && next !== undefined;
}

/** The verb of a clause whose verb is in no list: by its ending, or because it follows a person. */
function unknownVerb(tokens: readonly Token[], from: number, end: number): number | undefined {
  for (let at = from; at < end; at++) {
    const token = tokens[at]!;
    const before = tokens[at - 1]!;
    if (token.kind === 'mark' || CONJUNCTIONS.has(token.lower) || PREPOSITIONS.has(token.lower))
      return undefined;
    const someone = PEOPLE.has(before.lower) || ANIMALS.has(before.lower) || isCapital(before);
    if (isCapital(token) || before.apostrophe || token.apostrophe) continue;
    if (someone && /[a-z](?:s|ed)$/.test(token.lower) && !token.lower.endsWith('ss')) return at;
    if (/[a-z]{2}ed$/.test(token.lower) && at + 1 < end) return at;
    // "my passport lapses in march"
    const next = at + 1 < end ? tokens[at + 1]!.lower : '';
    const takes = PREPOSITIONS.has(next) || DETERMINERS.has(next) || POSSESSIVES.has(next);
    if (takes && /[a-z]{2}[^sui]s$/.test(token.lower) && !isPlural(before.lower)) return at;
  }
  return undefined;
}

/** Reads the verbs that begin at `at`. `animate`: the subject is somebody, who can be doing something. */
export function readVerbs(
  tokens: readonly Token[],
  at: number,
  end: number,
  animate: boolean,
  subjectWord: string,
): VerbGroup {
  let negated = tokens.slice(Math.max(0, at - 2), at).some(isNot);
  let past = false;
  let ended = false;
  let unreal = false;
  let next = at;
  let chainedAt: number | undefined;
  const skip = () => {
    while (next < end && (ADVERBS.has(tokens[next]!.lower) || isNot(tokens[next]))) {
      negated ||= isNot(tokens[next]);
      next++;
    }
  };
  const lowerAt = (index: number) => (index < end ? (tokens[index]?.lower ?? '') : '');
  const group = (relation: string): VerbGroup => ({
    relation,
    negated,
    past,
    ended,
    unreal,
    chained: chainedAt,
    next,
  });

  let verb = lowerAt(next);
  if (ASKED_DO.has(verb)) {
    past = verb === '¿did';
    next++;
    skip();
    verb = lowerAt(next);
  } else if (MODALS.has(verb) || verb === 'would') {
    unreal = /^(?:would|should|could|might|may|must)$/.test(verb);
    next++;
    skip();
    verb = lowerAt(next);
  } else if (DO.has(verb) && next + 1 < end) {
    const from = next++;
    const was = negated;
    skip();
    if (isVerbForm(lowerAt(next)) || (negated && !was && next < end)) {
      past = verb === 'did';
      verb = lowerAt(next);
    } else next = from;
  }
  if (HAVE.has(verb) && next + 1 < end) {
    const from = next++;
    skip();
    const follows = lowerAt(next);
    if (follows === 'got') verb = 'have';
    else if (
      follows === 'been' ||
      (isPast(follows) && (isVerbForm(follows) || /[^e]ed$/.test(follows)))
    ) {
      past = true;
      verb = follows;
    } else if (follows === 'to' && isVerbForm(lowerAt(next + 1))) {
      next++;
      verb = lowerAt(next);
    } else {
      past ||= verb === 'had';
      next = from;
      verb = 'have';
    }
  }
  if (COPULAS.has(verb) || verb === "'s") {
    past ||= verb.startsWith('w') || verb === 'been';
    next++;
    skip();
    if (lowerAt(next) === 'been') next++; // "it's been moved"
    return group(afterCopula());
  }
  if (/^used?$/.test(verb) && lowerAt(next + 1) === 'to') {
    past = ended = true;
    next += 2;
    verb = lowerAt(next);
    if (verb === 'be') {
      next++;
      return group(afterCopula());
    }
  }
  if (negated && lowerAt(next - 2) === 'can' && /^(?:stand|bear|stomach)$/.test(verb)) {
    negated = false;
    verb = 'hate';
  }
  past ||= isPast(verb);
  next++;
  const state = lowerAt(next);
  if (
    /^(?:got|get|gets)$/.test(verb) &&
    isPast(state) &&
    isVerbForm(state) &&
    next + 1 < end &&
    !isAdjective(state)
  ) {
    next++;
    return group(`be ${verbStem(state)}`); // "i got hired by"
  }
  return group(chained(verbStem(verb)));

  function afterCopula(): string {
    const word = lowerAt(next);
    if (NAMED.test(word) || (word === 'known' && lowerAt(next + 1) === 'as')) {
      next += word === 'known' ? 2 : 1;
      return 'name';
    }
    const liked = likingEnds(tokens, next, end);
    if (animate && liked !== undefined) {
      next = liked;
      return 'like';
    }
    if (word === 'going' && lowerAt(next + 1) === 'to' && isVerbForm(lowerAt(next + 2))) {
      next += 3;
      return chained(verbStem(lowerAt(next - 1)));
    }
    const doing = /.ing$/.test(word) && isVerbForm(word) && !isAdjective(word.replace(/ing$/, '_'));
    const known = animate || (next + 1 < end && !ACTIVITY_NOUNS.test(subjectWord));
    if (doing && known && !isStateOf(word)) {
      next++;
      return chained(verbStem(word));
    }
    if (isPast(word) && isVerbForm(word) && !isAdjective(word)) {
      past = true;
      next++;
      return `be ${chained(verbStem(word))}`;
    }
    return 'be';
  }

  /** With the particle and the verbs that hang on the verb. */
  function chained(stemmed: string): string {
    // 'name' is what somebody is called; naming is calling.
    let relation = stemmed === 'name' ? 'call' : stemmed;
    if (PARTICLES.has(lowerAt(next)) && next < end) relation += ` ${lowerAt(next++)}`;
    const to = lowerAt(next) === 'to' ? 1 : 0;
    const other = lowerAt(next + to);
    const takes =
      to === 1
        ? isVerbForm(other) && !isCapital(tokens[next + to])
        : /.ing$/.test(other) && isVerbForm(other);
    if (ASPECT.has(stemmed) && takes) {
      ended ||= stemmed === 'stop' || stemmed === 'quit';
      next += to + 1;
      return chained(verbStem(other));
    }
    if (CHAINING.has(stemmed) && takes && (to === 0 || !/ing$|ed$/.test(other))) {
      next += to + 1;
      chainedAt = next - 1;
      relation += ` ${verbStem(other)}`;
    }
    return relation;
  }
}

/** After "a huge fan of", "into", "fond of" and the like. */
function likingEnds(tokens: readonly Token[], from: number, end: number): number | undefined {
  const words = tokens
    .slice(from, Math.min(end, from + 6))
    .map(({ lower }) => lower)
    .join(' ');
  const liking =
    /^(?:an? (?:[\p{L}]+ ){0,2}?(?:fan|lover|admirer|follower) of|(?:[\p{L}]+ly |so |very |quite )?(?:into|fond of|keen on|crazy about|mad about|obsessed with|passionate about))(?= |$)/u.exec(
      words,
    )?.[0];
  return liking === undefined ? undefined : from + liking.split(' ').length;
}

/** "interesting" and the like are no tense. */
function isStateOf(word: string): boolean {
  return /^(?:interesting|boring|amazing|exciting|missing|charming|loving|caring|annoying|something|nothing)$/.test(
    word,
  );
}
