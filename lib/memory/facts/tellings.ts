import { below, type Entity, headOf, ownerOf } from './frame.js';
import type { Hole, Reading } from './reading.js';
import { nounMeaning } from './thesaurus.js';
import { type AddReading, at, place, step, wordsAsPhrase } from './told-otherwise.js';
import { verbMeaning } from './verbs.js';

const OBJECT: Hole = { part: 'object' };
const WHEN: Hole = { part: 'adjunct', role: 'time' };
const AFRAID = nounMeaning('afraid');
const MARRIED = nounMeaning('married');
const SCHOOLS = new Set(['school', 'university', 'kindergarten', 'academy'].map(nounMeaning));
/** Verbs whose object or place is somebody's own: "which gym do i go to" asks for my gym. */
const USING =
  /^(?:go|us|attend|visit|belong|bank|support|follow|see|drive|ride|train|shop|listen)$/;

/** What the same may have been told as, from the other side: who gives, who is feared, whom somebody married. */
export function tellings(reading: Reading, subject: Entity, add: AddReading): void {
  const { hole, relation, objects, adjuncts } = reading;
  const [given] = objects;
  const nothing = { objects: [], adjuncts: [] };
  const verb = verbMeaning((relation ?? '').split(' ')[0]!);
  if (verb === 'get' && hole.part === 'object') {
    const receiver = { ...wordsAsPhrase([]), entity: subject };
    add({ subject: undefined, relation: 'give', objects: [...objects, receiver], tier: 1 });
  }
  const spouse = below(subject, step('spouse'));
  const weds = relation === 'marri' || (verb !== 'have' && given?.words.includes(MARRIED));
  if (weds && (hole.part === 'object' || (hole.part === 'adjunct' && hole.preposition === 'to')))
    add({ ...nothing, subject: spouse, relation: 'name', hole: OBJECT, tier: 1 });
  if (weds && isTime(hole)) add({ ...nothing, relation: 'marri', tier: 1 });
  if (weds && hole.part === 'adjunct' && hole.role === 'time') {
    const day = below(subject, step('anniversary'));
    for (const when of [{ part: 'time' }, WHEN] as const)
      add({ ...nothing, subject: day, relation: 'be', hole: when, tier: 1 });
  }
  if (relation === 'be' && given?.words.includes(AFRAID) && hole.part !== 'check') {
    for (const other of ['fear', 'be scare', 'be terrifi', 'be frighten'])
      add({ ...nothing, relation: other, hole: other === 'fear' ? OBJECT : at('of') });
    add({ ...nothing, subject: below(subject, step('fear')), hole: OBJECT, tier: 1 });
  }
  if (relation === 'fear') {
    add({ relation: 'be', objects: [wordsAsPhrase([AFRAID])], hole: at('of') });
  }
  if (/^(?:get|bui|order)$/.test(verb) && hole.part === 'adjunct' && hole.role === 'place')
    add({ hole: at('from'), tier: 1 });
  if (/^(?:come|visit|arriv)$/.test(verb) && isTime(hole))
    for (const other of ['visit', 'come', 'arriv'])
      if (other !== verb) add({ relation: other, tier: 1 });
  if (relation === 'be' && headOf(subject) === nounMeaning('birthday'))
    add({ subject: ownerOf(subject), relation: 'turn', hole: WHEN, tier: 1 });
  const noun = hole.part === 'object' || hole.part === 'adjunct' ? hole.noun : undefined;
  if (noun && USING.test(verb)) {
    const own = { head: noun.at(-1)!, modifiers: noun.slice(0, -1), words: noun.join(' ') };
    const thing = below(subject, own);
    for (const other of ['be', 'name'])
      add({ ...nothing, subject: thing, relation: other, hole: OBJECT, tier: 1 });
  }
  const school = [...objects, ...adjuncts.map(({ phrase }) => phrase)].find(({ words }) =>
    words.some((word) => SCHOOLS.has(word)),
  );
  if (school && /^(?:go|attend)$/.test(verb)) {
    add({ ...nothing, relation: 'go', hole: at('to'), tier: 1 });
    add({ ...nothing, relation: 'attend', hole: OBJECT, tier: 1 });
    add({ ...nothing, relation: 'studi', hole: place, tier: 1 });
    add({ ...nothing, relation: 'graduat', hole: at('from'), tier: 1 });
  }
  if (relation === 'be' && hole.part === 'object' && headOf(subject) === nounMeaning('hobby')) {
    for (const other of ['collect', 'practic'])
      add({ ...nothing, subject: ownerOf(subject), relation: other, tier: 2 });
  }
}

function isTime(hole: Hole): boolean {
  return hole.part === 'time' || (hole.part === 'adjunct' && hole.role === 'time');
}

/** "what scares me": what i am afraid of. */
export function frightens({ relation, objects, hole }: Reading, add: AddReading): void {
  const [whom] = objects;
  const somebody = whom?.entity;
  if (!somebody || hole.part !== 'subject' || !/^(?:scare|frighten|terrifi)$/.test(relation ?? ''))
    return;
  add({ subject: somebody, relation: 'be', objects: [wordsAsPhrase([AFRAID])], hole: at('of') });
  add({ subject: somebody, relation: 'fear', objects: [], hole: OBJECT });
}
