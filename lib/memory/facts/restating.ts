import { type Asked, isAuxiliaryWord } from './asking.js';
import { isAnimateNoun } from './animate.js';
import { isOfListedKind } from './kinds.js';
import {
  ADVERBS,
  CONJUNCTIONS,
  COPULAS,
  DEMONSTRATIVE,
  DETERMINERS,
  DO,
  FIRST_PERSON,
  HAVE,
  INTERJECTIONS,
  isListedAdjective,
  isNumber,
  isTimeWord,
  MODALS,
  MONTHS,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SECOND_PERSON,
  THIRD_PERSON,
  UNREAL,
} from './lexicon.js';
import { isCapital, readNominal, startsTime } from './nominal.js';
import { clausesOf, leadIn } from './sentences.js';
import { turned, turnedQuestions } from './turns-of-phrase.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import { type Asker, type Topic, TOPICS, type ValueForm } from './topics.js';
import { isFinite, isPast, isVerbForm, thirdPerson, verbMeaning, verbStem } from './verbs.js';

/** Longer sentences say more than one thing. */
const MOST_TOKENS = 40;
/** Say nothing by themselves, in statements and questions alike. */
const FILLERS = new Set(
  'kind type sort one ones thing happen find moment present way bit truth right still back exactly actual actually currently possibly maybe said again guess fact called'.split(' '),
);
const FUNCTION_WORDS = [
  DETERMINERS,
  PREPOSITIONS,
  COPULAS,
  HAVE,
  DO,
  MODALS,
  ADVERBS,
  CONJUNCTIONS,
  DEMONSTRATIVE,
  INTERJECTIONS,
  FIRST_PERSON,
  POSSESSIVES,
  QUESTION_WORDS,
  SECOND_PERSON,
];
/** Kin that is one's own without "my". */
const OWN_KIN = /^(?:mum|mom|mummy|mommy|dad|daddy|grandma|grandpa|granny|grandad|granddad|nana|nan|gran|nanna)$/;
/** Cut off what a sentence says besides. */
const SUBORDINATE = /^(?:because|since|although|though|while|whereas|if|unless|until|when|which|who)$/;
const NEGATION = /^(?:not|never|no|nobody|nothing|neither|nor)$/;
/** It was so, or is yet to be, or only in thought. */
const UNTRUE =
  /^(?:used|former|formerly|previous|previously|ex|would|could|should|might|wish|hope|want|wanted|plan|dream|imagine|if|once)$/;
const PARTICLE = /^(?:up|down|out|off|away|over|back)$/;
const JOINERS = /^(?:of|and|&|the|de|la|le|van|von|der|den|di|del|du|e|y|'s|n|in|with|on|to|for|a)$/;

/** Who a sentence is about. */
interface Owner {
  /** "i" or "my brother". */
  readonly subject: string;
  /** "my" or "my brother's". */
  readonly possessive: string;
  readonly third: boolean;
  /** Somebody or something that is not the user. */
  readonly other: boolean;
}

interface Mentioned {
  readonly owner: Owner;
  /** Indices of the tokens that name the owner. */
  readonly tokens: ReadonlySet<number>;
}

const USER: Owner = { subject: 'I', possessive: 'my', third: false, other: false };

interface Vocabulary {
  readonly cues: readonly (readonly string[])[];
  readonly weak: readonly (readonly string[])[];
  readonly words: ReadonlySet<string>;
  readonly asks: ReadonlyMap<Asker, readonly (readonly string[])[]>;
  readonly past: ReadonlySet<string>;
  readonly prepositions: ReadonlySet<string>;
}

const meanings = new Map<string, ReadonlySet<string>>();
const vocabularies = new Map(TOPICS.map((topic) => [topic, vocabularyOf(topic)]));

/** What a sentence says, said again as the grammar reads it: "Leeds is home for me" as "I live in Leeds". */
export function restated(text: string, sentence: readonly Token[]): string[] {
  if (sentence.length > MOST_TOKENS) return [];
  const { length: lead } = leadIn(sentence);
  const found: string[] = turned(text, sentence);
  const parts = clausesOf(sentence, lead).map(({ from, to }) => withoutSubordinate(sentence.slice(from, to)));
  for (const part of parts) {
    found.push(...restatedPart(text, part));
    if (parts.length > 1) found.push(...turned(text, part));
  }
  if (found.length === 0 && parts.length > 1) found.push(...restatedPart(text, sentence.slice(lead)));
  return [...new Set(found)];
}

function restatedPart(text: string, tokens: readonly Token[]): string[] {
  return TOPICS.flatMap((topic) => {
    const said = valueIn(text, tokens, topic);
    return said ? [form(topic.told, said.owner, said.value)] : [];
  });
}

/** What a question asks for, asked again as the grammar reads it: "my city?" as "where do I live". */
export function reasked(text: string, asked: Asked): string[] {
  const plain = asked.tokens.filter(({ kind, apostrophe }) => kind === 'word' || apostrophe);
  if (plain.length === 0 || plain.length > MOST_TOKENS) return [];
  if (plain.some(({ lower }) => /^(?:should|shall|must|might|may|could)$/.test(lower))) return [];
  const asker = askerOf(plain);
  const byTopic = TOPICS.flatMap((topic) => {
    if (asker === undefined) {
      const said = valueIn(text, plain[0] && isAuxiliaryWord(plain[0].lower) ? plain.slice(1) : plain, topic);
      if (said) return [`${form(topic.told, said.owner, said.value)}?`];
      if (!/^(?:do|does|have|has)$/.test(plain[0]!.lower)) return [];
    }
    const vocabulary = vocabularies.get(topic)!;
    const cues = vocabulary.asks.get(asker ?? 'what');
    const mentioned = ownerOf(text, plain);
    if (!cues || !mentioned || (topic.other && !mentioned.owner.other)) return [];
    const content = plain.filter((token, at) => !mentioned.tokens.has(at) && (!isFunction(token) || NEGATION.test(token.lower)));
    const meant = plain.map(meaningsOf);
    if (!cues.some((cue) => cue.every((word) => meant.some((one) => one.has(word))))) return [];
    const asksOnlyThat = content.every((token) => known(token, vocabulary, topic) || askerWord(token));
    if (!asksOnlyThat || plain.some(({ lower }) => SECOND_PERSON.has(lower) && !topic.also.includes('you')))
      return [];
    if (plain.some(({ lower }) => lower === 'you') && !/\byou\b/.test(topic.also)) return [];
    return topic.asked.map((question) => form(question, mentioned.owner, ''));
  });
  return [...new Set([...byTopic, ...turnedQuestions(text, { ...asked, tokens: plain })])];
}

function askerWord({ lower }: Token): boolean {
  return /^(?:many|much|old|tall|number|name|called|high|time)$/.test(lower);
}

/** The question word with what belongs to it; undefined for a question whether something is so. */
function askerOf(tokens: readonly Token[]): Asker | undefined {
  const at = tokens.findIndex(({ lower }) => QUESTION_WORDS.has(lower));
  if (at < 0) return isAuxiliaryWord(tokens[0]!.lower) || tokens.some(({ lower }) => isAuxiliaryWord(lower) || lower === "'s") ? undefined : 'what';
  const { lower } = tokens[at]!;
  if (lower !== 'how') return lower === 'which' ? 'what' : lower === 'whom' ? 'who' : (lower as Asker);
  const next = tokens[at + 1]?.lower ?? '';
  return /^(?:many|much|old|tall)$/.test(next) ? (`how ${next}` as Asker) : 'how';
}

/** Whose what is said, and what: undefined where the sentence does not speak of the topic, or of more than that. */
function valueIn(text: string, tokens: readonly Token[], topic: Topic): { owner: Owner; value: string } | undefined {
  const vocabulary = vocabularies.get(topic)!;
  const meant = tokens.map(meaningsOf);
  const holds = (cue: readonly string[]) =>
    cue.every((word) => word.startsWith('=') ? tokens.some(({ lower }) => lower === word.slice(1)) : meant.some((one) => one.has(word)));
  const strong = vocabulary.cues.some(holds);
  if (!strong && !vocabulary.weak.some(holds)) return undefined;
  const denied = tokens.some(({ lower }) => NEGATION.test(lower));
  if (denied && !topic.negated) return undefined;
  if (tokens.some((token, at) => isUntrue(tokens, at) && !known(token, vocabulary, topic))) return undefined;
  if (tokens.some(({ lower }) => SECOND_PERSON.has(lower) && !/\b(?:you|find)\b/.test(topic.also))) return undefined;
  if (tokens.some((token, at) => isOver(tokens, token, at, vocabulary))) return undefined;
  const mentioned = ownerOf(text, tokens);
  if (!mentioned || (topic.other && !mentioned.owner.other)) return undefined;
  const value = segmentOf(text, tokens, mentioned.tokens, topic, vocabulary, strong);
  return value === undefined ? undefined : { owner: mentioned.owner, value };
}

/** "i would like", "my former boss", "my old car" */
function isUntrue(tokens: readonly Token[], at: number): boolean {
  const { lower } = tokens[at]!;
  if (lower === 'old') return POSSESSIVES.has(tokens[at - 1]?.lower ?? '');
  return UNTRUE.test(lower) || UNREAL.has(lower);
}

/** "i lived in Rome", "my job was …": what is no more. */
function isOver(tokens: readonly Token[], { lower }: Token, at: number, { past, words }: Vocabulary): boolean {
  if (/^(?:was|were|had)$/.test(lower)) return !tokens.some((token) => past.has(token.lower));
  if (!isPast(lower) || past.has(lower) || !isVerbForm(lower) || /^(?:called|named|read|put|set)$/.test(lower)) return false;
  const perfect = tokens.slice(Math.max(0, at - 3), at).some((token) => HAVE.has(token.lower));
  return !perfect && words.has(verbMeaning(verbStem(lower)));
}

/** The one part of the sentence that is neither the owner nor about the topic in general. */
function segmentOf(
  text: string,
  tokens: readonly Token[],
  owners: ReadonlySet<number>,
  topic: Topic,
  vocabulary: Vocabulary,
  strong: boolean,
): string | undefined {
  const timed = topic.value === 'date' || topic.value === 'clock' ? new Set<number>() : timesIn(tokens);
  const isContent = tokens.map((token, at) => {
    if (owners.has(at) || timed.has(at) || token.kind !== 'word') return false;
    const first = at > 0 || !known(token, vocabulary, topic) || (isCapital(tokens[1]) && !isFunction(tokens[1]!));
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
  if (topic.value !== 'class' && /^(?:the)$/.test(tokens[from - 1]?.lower ?? '')) start--;
  return text.slice(tokens[start]!.start, tokens[to - 1]!.end);
}

/** "City" of "Salt Lake City": a word of the topic that belongs to a name. */
function isProperPart(tokens: readonly Token[], at: number, vocabulary: Vocabulary, topic: Topic): boolean {
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
  return /^(?:of|and|&|'s|the)$/.test(lower) || isCapital(tokens[next]) || isNumber(tokens[next]!.lower);
}

/** What comes before the value must be able to come before it. */
function isPlaced(tokens: readonly Token[], from: number, { prepositions }: Vocabulary, strong: boolean): boolean {
  let before = from - 1;
  while (before >= 0 && (DETERMINERS.has(tokens[before]!.lower) || ADVERBS.has(tokens[before]!.lower) || POSSESSIVES.has(tokens[before]!.lower))) before--;
  const token = tokens[before];
  if (!token) return true;
  if (PREPOSITIONS.has(token.lower)) return prepositions.has(token.lower);
  const bare = prepositions.has('') || isCapital(tokens[from]);
  const verb = isVerbForm(tokens[from]!.lower) && !isCapital(tokens[from]);
  const opened = DETERMINERS.has(tokens[from - 1]!.lower) || COPULAS.has(token.lower) || token.apostrophe || token.kind === 'mark';
  return bare && (!verb || opened || strong);
}

function fits(tokens: readonly Token[], from: number, to: number, topic: Topic, strong: boolean): boolean {
  const part = tokens.slice(from, to);
  const lowers = part.map(({ lower }) => lower);
  const capital = part.some(isCapital);
  const number = lowers.some(isNumber);
  const adjectives = lowers.every(isListedAdjective) && !capital;
  const clock = part.every(({ lower }) => isTimeWord(lower));
  const count = part.length;
  const lists = (kind: string) => lowers.some((lower) => isOfListedKind(nounMeaning(lower), nounMeaning(kind)));
  const says = (...words: readonly string[]) => tokens.some(({ lower }) => words.includes(lower));
  const forms: Record<ValueForm, () => boolean> = {
    name: () => (capital || (strong && !topic.other && PREPOSITIONS.has(tokens[from - 2]?.lower ?? '') && tokens[from - 1]?.lower === 'the')) && !clock && isCapital(part[0]),
    place: () => (capital || (strong && !number && PREPOSITIONS.has(tokens[from - 1]?.lower ?? ''))) && !clock && !adjectives,
    clock: () => tokens.slice(from, to).some((token, at) => isTimeWord(token.lower) || startsTime(tokens, from + at)) || (count === 1 && number),
    date: () => lowers.some((lower) => MONTHS.has(lower)) && number || lowers.some((lower) => /^\d{1,2}[./-]\d{1,2}/.test(lower)),
    number: () => number && count === 1,
    digits: () => part.map(({ text }) => text).join('').replace(/\D/g, '').length >= 5 && !/\p{L}/u.test(part.map(({ text }) => text).join('')),
    measure: () => (number || /\d/.test(lowers.join(' '))) && count <= 5,
    amount: () => /\d/.test(lowers.join(' ')) && count <= 4,
    class: () => count <= 4 && !number && !adjectives && !clock && !isCapital(part[0]) && !(isVerbForm(lowers[0]!) && isPast(lowers[0]!)) && !PARTICLE.test(lowers[0]!),
    thing: () => count <= 6 && !adjectives,
    sport: () => lists('sport') || (says('sport', 'sports') && !adjectives && count <= 3),
    instrument: () => count <= 3 && (lists('instrument') || says('instrument')) ,
    language: () => count <= 2 && (capital || lists('language')),
  };
  return forms[topic.value]();
}

/** Indices of the tokens that say when or how often. */
function timesIn(tokens: readonly Token[]): Set<number> {
  const timed = new Set<number>();
  for (let at = 0; at < tokens.length; at++) {
    const { lower } = tokens[at]!;
    const starts = lower !== 'am' && (startsTime(tokens, at) || (isTimeWord(lower) && !/^\d{1,2}$/.test(lower)));
    if (!starts) continue;
    for (; at < tokens.length; at++) {
      const word = tokens[at]!.lower;
      const more = isTimeWord(word) || isNumber(word) || /^(?:last|next|this|every|each|of|the|a|ago|once|twice|times|early|late|past)$/.test(word);
      if (!more) break;
      timed.add(at);
    }
  }
  return timed;
}

function isFunction({ lower, apostrophe, kind }: Token): boolean {
  return apostrophe || kind !== 'word' || FUNCTION_WORDS.some((words) => words.has(lower)) || FILLERS.has(lower);
}

function known(token: Token, { words }: Vocabulary, topic: Topic): boolean {
  for (const meaning of meaningsOf(token)) if (words.has(meaning)) return true;
  return topic.negated === true && NEGATION.test(token.lower);
}

function meaningsOf({ lower }: Pick<Token, 'lower'>): ReadonlySet<string> {
  const cached = meanings.get(lower);
  if (cached) return cached;
  const found = new Set([nounMeaning(lower)]);
  if (isVerbForm(lower)) found.add(verbMeaning(verbStem(lower)));
  if (PREPOSITIONS.has(lower) || NEGATION.test(lower)) found.add(lower);
  if (meanings.size > 4096) meanings.clear();
  meanings.set(lower, found);
  return found;
}

function vocabularyOf({ cues, weak = '', also, asks, past = '', prepositions = '' }: Topic): Vocabulary {
  const combined = (list: string) =>
    list.split(' ').filter(Boolean).map((cue) => cue.split('+').map((word) => (word.startsWith('=') || POSSESSIVES.has(word) ? word : keyOf(word))));
  const words = new Set<string>();
  for (const word of `${cues} ${weak} ${also} ${Object.values(asks).join(' ')}`.split(/[\s+=]+/))
    for (const meaning of meaningsOf({ lower: word })) words.add(meaning);
  words.delete('');
  return {
    cues: combined(cues),
    weak: combined(weak),
    words,
    asks: new Map(Object.entries(asks).map(([asker, list]) => [asker as Asker, combined(list)])),
    past: new Set(past.split(' ')),
    prepositions: new Set(prepositions.split(' ')),
  };
}

/** The meaning by which a cue is known. */
function keyOf(word: string): string {
  if (PREPOSITIONS.has(word) || NEGATION.test(word)) return word;
  return isVerbForm(word) ? verbMeaning(verbStem(word)) : nounMeaning(word);
}

/** The one whom a sentence is about: undefined where there is nobody, or more than one. */
function ownerOf(text: string, tokens: readonly Token[]): Mentioned | undefined {
  const found: { owner: Owner; tokens: number[] }[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { lower, text: word } = tokens[at]!;
    const possessive = /^(?:my|our|his|her|their)$/.test(lower);
    const own = OWN_KIN.test(lower) && tokens[at - 1]?.lower !== 'my' && !DETERMINERS.has(tokens[at - 1]?.lower ?? '');
    if (possessive || own) {
      const end = own ? at + 1 : kinEnd(text, tokens, at);
      const user = lower === 'my' || lower === 'our';
      const whole = text.slice(tokens[at]!.start, tokens[end - 1]!.end);
      if (end > at + 1 || own) {
        const subject = own ? `my ${word}` : whole;
        found.push({ owner: { subject, possessive: `${subject}'s`, third: true, other: true }, tokens: indices(at, end) });
        at = end - 1;
      } else if (user) found.push({ owner: USER, tokens: [at] });
      else found.push({ owner: pronounOwner(lower), tokens: [at] });
      if (tokens[at + 1]?.apostrophe) found.at(-1)!.tokens.push(at + 1);
    } else if (FIRST_PERSON.has(lower) || lower === 'mine') found.push({ owner: USER, tokens: [at] });
    else if (THIRD_PERSON.has(lower) && !/^(?:it|itself)$/.test(lower)) found.push({ owner: pronounOwner(lower), tokens: [at] });
  }
  // "my aunt earns her living"
  const somebody = found.some(({ owner: { other, subject } }) => other && subject.includes(' '));
  if (somebody) for (const one of found) if (isPronoun(one.owner)) one.owner = found.find(({ owner }) => owner.subject.includes(' '))!.owner;
  const owners = new Set(found.map(({ owner }) => owner.subject.toLowerCase()));
  if (owners.size !== 1) return undefined;
  return { owner: found[0]!.owner, tokens: new Set(found.flatMap((one) => one.tokens)) };
}

function isPronoun({ subject }: Owner): boolean {
  return /^(?:he|she|they)$/.test(subject);
}

function pronounOwner(lower: string): Owner {
  const she = /^(?:she|her|herself)$/.test(lower);
  const they = /^(?:they|them|their|themselves)$/.test(lower);
  return {
    subject: she ? 'she' : they ? 'they' : 'he',
    possessive: she ? 'her' : they ? 'their' : 'his',
    third: !they,
    other: true,
  };
}

function indices(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Where the people or animals of a possessed noun phrase end: after "my sister" of "my sister's house". */
function kinEnd(text: string, tokens: readonly Token[], from: number): number {
  const whole = readNominal(text, tokens, from);
  let end = from + 1;
  for (let at = from + 1; whole && at < whole.next; at++) {
    if (isAnimateNoun(nounMeaning(tokens[at]!.lower)) && !isCapital(tokens[at])) {
      const next = tokens[at + 1];
      const closes = at + 1 >= whole.next || next!.apostrophe || isCapital(next) || next!.lower === 'of' || isFinite(next!.lower);
      if (closes) end = at + 1;
    } else if (!tokens[at]!.apostrophe && end > from + 1) break;
  }
  return end;
}

function withoutSubordinate(tokens: readonly Token[]): readonly Token[] {
  const cut = tokens.findIndex(({ lower }, at) => at > 1 && SUBORDINATE.test(lower) && tokens.slice(0, at).some((token) => isAuxiliaryWord(token.lower) || isVerbForm(token.lower)));
  const kept = cut < 0 ? tokens : tokens.slice(0, cut);
  let end = kept.length;
  while (end > 0 && kept[end - 1]!.kind === 'mark') end--;
  return kept.slice(0, end);
}

/** The form with owner and value in their places. */
function form(pattern: string, { subject, possessive, third }: Owner, value: string): string {
  const plain = /\b(?:a|the) V/.test(pattern) ? value.replace(/^(?:an?|the) /i, '') : value;
  const agreed: Record<string, string> = { 'am*': third ? 'is' : subject === 'I' ? 'am' : 'are', 'was*': third || subject === 'I' ? 'was' : 'were' };
  return pattern
    .split(' ')
    .map((word) => {
      if (word === 'O') return subject;
      if (word === "O's") return possessive;
      if (word === 'V') return plain;
      if (!word.endsWith('*')) return word;
      return agreed[word] ?? (third ? thirdPerson(word.slice(0, -1)) : word.slice(0, -1));
    })
    .join(' ');
}
