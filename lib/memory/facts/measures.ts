import { below, type Entity, headOf, ownerOf, type Phrase } from './frame.js';
import { isNumber } from './lexicon.js';
import type { Hole, Reading } from './reading.js';
import { nounMeaning } from './thesaurus.js';
import { type AddReading, step, wordsAsPhrase } from './told-otherwise.js';

const LENGTHS =
  'cm centimeter centimetre mm millimeter meter metre m km kilometer kilometre mile foot feet ft inch yard';
const AREAS = 'acre hectare sqm sqft square';
const WEIGHTS = 'kg kilo kilogram gram g pound lb ounce ton tonne stone';
const TIMES = 'second minute hour day week month year';

const meanings = (list: string) => new Set(list.split(' ').map(nounMeaning));

/** What a measure is given in: "how tall" in centimeters. */
const UNITS: Readonly<Record<string, ReadonlySet<string>>> = {
  tall: meanings(LENGTHS),
  high: meanings(LENGTHS),
  wide: meanings(LENGTHS),
  deep: meanings(LENGTHS),
  far: meanings(`${LENGTHS} block stop`),
  long: meanings(`${LENGTHS} ${TIMES} page`),
  big: meanings(`${LENGTHS} ${AREAS} ${WEIGHTS} liter litre room person`),
  heavy: meanings(WEIGHTS),
  fast: meanings('kmh mph knot km mile'),
  hot: meanings('degree celsius fahrenheit'),
  cold: meanings('degree celsius fahrenheit'),
};
/** The noun for each measure: "what's my height" is "how tall am i". */
const DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  tall: ['height'],
  high: ['height'],
  wide: ['width'],
  deep: ['depth'],
  far: ['distance'],
  long: ['length'],
  big: ['size', 'area'],
  heavy: ['weight'],
  fast: ['speed'],
  hot: ['temperature'],
  cold: ['temperature'],
};
const PRICES = new Set(['price', 'cost', 'fare'].map(nounMeaning));
const BUYING = ['bui', 'get', 'pai', 'pay', 'order', 'sell'];

/** Whether the phrase says how tall, how far or how heavy something is. */
export function isMeasure({ words, text }: Phrase, adjective: string): boolean {
  if (!/\d/.test(text) && !text.toLowerCase().split(/\s+/).some(isNumber)) return false;
  if (words.includes(adjective)) return true;
  const units = Object.hasOwn(UNITS, adjective) ? UNITS[adjective]! : undefined;
  return units !== undefined && words.some((word) => units.has(word));
}

/** Whether the phrase is a span of time: "45 minutes", "a year". */
export function isDuration({ text }: Phrase): boolean {
  return /^(?:an?|half an?|about|around|almost|over|\d[\d.,]*|[a-z]+(?:-[a-z]+)?) (?:[a-z]+ )?(?:second|minute|min|hour|day|week|month|year|decade)s?$/i.test(
    text,
  );
}

const measure = (adjective: string): Hole => ({ part: 'measure', adjective });
/** Any amount. */
const AMOUNT: Hole = { part: 'count', noun: undefined };

/** What a question for a size, a weight or a price may have been told as. */
export function measured(reading: Reading, subject: Entity, add: AddReading): void {
  const { hole, relation, objects } = reading;
  const whatIs = relation === 'be' && hole.part === 'object' && objects.length === 0;
  if (hole.part === 'measure' && relation === 'be') {
    for (const noun of DIMENSIONS[hole.adjective] ?? [])
      add({ subject: below(subject, step(noun)), hole: { part: 'object' } });
    if (hole.adjective === 'heavy') add({ relation: 'weigh', hole: { part: 'object' } });
    if (hole.adjective === 'expens') costs(subject, add);
  }
  if (hole.part === 'count' && relation === 'be')
    for (const other of ['have', 'contain', 'hold']) add({ relation: other, tier: 1 });
  if (hole.part === 'count' && relation === 'have' && reading.adjuncts.length > 0)
    add({ subject: undefined, relation: undefined, tier: 1 });
  if (hole.part === 'adjunct' && hole.role === 'duration' && relation === 'be') {
    add({ hole: measure('long') });
    add({ relation: 'last' });
  }
  if (relation === 'weigh')
    add({ relation: 'be', subject: below(subject, step('weight')), hole: { part: 'object' } });
  if (relation === 'cost' && hole.part !== 'check' && subject.steps.length > 0) costs(subject, add);
  if (relation === 'pai' || relation === 'pay') {
    const thing = reading.adjuncts.find(({ preposition }) => preposition === 'for')?.phrase.entity;
    if (thing) add({ relation: 'cost', subject: thing, adjuncts: [], tier: 1, hole: AMOUNT });
  }
  if (!whatIs || subject.steps.length === 0) return;
  const owner = ownerOf(subject);
  const head = headOf(subject)!;
  if (PRICES.has(head)) costs(owner, add);
  for (const [adjective, nouns] of Object.entries(DIMENSIONS)) {
    if (!nouns.some((noun) => nounMeaning(noun) === head)) continue;
    add({ subject: owner, hole: measure(adjective) });
    if (adjective === 'heavy') add({ subject: owner, relation: 'weigh' });
  }
}

/** "my jacket cost me 60 pounds", "i bought a jacket for 60 pounds" */
function costs(thing: Entity, add: AddReading): void {
  const bought = [{ ...wordsAsPhrase([]), entity: thing }];
  add({ subject: thing, relation: 'cost', objects: [], hole: AMOUNT });
  for (const noun of ['price', 'cost'])
    add({
      subject: below(thing, step(noun)),
      relation: 'be',
      objects: [],
      hole: { part: 'object' },
    });
  for (const relation of BUYING)
    add({ subject: undefined, relation, objects: bought, past: true, tier: 1, hole: AMOUNT });
}
