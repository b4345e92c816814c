import { ownerOf, type Fact, type Phrase } from './frame.js';
import { type FactMatch, type Matcher, relationMeaning } from './match.js';
import type { Hole, Question, Reading } from './reading.js';
import { isAnimate } from './statements.js';
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
const SINGLE = new Set(['name', 'age', 'live', 'work', 'drive', 'be bear', 'grow up', 'move', 'come']);
/** Verbs of which much is true at a time: that one thing is liked says nothing about another. */
const OPEN = new Set(['have', 'like', 'want', 'need', 'hate', 'get', 'know', 'see', 'do', 'go', 'think']);

/** The best answer of all readings; undefined when nothing told answers the question. */
export function answerOf(facts: readonly Fact[], question: Question, matcher: Matcher): FactAnswer | undefined {
  return question.check ? checked(facts, question.readings, matcher) : valueOf(facts, question.readings, matcher);
}

function matchesOf(facts: readonly Fact[], readings: readonly Reading[], matcher: Matcher): FactMatch[] {
  const matches: { match: FactMatch; place: number }[] = [];
  for (const reading of readings) {
    facts.forEach((fact, place) => {
      const match = matcher.match(fact, reading);
      if (match) matches.push({ match, place });
    });
  }
  return matches
    .sort((one, other) => one.match.reading.tier - other.match.reading.tier || other.match.score - one.match.score || other.place - one.place)
    .map(({ match }) => match);
}

function valueOf(facts: readonly Fact[], readings: readonly Reading[], matcher: Matcher): FactAnswer | undefined {
  const [best] = matchesOf(facts, readings, matcher);
  if (!best) return undefined;
  const values = best.values.length > 0 ? best.values.map(({ text }) => text) : [sentenceOf(best.fact, 'second')];
  return found('value', best, sentenceOf(best.fact, 'second'), values);
}

function found(kind: FactAnswer['kind'], { fact, score, reading }: FactMatch, answer: string, values: readonly string[]): FactAnswer {
  const surety = score / (1 + 0.25 * reading.tier);
  return { kind, answer, note: sentenceOf(fact, 'third'), values, sources: [{ id: fact.event, score: surety }] };
}

/** Whether it is so: what is known about the same thing decides. */
function checked(facts: readonly Fact[], readings: readonly Reading[], matcher: Matcher): FactAnswer | undefined {
  const so = matchesOf(facts, readings, matcher)[0];
  const instead = contrasting(facts, readings, matcher);
  if (so && !(instead && overrides(facts, instead.fact, so.fact))) {
    const agrees = so.fact.negated === so.reading.negated && (!so.fact.ended || so.reading.past);
    const values = partsOf(so.fact).map(({ text }) => text);
    return found(agrees ? 'yes' : 'no', so, `${agrees ? 'Yes' : 'No'}. ${sentenceOf(so.fact, 'second')}`, values);
  }
  if (!instead) return undefined;
  const { fact, values } = instead;
  const valued = fact.relation === 'name' || (fact.relation === 'be' && !isAnimate(fact.subject));
  const known = valued ? `What I remember is ${listed(values.map(({ text }) => text))}.` : sentenceOf(fact, 'second');
  return found('unknown', instead, `Not that I know. ${known}`, values.map(({ text }) => text));
}

/** A later fact of a kind of which one is true at a time makes an earlier one old. */
function overrides(facts: readonly Fact[], later: Fact, earlier: Fact): boolean {
  const single = SINGLE.has(relationMeaning(later.relation)) || (later.relation === 'be' && !isAnimate(later.subject));
  return single && facts.indexOf(later) > facts.indexOf(earlier);
}

/** What was told in place of what is asked: the dog's name, where it is asked whether it is Rex. */
function contrasting(facts: readonly Fact[], readings: readonly Reading[], matcher: Matcher): FactMatch | undefined {
  const open: Reading[] = readings.flatMap((reading): Reading[] => {
    const { relation, objects, adjuncts, subject } = reading;
    if (relation === undefined || subject === undefined || OPEN.has(relationMeaning(relation).split(' ')[0]!)) return [];
    const [asked] = objects;
    if (objects.length === 1 && asked) {
      const hole: Hole = { part: 'object' };
      return relation === 'be' && adjuncts.length > 0 ? [] : [{ ...reading, hole, objects: [], adjuncts: [] }];
    }
    const [adjunct] = adjuncts;
    if (objects.length > 0 || !adjunct) return [];
    const { role, preposition } = adjunct;
    const hole: Hole = role === 'place' ? { part: 'adjunct', preposition } : { part: 'adjunct', role, preposition };
    return [{ ...reading, hole, adjuncts: [] }];
  });
  return matchesOf(facts, open, matcher).find(({ fact, reading, values }) => {
    const asked = readings.find(({ subject, relation }) => subject === reading.subject && relation === reading.relation)?.objects[0];
    return asked === undefined || values.every((value) => comparable(fact, value, asked));
  });
}

/** Whether one thing stands in the place of the other: a nurse and a doctor, but not a nurse and tired. */
function comparable({ relation, subject }: Fact, told: Phrase, asked: Phrase): boolean {
  if (relation !== 'be' || !isAnimate(subject)) return asked.entity?.root !== 'user';
  return told.kind === asked.kind && told.kind !== 'adjective' && told.kind !== 'bare' && ownerOf(subject) !== undefined;
}

function partsOf({ objects, adjuncts }: Fact): Phrase[] {
  return objects.length > 0 ? [...objects] : adjuncts.map(({ phrase }) => phrase);
}
