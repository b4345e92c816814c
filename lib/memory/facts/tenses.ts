import type { Fact, Phrase } from './frame.js';
import { relationMeaning } from './relations.js';

/** What lasts: told in the simple past it is no more. */
const LASTING = /^(?:live|work|drive|teach|studi|own|resid|attend|rent|smoke)$/;

/** "years old" of "seven years old" says no time. */
export function isYearsOld({ text }: Phrase): boolean {
  return /^years? old$/i.test(text);
}

/** "i worked at Shell"; "i have worked there since May" is still so. */
export function isLeftBehind({ past, relation, said, adjuncts }: Fact): boolean {
  return (
    past &&
    LASTING.test(relationMeaning(relation)) &&
    !/(?:^|\s)(?:have|has|['’]ve|['’]s|been|started|began|got)\b/i.test(said.verbs) &&
    !adjuncts.some(({ preposition }) => preposition === 'since')
  );
}
