import { below, type Entity, headOf, ownerOf, type Phrase, type Step } from './frame.js';
import type { Hole, Reading } from './reading.js';
import { isAnimate } from './statements.js';
import { nounMeaning } from './thesaurus.js';
import { verbMeaning } from './verbs.js';

const step = (word: string): Step => ({ head: nounMeaning(word), modifiers: [], words: word });
const place: Hole = { part: 'adjunct', role: 'place' };
const at = (preposition: string): Hole => ({ part: 'adjunct', preposition });

interface Way {
  readonly relation: string;
  readonly hole: Hole;
}

/** What a noun of somebody may have been told as: "what is my job" by "i work as a nurse". */
const BY_NOUN: ReadonlyMap<string, readonly Way[]> = new Map(
  Object.entries<readonly Way[]>({
    job: [
      { relation: 'be', hole: { part: 'object', kinds: ['class'] } },
      { relation: 'work', hole: at('as') },
      { relation: 'becom', hole: { part: 'object', kinds: ['class'] } },
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
    car: [{ relation: 'drive', hole: { part: 'object' } }],
    major: [{ relation: 'studi', hole: { part: 'object' } }],
    subject: [{ relation: 'teach', hole: { part: 'object' } }, { relation: 'studi', hole: { part: 'object' } }],
    language: [{ relation: 'speak', hole: { part: 'object' } }],
    instrument: [{ relation: 'plai', hole: { part: 'object', noun: [nounMeaning('instrument')] } }],
    school: [{ relation: 'go', hole: at('to') }, { relation: 'attend', hole: { part: 'object' } }, { relation: 'studi', hole: at('at') }],
    husband: [{ relation: 'be', hole: at('to') }],
    wife: [{ relation: 'be', hole: at('to') }],
  }).map(([noun, ways]) => [nounMeaning(noun), ways]),
); // prettier-ignore
const ALLERGIC = nounMeaning('allergy');
const EMPLOYER = new Set(['employer', 'workplace', 'job', 'office'].map(nounMeaning));
const SPOUSE = new Set(['husband', 'wife'].map(nounMeaning));

/** Other ways in which what a question asks for may have been told. */
export function paraphrases(reading: Reading): Reading[] {
  const { hole, subject, relation } = reading;
  const others: Reading[] = [];
  const add = (change: Partial<Reading>) => others.push({ ...reading, ...change });
  if (hole.part === 'age') add({ relation: 'age', hole: { part: 'object' } });
  if (!subject) return others;
  const [given] = reading.objects;
  if (relation === 'be' && hole.part === 'adjunct' && hole.preposition === 'from') {
    add({ relation: 'come' });
    add({ relation: 'be bear', hole: at('in') });
    add({ relation: 'grow up', hole: at('in') });
    add({ relation: 'be', subject: below(subject, step('hometown')), hole: { part: 'object' } });
  }
  if (
    /^(?:come|be bear|grow up)$/.test(relation ?? '') &&
    hole.part === 'adjunct' &&
    (hole.role === 'place' || hole.preposition !== undefined)
  ) {
    for (const other of ['come', 'be']) add({ relation: other, hole: at('from'), tier: 1 });
    for (const other of ['be bear', 'grow up']) add({ relation: other, hole: at('in'), tier: 1 });
  }
  if (
    relation === 'be' &&
    given?.words.includes(nounMeaning('allergic')) &&
    hole.part !== 'check'
  ) {
    add({ relation: 'eat', negated: true, objects: [], hole: { part: 'object' } });
  }
  if (relation === 'eat' && reading.negated && hole.part === 'object') {
    add({
      relation: 'be',
      negated: false,
      objects: [wordsAsPhrase([nounMeaning('allergic')])],
      hole: at('to'),
    });
  }
  if (relation === 'work' && hole.part === 'adjunct' && hole.preposition === 'as')
    isWhat(subject, add);
  const noun = hole.part === 'object' || hole.part === 'adjunct' ? hole.noun : undefined;
  if (noun?.at(-1) === 'name') named(reading, add);
  if (relation === 'be' && hole.part === 'object' && reading.objects.length === 0)
    whatIs(reading, subject, add);
  if (relation === 'name' && hole.part === 'object') {
    add({ relation: 'be', tier: 1, hole: { part: 'object', kinds: ['name', 'bare'] } });
  }
  if (hole.part === 'adjunct' && hole.role === 'place') where(reading, subject, add);
  if (
    relation === 'work' &&
    hole.part === 'adjunct' &&
    /^(?:for|at|in)$/.test(hole.preposition ?? '')
  )
    worksAt(subject, add);
  const possessed = reading.objects.find(
    ({ entity }) => entity?.root === 'user' && entity.steps.length > 0,
  );
  if (
    hole.part === 'adjunct' &&
    hole.role === 'place' &&
    possessed &&
    /^(?:find|put|keep|leav|store|hide|place|have|set|lai|drop|see)$/.test(relation ?? '')
  ) {
    add({ relation: 'be', subject: possessed.entity, objects: [] });
    add({ relation: undefined, subject: undefined, tier: 1 });
  }
  if (hole.part === 'time' || (hole.part === 'adjunct' && hole.role === 'time'))
    whenIs(reading, subject, add);
  if (hole.part === 'object' && relation !== undefined) whatDoes(reading, subject, relation, add);
  if (hole.part === 'adjunct' && hole.role === 'time' && relation === 'be') {
    add({ hole: { part: 'time' } });
    add({ relation: undefined, tier: 1 });
    if (headOf(subject) === nounMeaning('birthday'))
      add({ subject: ownerOf(subject), relation: 'be bear' });
  }
  if (hole.part === 'time') add({ hole: { part: 'adjunct', role: 'time' } });
  if (hole.part === 'manner' && relation === 'be')
    add({ hole: { part: 'object', kinds: ['adjective', 'bare'] } });
  if (relation === 'be' && hole.part === 'check') {
    const [value] = reading.objects;
    if (value && headOf(subject) === nounMeaning('job')) add({ subject: ownerOf(subject) });
  }
  return others;
}

/** What somebody is by profession. */
function isWhat(subject: Entity, add: (change: Partial<Reading>) => void): void {
  const nothing = { objects: [], adjuncts: [] };
  add({ ...nothing, relation: 'be', hole: { part: 'object', kinds: ['class'] } });
  add({ ...nothing, relation: 'work', hole: at('as') });
  add({
    ...nothing,
    relation: 'be',
    subject: below(subject, step('job')),
    hole: { part: 'object' },
  });
}

/** "which name does my dog have", "what name did i give my dog" */
function named(
  { subject, objects, adjuncts }: Reading,
  add: (change: Partial<Reading>) => void,
): void {
  const about =
    objects.find(({ entity }) => entity?.root === 'user')?.entity ??
    adjuncts.find(({ phrase }) => phrase.entity?.root === 'user')?.phrase.entity;
  add({
    subject: about ?? subject,
    relation: 'name',
    objects: [],
    adjuncts: [],
    hole: { part: 'object' },
  });
}

/** "what is my job", "who is my boss", "what color is my car" */
function whatIs(
  { hole, human }: Reading,
  subject: Entity,
  add: (change: Partial<Reading>) => void,
): void {
  const owner = ownerOf(subject);
  const head = headOf(subject);
  const noun = hole.part === 'object' ? hole.noun : undefined;
  if (noun) {
    // "what breed is my dog": "my dog's breed is …"
    add({
      subject: below(subject, {
        head: noun.at(-1)!,
        modifiers: noun.slice(0, -1),
        words: noun.join(' '),
      }),
      hole: { part: 'object' },
    });
    return;
  }
  if (subject.steps.length === 0) {
    if (human) add({ relation: 'name' });
    return;
  }
  if (subject.root === 'world') {
    // "who is Anna": whoever has the name.
    const words = subject.steps.flatMap(({ head: last, modifiers }) => [...modifiers, last]);
    add({
      subject: undefined,
      relation: 'name',
      objects: [wordsAsPhrase(words)],
      hole: { part: 'subject' },
      tier: 1,
    });
  }
  if (human || isAnimate(subject)) add({ relation: 'name', tier: human ? 0 : 1 });
  if (head === 'ag') add({ subject: owner, relation: 'age' });
  if (head === ALLERGIC) add({ subject: owner, relation: 'eat', negated: true });
  if (EMPLOYER.has(head!)) worksAt(owner, add);
  if (
    head === nounMeaning('town') &&
    subject.steps.at(-1)!.modifiers.includes(nounMeaning('home'))
  ) {
    for (const way of [
      ...BY_NOUN.get(nounMeaning('home'))!,
      ...BY_NOUN.get(nounMeaning('hometown'))!,
    ]) {
      add({ subject: owner, relation: way.relation, hole: way.hole });
    }
    add({ subject: below(owner, step('home')), hole: place });
  }
  if (/^(?:time|date|dai|hour)$/.test(head ?? '') && owner.steps.length > 0) {
    whenIs({ relation: 'be', objects: [] }, owner, add);
  }
  changedTo(subject, add);
  for (const way of BY_NOUN.get(head ?? '') ?? []) {
    const objects = head === ALLERGIC ? ['allergic'] : SPOUSE.has(head!) ? ['married'] : [];
    const given = objects.map((word) => wordsAsPhrase([nounMeaning(word)]));
    add({ subject: owner, relation: way.relation, hole: way.hole, objects: given });
  }
}

/** "my code has changed to 4452", "i set my code to 4452" */
function changedTo(subject: Entity, add: (change: Partial<Reading>) => void): void {
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
    add({ relation, hole: relation === 'becom' ? { part: 'object' } : at('to') });
  }
  for (const relation of ['set', 'chang', 'switch', 'updat', 'reset', 'choos']) {
    add({ subject: undefined, relation, objects: [own], hole: at('to') });
  }
}

/** Everything that may tell for whom somebody works. */
function worksAt(subject: Entity, add: (change: Partial<Reading>) => void): void {
  const nothing = { objects: [], adjuncts: [] };
  add({ ...nothing, subject, relation: 'work', hole: place });
  add({ ...nothing, subject, relation: 'work', hole: at('for') });
  add({ ...nothing, subject, relation: 'be', hole: at('at') });
  for (const relation of ['be emploi', 'be hire'])
    add({ ...nothing, subject, relation, hole: { part: 'adjunct' } });
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
function whenIs(
  { relation, objects }: Pick<Reading, 'relation' | 'objects'>,
  subject: Entity,
  add: (change: Partial<Reading>) => void,
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
  add({ subject: about, relation: undefined, objects: [], hole, tier: 1 });
  add({ subject: about, relation: 'be', objects: [], hole: { part: 'time' }, tier: 1 });
  add({
    subject: undefined,
    relation: undefined,
    objects: [{ ...wordsAsPhrase([]), entity: about }],
    hole,
    tier: 1,
  });
}

/** "where do i live", "where do i work", "where are my keys" */
function where(
  { relation }: Pick<Reading, 'relation'>,
  subject: Entity,
  add: (change: Partial<Reading>) => void,
): void {
  if (relation === 'live' || relation === 'resid') {
    add({ relation: 'move', hole: at('to') });
    add({ relation: 'be base', hole: place });
    add({ relation: 'be', subject: below(subject, step('home')), hole: { part: 'object' } });
    add({ relation: 'be', subject: below(subject, step('home')), hole: place });
    add({ relation: 'be', subject: below(subject, step('address')), hole: { part: 'object' } });
    add({ relation: 'be', tier: 1, hole: place });
  }
  if (/^(?:work|be emploi|be hire)$/.test(relation ?? '')) {
    worksAt(subject, add);
  }
  if (relation === 'be') {
    // "where is my job", "where are my keys": whatever was said about them that has a place.
    const head = headOf(subject);
    if (head === nounMeaning('job') || head === 'work' || head === nounMeaning('office')) {
      worksAt(ownerOf(subject), add);
      add({
        subject: undefined,
        relation: undefined,
        objects: [{ ...wordsAsPhrase([]), entity: subject }],
        tier: 1,
      });
    } else if (head === nounMeaning('home')) {
      where({ relation: 'live' }, ownerOf(subject), (change) =>
        add({ subject: ownerOf(subject), relation: 'live', ...change }),
      );
      add({ subject: ownerOf(subject), relation: 'live' });
    } else if (subject.steps.length > 0) {
      add({ relation: 'live' });
      add({ relation: 'move', hole: at('to'), tier: 1 });
      add({
        subject: undefined,
        relation: undefined,
        objects: [{ ...wordsAsPhrase([]), entity: subject }],
        tier: 1,
      });
    }
    if (head === undefined) add({ relation: 'live', tier: 1 });
  }
}

/** "what do i do", "what do i like to do", "what car do i have" */
function whatDoes(
  reading: Reading,
  subject: Entity,
  relation: string,
  add: (change: Partial<Reading>) => void,
): void {
  const verb = verbMeaning(relation.split(' ')[0]!);
  const noun = reading.hole.part === 'object' ? reading.hole.noun : undefined;
  if (relation === 'do' && !reading.past) isWhat(subject, add);
  if (/^like( do)?$/.test([verb, ...relation.split(' ').slice(1)].join(' '))) {
    add({ relation: 'like' });
    add({ relation: 'be', subject: below(subject, step('hobby')), hole: { part: 'object' } });
  }
  if (noun && verb === 'like') {
    add({
      relation: 'be',
      tier: 1,
      objects: [],
      hole: { part: 'object' },
      subject: below(subject, {
        head: noun.at(-1)!,
        modifiers: [nounMeaning('favorite'), ...noun.slice(0, -1)],
        words: `favorite ${noun.join(' ')}`,
      }),
    });
  }
  if (verb === 'have' && noun) {
    for (const other of ['get', 'adopt', 'drive', 'bui']) add({ relation: other, tier: 1 });
    add({
      relation: 'be',
      subject: below(subject, {
        head: noun.at(-1)!,
        modifiers: noun.slice(0, -1),
        words: noun.join(' '),
      }),
      hole: { part: 'object' },
      objects: [],
    });
  }
  if (relation === 'drive' && noun)
    for (const other of ['have', 'bui', 'get']) add({ relation: other, tier: 1 });
  if (verb === 'have') add({ relation: 'get', tier: 1 });
  if (verb === 'get') add({ relation: 'have', tier: 1 });
}

/** A part that a fact must have, which was not said. */
function wordsAsPhrase(words: readonly string[]): Phrase {
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
