import type { EventFields, Origin } from '../store/index.js';
import { checkString, wrongType } from '../validate.js';
import { type SentenceReading, sentenceReadings } from './facts/index.js';
import { MAX_TAGS, normaliseTags, type RememberInput } from './record.js';

/** A sentence with the tags it would be kept under. */
export interface TaggedSentence {
  readonly text: string;
  /** 'name', 'my_dog', 'pref_like', 'loc_live', 'emo_happy', 'question', 'topic_jazz', … */
  readonly tags: readonly string[];
  /** How much it matters, above 0: 2 for names, places and what is liked best, else 1, plus a tenth of its words. */
  readonly importance: number;
}

/** Decides how told texts are tagged. Another one than the rules may ask a model. */
export interface Classifier {
  /** Who decides: it is kept with the memory. */
  readonly by: Origin;
  classify(
    text: string,
    options?: { signal?: AbortSignal | undefined },
  ): readonly TaggedSentence[] | Promise<readonly TaggedSentence[]>;
}

const IMPORTANT = /^(?:name|loc_.*|pref_favorite)$/;
/** Tags of the verbs that say where somebody belongs, and what somebody likes. */
const PLACES: Readonly<Record<string, string>> = {
  live: 'loc_live', resid: 'loc_live', move: 'loc_live', 'be bear': 'loc_from', 'grow up': 'loc_from', come: 'loc_from',
}; // prettier-ignore
const LIKING: Readonly<Record<string, string>> = {
  like: 'pref_like', love: 'pref_like', enjoi: 'pref_like', prefer: 'pref_like', hate: 'pref_hate', dislik: 'pref_hate',
}; // prettier-ignore
const FEELINGS = new Set(
  'happy sad angry afraid anxious lonely proud excited bored tired worried nervous glad upset stressed scared jealous grateful depressed exhausted hopeful ashamed'.split(
    ' ',
  ),
);

/** Tags by rules, from what a sentence states. */
export const RULES: Classifier = {
  by: 'rule',
  classify: (text) => sentenceReadings(text).map((reading) => tagged(reading)),
};

function tagged(reading: SentenceReading): TaggedSentence {
  const tags = [...new Set(tagsOf(reading))];
  const words = reading.text.split(/\s+/).filter((word) => word !== '').length;
  const base = tags.some((tag) => IMPORTANT.test(tag)) ? 2 : 1;
  return { text: reading.text, tags, importance: base + words / 10 };
}

function tagsOf({ mood, frames }: SentenceReading): string[] {
  if (mood !== 'statement') return [mood];
  const tags = frames.flatMap(({ subject, relation, objects, adjuncts }) => {
    const found: string[] = [];
    const [verb = ''] = relation.split(' ');
    const own = subject.root === 'user' ? subject.steps : [];
    if (relation === 'name' && subject.root === 'user' && own.length === 0) found.push('name');
    if (own[0]) found.push(`my_${own[0].head}`);
    if (own.at(-1)?.modifiers.includes('favorit')) found.push('pref_favorite');
    const liking = LIKING[verb];
    if (liking) found.push(liking);
    const place = PLACES[relation] ?? PLACES[verb];
    if (place && adjuncts.length > 0) found.push(place);
    if (relation === 'be' && adjuncts.some(({ preposition }) => preposition === 'from'))
      found.push('loc_from');
    const feeling = objects.flatMap(({ text }) => text.toLowerCase().split(/\s+/));
    if (relation === 'be' || verb === 'feel')
      found.push(...feeling.filter((word) => FEELINGS.has(word)).map((word) => `emo_${word}`));
    return found;
  });
  if (tags.length > 0) return tags;
  const heads = frames.flatMap(({ subject, objects }) =>
    (subject.root === 'world' ? subject.steps : objects).map(({ head }) => head),
  );
  const topic = heads.find((head) => head !== undefined && head !== '');
  return topic ? [`topic_${topic}`] : [];
}

/** The event, which gets the tags of `classifier` where it was told without any. */
export async function withTags(
  event: EventFields,
  { tags, by, importance }: RememberInput,
  classifier: Classifier | undefined,
  signal: AbortSignal | undefined,
): Promise<EventFields> {
  if (!classifier || tags !== undefined) return event;
  const sentences = await classified(classifier, event.text, signal);
  const all = [...new Set(sentences.flatMap((sentence) => sentence.tags))];
  const most = Math.max(event.importance, ...sentences.map((sentence) => sentence.importance));
  return {
    ...event,
    tags: normaliseTags('tags', all.slice(0, MAX_TAGS)),
    by: by ?? classifier.by,
    importance: importance ?? Math.min(1000, most),
  };
}

/** @throws {TypeError | RangeError} for a text that is none, or for a classifier that gives no sentences. */
export async function classified(
  classifier: Classifier,
  text: string,
  signal?: AbortSignal,
): Promise<readonly TaggedSentence[]> {
  checkString('text', text);
  const sentences: unknown = await classifier.classify(text, { signal });
  if (!Array.isArray(sentences)) throw wrongType('an array of sentences', 'classify()', sentences);
  return (sentences as TaggedSentence[]).map((sentence, index) => ({
    ...sentence,
    tags: normaliseTags(`classify()[${index}].tags`, sentence.tags),
  }));
}
