import { isAnimate } from './animate.js';
import { type Entity, type Fact, type Frame, type Phrase, USER } from './frame.js';
import { isNumber, MONTHS, WEEKDAYS } from './lexicon.js';
import { nounMeaning } from './thesaurus.js';

/** "i love ramen. it's my favorite food": what is said of the favorite food. */
export function turnedRound(told: Frame, fact: Fact): Fact | undefined {
  const about = fact.objects[0]?.entity;
  const { subject } = fact;
  const pronoun = told.subject.root !== subject.root && told.subject.steps.length === 0;
  if (!pronoun || fact.relation !== 'be' || fact.negated || subject.root !== 'world')
    return undefined;
  if (about?.root !== 'user' || about.steps.length === 0) return undefined;
  const { words, head, modifiers } = subject.steps.at(-1)!;
  const value: Phrase = {
    span: { start: 0, end: 0 },
    text: words,
    kind: 'name',
    words: [...modifiers, head],
    head,
    entity: subject,
    count: undefined,
  };
  const said = { verbs: 'is', complement: words };
  const relation = isAnimate(about) ? 'name' : 'be';
  return { ...fact, subject: about, subjectText: '', relation, objects: [value], said };
}

/** "until March i lived in Cork" */
export function isOver({ past, negated, adjuncts }: Frame): boolean {
  return (
    past && !negated && adjuncts.some(({ preposition }) => /^(?:until|till)$/.test(preposition))
  );
}

/** What follows the verbs, and after it what was said before the subject. */
export function complementOf({ complement, circumstance }: Frame, text: string): string {
  const after = text.slice(complement.start, complement.end);
  if (!circumstance) return after;
  const first = text.slice(circumstance.start, circumstance.end);
  return `${after} ${first.slice(0, 1).toLowerCase()}${first.slice(1)}`.trimStart();
}

/** Who "i" is: the user, or somebody with a name. */
export function speakerOf(speaker: string): Entity {
  if (speaker === 'user') return USER;
  const words = speaker.toLowerCase().split(/\s+/).map(nounMeaning);
  return {
    root: 'world',
    steps: [{ head: words.at(-1) ?? '', modifiers: words.slice(0, -1), words: speaker }],
  };
}

/** A fact with another part, as a later text tells: "no wait it's Garrett", "we swapped the Volvo for a Skoda". */
export function withPart(
  fact: Fact,
  old: Phrase,
  part: Phrase,
  { event, time, source }: Pick<Fact, 'event' | 'time' | 'source'>,
): Fact {
  const put = (phrase: Phrase) => (phrase.text === old.text ? part : phrase);
  const { verbs, complement, sentence } = fact.said;
  return {
    ...fact,
    objects: fact.objects.map(put),
    adjuncts: fact.adjuncts.map((adjunct) => ({ ...adjunct, phrase: put(adjunct.phrase) })),
    said: {
      verbs,
      complement: complement.replace(old.text, () => part.text),
      sentence: sentence?.replace(old.text, () => part.text),
    },
    event,
    time,
    source,
  };
}

/** What a phrase looks like: what puts it right looks the same. */
export function shapeOf({ text }: Phrase): 'day' | 'number' | 'words' {
  const parts = text.toLowerCase().split(/\s+/);
  if (parts.some((part) => WEEKDAYS.has(part) || MONTHS.has(part))) return 'day';
  return parts.some((part) => /\d/.test(part) || isNumber(part)) ? 'number' : 'words';
}
