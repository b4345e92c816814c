import { below, type Entity, headOf, ownerOf } from './frame.js';
import { measured } from './measures.js';
import type { Reading } from './reading.js';
import { isAnimate } from './animate.js';
import { nounMeaning } from './thesaurus.js';
import {
  type AddReading,
  step,
  place,
  at,
  BY_NOUN,
  ALLERGIC,
  EMPLOYER,
  SPOUSE,
  worksAt,
  whenIs,
  changedTo,
  isWhat,
  takenAs,
  wordsAsPhrase,
} from './told-otherwise.js';
import { frightens, tellings } from './tellings.js';
import { verbMeaning } from './verbs.js';

/** What is liked by whoever likes to do something with it. */
const FAVORED: Readonly<Record<string, readonly string[]>> = {
  eat: ['food', 'dish', 'fruit', 'dessert', 'snack'],
  drink: ['drink'],
  read: ['book', 'author'],
  watch: ['movie', 'show', 'series'],
  listen: ['music', 'band', 'song', 'singer'],
  plai: ['game', 'sport', 'instrument'],
};
const MEAL = /^(?:breakfast|lunch|dinner|supper|brunch)$/i;
/** "what do i do for fun" */
const LEISURE = /^(?:a hobby|fun|my (?:free|spare) time|leisure)$/i;

/** Other ways in which what a question asks for may have been told. */
export function paraphrases(reading: Reading): Reading[] {
  const { hole, subject, relation } = reading;
  const others: Reading[] = [];
  const add = (change: Partial<Reading>) => others.push({ ...reading, ...change });
  if (hole.part === 'age') {
    add({ relation: 'age', hole: { part: 'object' }, tier: reading.adjuncts.length > 0 ? 1 : 0 });
    if (relation === 'turn' || reading.adjuncts.length > 0)
      add({ relation: 'turn', hole: { part: 'object' } });
  }
  if (!subject) {
    frightens(reading, add);
    return others;
  }
  measured(reading, subject, add);
  tellings(reading, subject, add);
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
    // "raised" looks like an adjective.
    const raised = [wordsAsPhrase([nounMeaning('raised')])];
    add({ relation: 'be', objects: raised, adjuncts: [], hole: at('in'), tier: 1 });
    for (const other of ['be bear', 'grow up']) add({ relation: other, hole: at('in'), tier: 1 });
  }
  if (
    relation === 'be' &&
    given?.words.includes(nounMeaning('allergic')) &&
    hole.part !== 'check'
  ) {
    add({ relation: 'eat', negated: true, objects: [], hole: { part: 'object' } });
  }
  const about = [...reading.objects, ...reading.adjuncts.map(({ phrase }) => phrase)];
  if (/^(?:go|attend)$/.test(relation ?? '')) {
    const asked = hole.part === 'object' ? hole.noun : about.flatMap(({ words }) => words);
    if (asked?.includes(nounMeaning('school')))
      for (const way of BY_NOUN.get(nounMeaning('school'))!)
        add({ objects: [], adjuncts: [], relation: way.relation, hole: way.hole, tier: 1 });
  }
  if (/^(?:eat|drink)$/.test(relation ?? '') && about.some(({ text }) => MEAL.test(text)))
    add({ relation: 'have' });
  if (relation === 'have' && about.some(({ text }) => MEAL.test(text)))
    for (const other of ['eat', 'drink']) add({ relation: other });
  if (relation === 'spend' && given?.words.includes(nounMeaning('childhood')))
    add({ relation: 'grow up', objects: [], hole: at('in') });
  if (relation === 'report' && hole.part === 'adjunct' && hole.preposition === 'to')
    add({ relation: 'name', subject: below(subject, step('boss')), hole: { part: 'object' } });
  if (given?.words.includes(nounMeaning('allergic')) && hole.part !== 'check') {
    const noun = [nounMeaning('allergy')];
    add({ relation: 'have', objects: [], hole: { part: 'object', noun }, tier: 1 });
  }
  if (relation === 'eat' && reading.negated && hole.part === 'object') {
    add({
      relation: 'be',
      negated: false,
      objects: [wordsAsPhrase([nounMeaning('allergic')])],
      hole: at('to'),
    });
  }
  if (
    /^(?:go|be know|answer)$/.test(relation ?? '') &&
    hole.part === 'adjunct' &&
    /^(?:by|as|to)$/.test(hole.preposition ?? '')
  )
    add({ relation: 'name', hole: { part: 'object' } });
  if (relation === 'work' && hole.part === 'adjunct' && hole.preposition === 'as')
    isWhat(subject, add);
  const noun = hole.part === 'object' || hole.part === 'adjunct' ? hole.noun : undefined;
  if (noun?.at(-1) === 'name') named(reading, add);
  if (relation === 'be' && hole.part === 'object' && reading.objects.length === 0)
    whatIs(reading, subject, add);
  if (relation === 'name' && hole.part === 'object') {
    for (const { relation: other, hole: way } of BY_NOUN.get(headOf(subject) ?? '') ?? []) {
      const married = SPOUSE.has(headOf(subject)!);
      const objects = married ? [wordsAsPhrase([nounMeaning('married')])] : [];
      add({ subject: ownerOf(subject), relation: other, tier: 1, hole: way, objects });
    }
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
    ({ entity, kind }) =>
      entity && entity.steps.length > 0 && (entity.root === 'user' || kind === 'definite'),
  );
  if (
    hole.part === 'adjunct' &&
    hole.role === 'place' &&
    possessed &&
    /^(?:find|put|keep|leav|store|hide|place|have|set|lai|drop|see)$/.test(relation ?? '')
  ) {
    add({ relation: 'be', subject: possessed.entity, objects: [] });
    add({ relation: undefined, subject: possessed.entity, objects: [], tier: 1 });
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
  if (
    relation === 'be bear' &&
    (hole.part === 'time' || (hole.part === 'adjunct' && hole.role === 'time'))
  ) {
    const birthday = below(subject, step('birthday'));
    for (const when of [{ part: 'time' }, { part: 'adjunct', role: 'time' }] as const)
      add({ subject: birthday, relation: 'be', hole: when, tier: 1 });
  }
  if (hole.part === 'time') add({ hole: { part: 'adjunct', role: 'time' } });
  if (relation === 'marri') {
    const objects = [wordsAsPhrase([nounMeaning('married')]), ...reading.objects];
    for (const other of ['get', 'be']) add({ relation: other, objects });
  }
  if (hole.part === 'manner' && relation === 'be')
    add({ hole: { part: 'object', kinds: ['adjective', 'bare'] } });
  if (relation === 'be' && hole.part === 'check') {
    const [value] = reading.objects;
    if (value && headOf(subject) === nounMeaning('job')) add({ subject: ownerOf(subject) });
  }
  return others;
}

/** "which name does my dog have", "what name did i give my dog" */
function named({ subject, objects, adjuncts }: Reading, add: AddReading): void {
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
function whatIs({ hole, human }: Reading, subject: Entity, add: AddReading): void {
  const owner = ownerOf(subject);
  const head = headOf(subject);
  const noun = hole.part === 'object' ? hole.noun : undefined;
  if (noun) {
    // "which sport is my favorite"
    if (head === nounMeaning('favorite')) {
      const own = { head: noun.at(-1)!, modifiers: [head], words: `favorite ${noun.join(' ')}` };
      add({ subject: below(owner, own), hole: { part: 'object' } });
    }
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
  const { modifiers } = subject.steps.at(-1)!;
  if (modifiers.includes(nounMeaning('favorite')))
    add({ subject: owner, relation: 'like', hole: { part: 'object', noun: [head!] }, tier: 2 });
  if (head === 'ag') add({ subject: owner, relation: 'age' });
  if (head === ALLERGIC) add({ subject: owner, relation: 'eat', negated: true });
  if (EMPLOYER.has(head!)) worksAt(owner, add);
  if (head === nounMeaning('job')) takenAs(subject, owner, add);
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

/** "where do i live", "where do i work", "where are my keys" */
function where({ relation }: Pick<Reading, 'relation'>, subject: Entity, add: AddReading): void {
  if (relation === 'live' || relation === 'resid') {
    add({ relation: 'move', hole: at('to') });
    add({ relation: 'be base', hole: place });
    add({ relation: 'be', subject: below(subject, step('home')), hole: { part: 'object' } });
    add({ relation: 'be', subject: below(subject, step('home')), hole: place });
    add({ relation: 'be', subject: below(subject, step('address')), hole: { part: 'object' } });
    add({ relation: 'be', tier: 1, hole: { part: 'adjunct', preposition: 'in', named: true } });
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
      if (!isAnimate(subject))
        for (const lies of [
          'be hold',
          'be locat',
          'be situat',
          'take',
          'happen',
          'stand',
          'hang',
          'sit',
        ])
          add({ relation: lies, tier: 1 });
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
function whatDoes(reading: Reading, subject: Entity, relation: string, add: AddReading): void {
  const verb = verbMeaning(relation.split(' ')[0]!);
  const noun = reading.hole.part === 'object' ? reading.hole.noun : undefined;
  if (relation === 'do' && reading.adjuncts.length > 0)
    add({ relation: undefined, hole: { part: 'activity' }, tier: 1 });
  if (relation === 'do' && reading.adjuncts.some(({ phrase }) => LEISURE.test(phrase.text))) {
    add({ relation: 'be', subject: below(subject, step('hobby')), adjuncts: [], tier: 1 });
    add({ relation: 'like', adjuncts: [], tier: 1 });
  }
  if (relation === 'do' && noun && /^(?:work|job)$/.test(noun.at(-1)!))
    add({ relation: 'do', hole: { part: 'object' } });
  if (relation === 'do' && (!reading.past || subject.steps.length > 0)) isWhat(subject, add);
  if (/^like( do)?$/.test([verb, ...relation.split(' ').slice(1)].join(' '))) {
    add({ relation: 'like' });
    add({ relation: 'be', subject: below(subject, step('hobby')), hole: { part: 'object' } });
  }
  const [, done] = relation.split(' ');
  if (verb === 'like' && done !== undefined && !noun) {
    for (const kind of FAVORED[done] ?? []) {
      const own = { ...step(kind), modifiers: [nounMeaning('favorite')] };
      add({ relation: 'be', subject: below(subject, own), tier: 1 });
      add({ relation: 'like', hole: { part: 'object', noun: [nounMeaning(kind)] }, tier: 1 });
    }
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
    const own = { head: noun.at(-1)!, modifiers: noun.slice(0, -1), words: noun.join(' ') };
    changedTo(below(subject, own), add);
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
