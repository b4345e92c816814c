import { isOfListedKind } from './kinds.js';
import {
  ADVERBS,
  COPULAS,
  DETERMINERS,
  isListedAdjective,
  isNumber,
  isTimeWord,
  MONTHS,
  POSSESSIVES,
  PREPOSITIONS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { isCapital, startsTime } from './nominal.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import type { Topic, ValueForm } from './topics.js';
import { isPast, isVerbForm } from './verbs.js';
import { isFunction, known, type Vocabulary } from './vocabulary.js';

const PARTICLE = /^(?:up|down|out|off|away|over|back)$/;
const JOINERS =
  /^(?:of|and|&|the|de|la|le|van|von|der|den|di|del|du|e|y|'s|n|in|with|on|to|for|a)$/;

/** The one part of the sentence that is neither the owner nor about the topic in general. */
export function segmentOf(
  text: string,
  tokens: readonly Token[],
  owners: ReadonlySet<number>,
  topic: Topic,
  vocabulary: Vocabulary,
  strong: boolean,
): string | undefined {
  const timed =
    topic.value === 'date' || topic.value === 'clock' ? new Set<number>() : timesIn(tokens);
  const isContent = tokens.map((token, at) => {
    if (owners.has(at) || timed.has(at) || token.kind !== 'word') return false;
    const first =
      at > 0 ||
      !known(token, vocabulary, topic) ||
      (isCapital(tokens[1]) && !isFunction(tokens[1]!));
    const proper = isCapital(token) && first;
    if (proper && isProperPart(tokens, at, vocabulary, topic)) return true;
    return !isFunction(token) && !token.apostrophe && !known(token, vocabulary, topic);
  });
  const segments: [from: number, to: number][] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (!isContent[at]) continue;
    let to = at + 1;
    for (let next = to; next < tokens.length; next++) {
      if (isContent[next]) to = next + 1;
      else if (!joins(tokens, next, isContent, owners, timed)) break;
    }
    segments.push([at, to]);
    at = to;
  }
  if (segments.length !== 1) return undefined;
  const [from, to] = segments[0]!;
  if (!fits(tokens, from, to, topic, strong)) return undefined;
  if (!isPlaced(tokens, from, vocabulary, strong)) return undefined;
  let start = from;
  if (isCapital(tokens[from - 1]) && DETERMINERS.has(tokens[from - 1]!.lower) && from > 1) start--;
  // "my shoe size is |size 9|"
  const sized = tokens[from - 1]?.lower === 'size' && tokens[from - 2];
  if (
    sized &&
    topic.value === 'number' &&
    (DETERMINERS.has(sized.lower) || COPULAS.has(sized.lower) || sized.apostrophe)
  )
    start--;
  if (topic.value !== 'class' && /^(?:the)$/.test(tokens[from - 1]?.lower ?? '')) start--;
  // "Saint Brendan's"
  const owned = tokens[to]?.lower === "'s" && isCapital(tokens[to - 1]) && to + 1 === tokens.length;
  return text.slice(tokens[start]!.start, tokens[owned ? to : to - 1]!.end);
}

/** "City" of "Salt Lake City": a word of the topic that belongs to a name. */
function isProperPart(
  tokens: readonly Token[],
  at: number,
  vocabulary: Vocabulary,
  topic: Topic,
): boolean {
  if (!known(tokens[at]!, vocabulary, topic) && !isFunction(tokens[at]!)) return true;
  const near = (other: number) => {
    const token = tokens[other];
    return token !== undefined && isCapital(token) && (other > 0 || !isFunction(token));
  };
  // "the University of Ghent"
  const of = tokens[at + 1]?.lower === 'of' && near(at + 2);
  return !isFunction(tokens[at]!) && (near(at - 1) || near(at + 1) || of);
}

/** Whether a small word holds two parts of the value together: "fish and chips", "Lyon, France". */
function joins(
  tokens: readonly Token[],
  at: number,
  isContent: readonly boolean[],
  owners: ReadonlySet<number>,
  timed: ReadonlySet<number>,
): boolean {
  if (owners.has(at) || timed.has(at)) return false;
  const { lower, kind } = tokens[at]!;
  const next = isContent.indexOf(true, at);
  if (next < 0 || next - at > 2) return false;
  if (kind === 'mark') return lower === ',' && isCapital(tokens[at - 1]) && isCapital(tokens[next]);
  if (!JOINERS.test(lower)) return false;
  return (
    /^(?:of|and|&|'s|the)$/.test(lower) || isCapital(tokens[next]) || isNumber(tokens[next]!.lower)
  );
}

/** What comes before the value must be able to come before it. */
function isPlaced(
  tokens: readonly Token[],
  from: number,
  { prepositions }: Vocabulary,
  strong: boolean,
): boolean {
  let before = from - 1;
  while (
    before >= 0 &&
    (DETERMINERS.has(tokens[before]!.lower) ||
      ADVERBS.has(tokens[before]!.lower) ||
      POSSESSIVES.has(tokens[before]!.lower))
  )
    before--;
  const token = tokens[before];
  if (!token) return true;
  // "i |love| my job"
  if (SUBJECT_PRONOUNS.has(tokens[from - 1]!.lower) && isVerbForm(tokens[from]!.lower))
    return false;
  if (PREPOSITIONS.has(token.lower)) return prepositions.has(token.lower);
  const bare = prepositions.has('') || isCapital(tokens[from]);
  const verb = isVerbForm(tokens[from]!.lower) && !isCapital(tokens[from]);
  const opened =
    DETERMINERS.has(tokens[from - 1]!.lower) ||
    COPULAS.has(token.lower) ||
    token.apostrophe ||
    token.kind === 'mark';
  return bare && (!verb || opened || strong);
}

function fits(
  tokens: readonly Token[],
  from: number,
  to: number,
  topic: Topic,
  strong: boolean,
): boolean {
  const part = tokens.slice(from, to);
  const lowers = part.map(({ lower }) => lower);
  const capital = part.some(isCapital);
  const number = lowers.some(isNumber);
  const adjectives = lowers.every(isListedAdjective) && !capital;
  const clock = part.every(({ lower }) => isTimeWord(lower));
  const count = part.length;
  const lists = (kind: string) =>
    lowers.some((lower) => isOfListedKind(nounMeaning(lower), nounMeaning(kind)));
  const says = (...words: readonly string[]) => tokens.some(({ lower }) => words.includes(lower));
  const forms: Record<ValueForm, () => boolean> = {
    name: () =>
      (capital ||
        (strong &&
          !topic.other &&
          PREPOSITIONS.has(tokens[from - 2]?.lower ?? '') &&
          tokens[from - 1]?.lower === 'the')) &&
      !clock &&
      isCapital(part[0]),
    place: () =>
      (capital || (strong && !number && PREPOSITIONS.has(tokens[from - 1]?.lower ?? ''))) &&
      !clock &&
      !adjectives,
    clock: () =>
      tokens
        .slice(from, to)
        .some((token, at) => isTimeWord(token.lower) || startsTime(tokens, from + at)) ||
      (count === 1 && number),
    date: () =>
      (lowers.some((lower) => MONTHS.has(lower)) && number) ||
      lowers.some((lower) => /^\d{1,2}[./-]\d{1,2}/.test(lower)),
    number: () => number && count === 1,
    digits: () =>
      part
        .map(({ text }) => text)
        .join('')
        .replace(/\D/g, '').length >= 5 && !/\p{L}/u.test(part.map(({ text }) => text).join('')),
    measure: () => (number || /\d/.test(lowers.join(' '))) && count <= 5,
    amount: () => /\d/.test(lowers.join(' ')) && count <= 4,
    class: () =>
      count <= 4 &&
      !number &&
      !adjectives &&
      !clock &&
      !isCapital(part[0]) &&
      !(isVerbForm(lowers[0]!) && isPast(lowers[0]!)) &&
      !PARTICLE.test(lowers[0]!),
    thing: () => count <= 6 && !adjectives,
    sport: () => lists('sport') || (says('sport', 'sports') && !adjectives && count <= 3),
    instrument: () => count <= 3 && (lists('instrument') || says('instrument')),
    language: () => count <= 2 && (capital || lists('language')),
  };
  return forms[topic.value]();
}

/** Indices of the tokens that say when or how often. */
function timesIn(tokens: readonly Token[]): Set<number> {
  const timed = new Set<number>();
  for (let at = 0; at < tokens.length; at++) {
    const { lower } = tokens[at]!;
    const starts =
      lower !== 'am' && (startsTime(tokens, at) || (isTimeWord(lower) && !/^\d{1,2}$/.test(lower)));
    if (!starts) continue;
    for (; at < tokens.length; at++) {
      const word = tokens[at]!.lower;
      const more =
        isTimeWord(word) ||
        isNumber(word) ||
        /^(?:last|next|this|every|each|of|the|a|ago|once|twice|times|early|late|past)$/.test(word);
      if (!more) break;
      timed.add(at);
    }
  }
  return timed;
}
