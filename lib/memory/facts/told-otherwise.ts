import { below, type Entity, type Phrase, type Step } from './frame.js';
import type { Hole, Reading } from './reading.js';
import { nounMeaning } from './thesaurus.js';

/** Takes in the question with something changed. */
export type AddReading = (change: Partial<Reading>) => void;

export const step = (word: string): Step => ({
  head: nounMeaning(word),
  modifiers: [],
  words: word,
});
export const place: Hole = { part: 'adjunct', role: 'place' };
export const at = (preposition: string): Hole => ({ part: 'adjunct', preposition });

export interface Way {
  readonly relation: string;
  readonly hole: Hole;
}

/** What a noun of somebody may have been told as: "what is my job" by "i work as a nurse". */
export const BY_NOUN: ReadonlyMap<string, readonly Way[]> = new Map(
  Object.entries<readonly Way[]>({
    job: [
      { relation: 'be', hole: { part: 'object', kinds: ['class'] } },
      { relation: 'work', hole: at('as') },
      { relation: 'becom', hole: { part: 'object', kinds: ['class'] } },
      { relation: 'be emploi', hole: at('as') },
      { relation: 'be hire', hole: at('as') },
    ],
    home: [{ relation: 'live', hole: place }, { relation: 'move', hole: at('to') }],
    address: [{ relation: 'live', hole: place }],
    hometown: [{ relation: 'be', hole: at('from') }, { relation: 'come', hole: at('from') }, { relation: 'grow up', hole: at('in') }, { relation: 'be bear', hole: at('in') }],
    origin: [{ relation: 'be', hole: at('from') }, { relation: 'come', hole: at('from') }],
    nationality: [{ relation: 'be', hole: at('from') }, { relation: 'come', hole: at('from') }],
    hobby: [{ relation: 'like', hole: { part: 'object' } }],
    allergy: [{ relation: 'be', hole: at('to') }],
    birthday: [{ relation: 'be bear', hole: { part: 'adjunct', role: 'time' } }],
    workplace: [{ relation: 'work', hole: place }, { relation: 'work', hole: at('for') }],
    employer: [{ relation: 'work', hole: at('for') }, { relation: 'work', hole: at('at') }],
    street: [{ relation: 'live', hole: { part: 'adjunct', preposition: 'on', named: true, noun: ['street'] } }, { relation: 'live', hole: { part: 'adjunct', preposition: 'in', named: true, noun: ['street'] } }],
    car: [{ relation: 'drive', hole: { part: 'object' } }],
    major: [{ relation: 'studi', hole: { part: 'object' } }],
    subject: [{ relation: 'teach', hole: { part: 'object' } }, { relation: 'studi', hole: { part: 'object' } }],
    language: [{ relation: 'speak', hole: { part: 'object' } }],
    instrument: [{ relation: 'plai', hole: { part: 'object', noun: [nounMeaning('instrument')] } }],
    school: [{ relation: 'go', hole: { part: 'adjunct', preposition: 'to', noun: ['school'] } }, { relation: 'attend', hole: { part: 'object' } }, { relation: 'studi', hole: at('at') }],
    girlfriend: [{ relation: 'date', hole: { part: 'object' } }],
    boyfriend: [{ relation: 'date', hole: { part: 'object' } }],
    partner: [{ relation: 'date', hole: { part: 'object' } }],
    fiance: [{ relation: 'be', hole: at('to') }],
    fiancee: [{ relation: 'be', hole: at('to') }],
    husband: [{ relation: 'be', hole: at('to') }],
    wife: [{ relation: 'be', hole: at('to') }],
  }).map(([noun, ways]) => [nounMeaning(noun), ways]),
); // prettier-ignore
export const ALLERGIC = nounMeaning('allergy');
export const EMPLOYER = new Set(['employer', 'workplace'].map(nounMeaning));
export const SPOUSE = new Set(['husband', 'wife'].map(nounMeaning));

/** Everything that may tell for whom somebody works. */
export function worksAt(subject: Entity, add: AddReading): void {
  const nothing = { objects: [], adjuncts: [] };
  add({ ...nothing, subject, relation: 'work', hole: place });
  add({ ...nothing, subject, relation: 'work', hole: at('for') });
  add({ ...nothing, subject, relation: 'be', hole: at('at') });
  for (const relation of ['be emploi', 'be hire'])
    for (const preposition of ['at', 'by', 'with', 'in'])
      add({ ...nothing, subject, relation, hole: at(preposition) });
  for (const noun of ['job', 'office', 'work']) {
    const own = below(subject, step(noun));
    add({ ...nothing, relation: 'be', subject: own, hole: place });
    for (const preposition of ['at', 'with', 'in']) {
      add({
        ...nothing,
        subject,
        relation: undefined,
        objects: [{ ...wordsAsPhrase([]), entity: own }],
        hole: at(preposition),
      });
    }
  }
  for (const noun of ['employer', 'workplace']) {
    add({
      ...nothing,
      subject: below(subject, step(noun)),
      relation: 'be',
      hole: { part: 'object' },
    });
  }
  add({
    ...nothing,
    subject,
    relation: undefined,
    tier: 2,
    hole: { part: 'adjunct', preposition: 'at', named: true },
  });
}

/** "when is my recital", "when do i have my recital", "when does it start": whatever says a time about it. */
export function whenIs(
  { relation, objects }: Pick<Reading, 'relation' | 'objects'>,
  subject: Entity,
  add: AddReading,
): void {
  const hole: Hole = { part: 'adjunct', role: 'time' };
  const [object] = objects;
  const about =
    relation === 'have' && object?.entity && object.entity.steps.length > 0
      ? object.entity
      : subject;
  const starts =
    /^(?:be(?: \w+)?|start|begin|take|happen|leav|depart|have|end|open|arriv|go)$/.test(
      relation ?? '',
    );
  if (!starts || about.steps.length === 0) return;
  add({ subject: about, relation: undefined, verb: relation, objects: [], hole, tier: 1 });
  add({ subject: about, relation: 'be', objects: [], hole: { part: 'time' }, tier: 1 });
  add({
    subject: undefined,
    relation: undefined,
    objects: [{ ...wordsAsPhrase([]), entity: about }],
    hole,
    tier: 1,
  });
}

/** "my code has changed to 4452", "i set my code to 4452" */
export function changedTo(subject: Entity, add: AddReading): void {
  const own = { ...wordsAsPhrase([]), entity: subject };
  for (const relation of [
    'chang',
    'be chang',
    'switch',
    'updat',
    'be updat',
    'be set',
    'be reset',
    'becom',
  ]) {
    add({ subject, relation, hole: relation === 'becom' ? { part: 'object' } : at('to') });
  }
  for (const relation of ['set', 'chang', 'switch', 'updat', 'reset', 'choos']) {
    add({ subject: undefined, relation, objects: [own], hole: at('to') });
  }
}

/** What somebody is by profession. */
export function isWhat(subject: Entity, add: AddReading): void {
  const nothing = { objects: [], adjuncts: [], past: false };
  add({ ...nothing, relation: 'be', hole: { part: 'object', kinds: ['class'] } });
  for (const relation of ['work', 'be emploi', 'be hire', 'serv', 'train'])
    add({ ...nothing, relation, hole: at('as') });
  add({ ...nothing, relation: 'becom', hole: { part: 'object', kinds: ['class'] } });
  const living = [wordsAsPhrase([nounMeaning('living')])];
  for (const relation of ['make', 'earn'])
    add({ ...nothing, relation, objects: living, hole: at('as') });
  add({ ...nothing, relation: 'be', hole: { part: 'object', kinds: ['definite'] }, tier: 2 });
  // "used to work as …", where nothing newer was told
  add({ ...nothing, past: true, relation: 'work', hole: at('as'), tier: 2 });
  const job = below(subject, step('job'));
  add({ ...nothing, relation: 'be', subject: job, hole: { part: 'object' } });
  takenAs(job, subject, add);
}

/** "i got a job as a welder" */
export function takenAs(job: Entity, subject: Entity, add: AddReading): void {
  const objects = [{ ...wordsAsPhrase([]), entity: job }];
  add({ subject, relation: undefined, objects, adjuncts: [], hole: at('as') });
}

/** A part that a fact must have, which was not said. */
export function wordsAsPhrase(words: readonly string[]): Phrase {
  const nowhere = { start: 0, end: 0 };
  return {
    span: nowhere,
    text: '',
    kind: 'definite',
    words,
    head: words.at(-1),
    entity: undefined,
    count: undefined,
  };
}
