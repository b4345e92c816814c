import type { Fact, Phrase } from './frame.js';
import { type FactMatch, type Matcher } from './match.js';
import { relationMeaning } from './relations.js';
import { overlapping } from './overlap.js';
import { paraphrases } from './paraphrases.js';
import type { Hole, Question, Reading } from './reading.js';
import { isAnimate } from './animate.js';
import { listed, sentenceOf } from './wording.js';

/** What the facts say to a question. */
export interface FactAnswer {
  /** 'unknown': whether it is so was not told, but something else of the kind was. */
  readonly kind: 'value' | 'yes' | 'no' | 'unknown';
  /** "Your dog is named Buddy." */
  readonly answer: string;
  /** "The user's dog is named Buddy." */
  readonly note: string;
  /** What was asked for, as it was told. */
  readonly values: readonly string[];
  /** Events behind the answer, the most important first, with how well each fits, 0 to 1. */
  readonly sources: readonly { readonly id: number; readonly score: number }[];
}

/** Relations of which one thing is true at a time. */
const SINGLE = new Set([
  'name',
  'age',
  'live',
  'work',
  'drive',
  'be bear',
  'grow up',
  'move',
  'come',
]);
/** Verbs of which much is true at a time: that one thing is liked says nothing about another. */
const OPEN = new Set([
  'have',
  'like',
  'want',
  'need',
  'hate',
  'get',
  'know',
  'see',
  'do',
  'go',
  'think',
]);

/** How many texts later, replies included, something may still be put right. */
const CORRECTION_REACH = 8;

/** What is so only where the other is not. */
const OPPOSITES: Readonly<Record<string, string>> = { like: 'hate', hate: 'like' };

/** The best answer of all readings; undefined when nothing told answers the question. */
export function answerOf(
  facts: readonly Fact[],
  question: Question,
  matcher: Matcher,
): FactAnswer | undefined {
  return question.check
    ? checked(facts, question.readings, matcher)
    : valueOf(facts, question, matcher);
}

function matchesOf(
  facts: readonly Fact[],
  readings: readonly Reading[],
  matcher: Matcher,
): FactMatch[] {
  const matches: { match: FactMatch; place: number }[] = [];
  for (const reading of readings) {
    facts.forEach((fact, place) => {
      const match = matcher.match(fact, reading);
      if (match) matches.push({ match, place });
    });
  }
  return matches
    .sort(
      (one, other) =>
        one.match.reading.tier - other.match.reading.tier ||
        other.match.score - one.match.score ||
        other.place - one.place,
    )
    .map(({ match }) => match);
}

function valueOf(
  facts: readonly Fact[],
  question: Question,
  matcher: Matcher,
): FactAnswer | undefined {
  const matches = matchesOf(facts, question.readings, matcher);
  const first = matches[0] ?? overlapping(facts, question, matcher);
  if (!first) return undefined;
  const best = putRight(first, matches, facts, question, matcher) ?? first;
  const { fact, values, reading } = best;
  if (values.length > 0)
    return found(
      'value',
      best,
      sentenceOf(reading.hole.part === 'count' ? onlyCounted(fact, values) : fact, 'second'),
      values.map(({ text }) => text),
    );
  // Who does it goes by the name, where there is one.
  const names = reading.hole.part === 'subject' ? matcher.namesOf(fact.subject) : [];
  const answer = sentenceOf(fact, 'second', names[0]);
  return found('value', best, answer, names.length > 0 ? names : [answer]);
}

/** "we have 20 goats" of "we have 23 chickens and 20 goats", where the goats are asked for. */
function onlyCounted(fact: Fact, [value]: readonly Phrase[]): Fact {
  const { objects, adjuncts, said, source } = fact;
  const asked = objects.find(
    ({ count }) =>
      count !== undefined && count.start === value?.span.start && count.end === value.span.end,
  );
  if (!asked || objects.length < 2 || adjuncts.length > 0 || said.sentence !== undefined)
    return fact;
  const complement = source.slice(asked.span.start, asked.span.end);
  return { ...fact, objects: [asked], said: { ...said, complement } };
}

/** What was told shortly after to put it right, in whatever words: "no wait, i ride a blue bike". */
function putRight(
  { fact: { event }, reading: { tier } }: FactMatch,
  matches: readonly FactMatch[],
  facts: readonly Fact[],
  question: Question,
  matcher: Matcher,
): FactMatch | undefined {
  const corrects = (fact: Fact) =>
    fact.corrects === true && fact.event > event && fact.event <= event + CORRECTION_REACH;
  if (!facts.some(corrects)) return undefined;
  const close = matches.find(
    ({ fact, reading }) => corrects(fact) && reading.tier <= Math.max(tier, 1),
  );
  const other = close ?? overlapping(facts, question, matcher);
  return other && corrects(other.fact) ? other : undefined;
}

function found(
  kind: FactAnswer['kind'],
  { fact, score, reading }: FactMatch,
  answer: string,
  values: readonly string[],
): FactAnswer {
  const surety = score / (1 + 0.25 * reading.tier);
  return {
    kind,
    answer,
    note: sentenceOf(fact, 'third'),
    values,
    sources: [{ id: fact.event, score: surety }],
  };
}

/** Whether it is so: what is known about the same thing decides. */
function checked(
  facts: readonly Fact[],
  readings: readonly Reading[],
  matcher: Matcher,
): FactAnswer | undefined {
  const so = matchesOf(facts, readings, matcher)[0];
  const known = readings.flatMap((reading) => {
    const open = opened(reading);
    return open
      ? [{ asked: askedOf(reading)!, ...bestOf(facts, open, matcher, askedOf(reading)!) }]
      : [];
  });
  const contrary = matchesOf(facts, readings.flatMap(opposite), matcher)[0];
  if (contrary && !(so && facts.indexOf(so.fact) > facts.indexOf(contrary.fact))) {
    const values = partsOf(contrary.fact).map(({ text }) => text);
    return found('no', contrary, `No. ${sentenceOf(contrary.fact, 'second')}`, values);
  }
  const instead = known.find(({ other }) => other !== undefined)?.other;
  const same = so ?? known.find(({ agreeing }) => agreeing !== undefined)?.agreeing;
  if (same && !(instead && overrides(facts, instead.fact, same.fact))) {
    const agrees =
      same.fact.negated === same.reading.negated && (!same.fact.ended || same.reading.past);
    const values = partsOf(same.fact).map(({ text }) => text);
    // What another text ended was told as what is: "you ride a Vespa" would say that it still is.
    const over = same.fact.ended && !same.fact.past && !agrees;
    const sentence = over ? 'No, not any more.' : `No. ${sentenceOf(same.fact, 'second')}`;
    return found(
      agrees ? 'yes' : 'no',
      same,
      agrees ? `Yes. ${sentenceOf(same.fact, 'second')}` : sentence,
      values,
    );
  }
  if (!instead) return somebodyElse(facts, readings);
  const { fact } = instead;
  const values = instead.values.map(({ text }) => text);
  const valued = fact.relation === 'name' || (fact.relation === 'be' && !isAnimate(fact.subject));
  const remembered = valued ? `What I remember is ${listed(values)}.` : sentenceOf(fact, 'second');
  return found('unknown', instead, `Not that I know. ${remembered}`, values);
}

/** "do i like mushrooms" asks whether i hate them, too. */
function opposite(reading: Reading): Reading[] {
  const [verb = '', ...rest] = (reading.relation ?? '').split(' ');
  const other = OPPOSITES[relationMeaning(verb)];
  const something = reading.objects.length > 0 && !reading.negated;
  return other && something ? [{ ...reading, relation: [other, ...rest].join(' ') }] : [];
}

/** "is Marta my sister": who else she is. */
function somebodyElse(
  facts: readonly Fact[],
  readings: readonly Reading[],
): FactAnswer | undefined {
  for (const { subject, objects, relation } of readings) {
    const [asked] = objects;
    const mine = subject?.root === 'user' && subject.steps.length > 0;
    if (relation !== 'name' || !mine || !asked) continue;
    const name = asked.words.join(' ');
    const fact = facts.findLast(
      ({ relation: told, objects: names, replaced, negated, subject: somebody }) =>
        told === 'name' &&
        !replaced &&
        !negated &&
        somebody.root === 'user' &&
        somebody.steps.length > 0 &&
        names.some(({ words }) => words.join(' ') === name),
    );
    if (!fact) continue;
    const match: FactMatch = { fact, reading: readings[0]!, score: 0.9, values: [] };
    return found('unknown', match, `Not that I know. ${sentenceOf(fact, 'second')}`, [
      sentenceOf(fact, 'second'),
    ]);
  }
  return undefined;
}

/** A later fact of a kind of which one is true at a time makes an earlier one old. */
function overrides(facts: readonly Fact[], later: Fact, earlier: Fact): boolean {
  const single =
    SINGLE.has(relationMeaning(later.relation)) ||
    (later.relation === 'be' && !isAnimate(later.subject));
  return single && facts.indexOf(later) > facts.indexOf(earlier);
}

/** The part of a check that is in question. */
function askedOf({ objects, adjuncts }: Reading): Phrase | undefined {
  return objects.length === 1 && !(objects[0]!.kind === 'adjective' && adjuncts.length > 0)
    ? objects[0]
    : adjuncts[0]?.phrase;
}

/** The same with a hole where a check says what may be so: the dog's name, where it is asked whether it is Rex. */
function opened(reading: Reading): Reading[] | undefined {
  const { relation, objects, adjuncts, subject } = reading;
  if (relation === undefined || subject === undefined) return undefined;
  const asked = askedOf(reading);
  if (!asked) return undefined;
  let open: Reading;
  if (asked === objects[0]) {
    const kinds = relation === 'be' && asked.kind === 'class' ? (['class'] as const) : undefined;
    const hole: Hole = kinds ? { part: 'object', kinds } : { part: 'object' };
    open = { ...reading, hole, objects: [], adjuncts: [] };
    // "is Rex my parakeet"
    if (relation === 'be' && asked.kind === 'name' && subject.steps.length > 0) {
      return [open, { ...open, relation: 'name' }, ...paraphrases(open)];
    }
    if (kinds && subject.steps.length === 0)
      return [open, ...paraphrases({ ...open, relation: 'do', past: false })];
  } else {
    const { role, preposition } = adjuncts[0]!;
    // What "the answer to the riddle" is, is not what it is to.
    const plain = relation === 'be' && objects.length === 0;
    if (plain && /^(?:to|of|for|about)$/.test(preposition)) return undefined;
    const fixed = /^(?:from|to|with|for|as|about|of)$/.test(preposition);
    const hole: Hole =
      role === 'place' && !fixed ? { part: 'adjunct', role } : { part: 'adjunct', preposition };
    open = {
      ...reading,
      hole: role === 'time' ? { part: 'adjunct', role } : hole,
      adjuncts: adjuncts.slice(1),
    };
  }
  return [open, ...paraphrases(open)];
}

/** The latest fact with the value asked about, and the latest with another one. */
function bestOf(
  facts: readonly Fact[],
  readings: readonly Reading[],
  matcher: Matcher,
  asked: Phrase,
) {
  const matches = matchesOf(facts, readings, matcher).filter(({ reading }) => reading.tier < 2);
  const agreeing = matches.find(({ values }) =>
    values.some(
      (value) => asked.words.length > 0 && asked.words.every((word) => value.words.includes(word)),
    ),
  );
  const [first] = readings;
  const others = OPEN.has(relationMeaning(first!.relation!).split(' ')[0]!)
    ? []
    : matches.filter(({ reading }) => reading.tier === 0 && !reading.negated);
  const other = others.find(
    (match) =>
      match !== agreeing && match.values.every((value) => comparable(match.fact, value, asked)),
  );
  return { agreeing, other: other?.fact === agreeing?.fact ? undefined : other };
}

/** Whether one thing stands in the place of the other: a nurse and a doctor, but not a nurse and tired. */
function comparable({ relation, subject }: Fact, told: Phrase, asked: Phrase): boolean {
  if (relation !== 'be' || !isAnimate(subject)) return asked.entity?.root !== 'user';
  return told.kind === asked.kind && told.kind !== 'adjective' && told.kind !== 'bare';
}

function partsOf({ objects, adjuncts }: Fact): Phrase[] {
  return objects.length > 0 ? [...objects] : adjuncts.map(({ phrase }) => phrase);
}
