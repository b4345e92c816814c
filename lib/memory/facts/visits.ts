import type { Fact, Phrase } from './frame.js';
import { nounMeaning } from './thesaurus.js';

/** What is listened to without being music. */
const SPOKEN =
  /\b(?:podcasts?|audiobooks?|radio|news|rain|people|you|him|her|them|it|me|lectures?|sermons?)\b/i;
const STREET =
  /(?:\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|way|close|crescent|court|place|square|terrace|row|walk|hill)|straße|strasse|gasse|weg)\.?$/i;
/** Who is at a place without working there. */
const VISITORS = new Set(
  ['student', 'pupil', 'member', 'guest', 'patient', 'customer'].map(nounMeaning),
);

/** "i am a student at Yale", "i am at the dentist" */
export function isVisiting({ objects, relation }: Fact, { text }: Phrase): boolean {
  if (objects.some(({ head }) => head !== undefined && VISITORS.has(head))) return true;
  return relation === 'be' && objects.length === 0 && !/\p{Lu}/u.test(text);
}

/** Whether what follows a preposition may be of the kind asked for. */
export function suitsNoun({ text, entity }: Phrase, noun: string | undefined): boolean {
  if (noun === 'music') return entity?.root !== 'user' && !SPOKEN.test(text);
  if (noun === 'school') return /\p{Lu}|school|college|university|academy/u.test(text);
  return noun !== 'street' || STREET.test(text);
}
