import {
  ADVERBS,
  CONJUNCTIONS,
  COPULAS,
  DEMONSTRATIVE,
  DETERMINERS,
  DO,
  FIRST_PERSON,
  HAVE,
  INTERJECTIONS,
  MODALS,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SECOND_PERSON,
} from './lexicon.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import { type Asker, type Topic, TOPICS } from './topics.js';
import { isVerbForm, verbMeaning, verbStem } from './verbs.js';

/** Say nothing by themselves, in statements and questions alike. */
const FILLERS = new Set(
  'kind type sort one ones thing happen find moment present way bit truth right still back exactly actual actually currently possibly maybe said again guess fact called'.split(
    ' ',
  ),
);
const FUNCTION_WORDS = [
  DETERMINERS,
  PREPOSITIONS,
  COPULAS,
  HAVE,
  DO,
  MODALS,
  ADVERBS,
  CONJUNCTIONS,
  DEMONSTRATIVE,
  INTERJECTIONS,
  FIRST_PERSON,
  POSSESSIVES,
  QUESTION_WORDS,
  SECOND_PERSON,
];
export const NEGATION = /^(?:not|never|no|nobody|nothing|neither|nor)$/;

/** The words of a topic, by meaning. */
export interface Vocabulary {
  readonly cues: readonly (readonly string[])[];
  readonly weak: readonly (readonly string[])[];
  readonly words: ReadonlySet<string>;
  readonly asks: ReadonlyMap<Asker, readonly (readonly string[])[]>;
  readonly past: ReadonlySet<string>;
  readonly prepositions: ReadonlySet<string>;
}

const meanings = new Map<string, ReadonlySet<string>>();
const vocabularies = new Map(TOPICS.map((topic) => [topic, vocabularyOf(topic)]));

/** The words of a topic of the list. */
export function vocabularyFor(topic: Topic): Vocabulary {
  return vocabularies.get(topic)!;
}

/** Whether a token has no meaning of its own. */
export function isFunction({ lower, apostrophe, kind }: Token): boolean {
  return (
    apostrophe ||
    kind !== 'word' ||
    FUNCTION_WORDS.some((words) => words.has(lower)) ||
    FILLERS.has(lower)
  );
}

/** Whether a token is a word of the topic. */
export function known(token: Token, { words }: Vocabulary, topic: Topic): boolean {
  for (const meaning of meaningsOf(token)) if (words.has(meaning)) return true;
  return topic.negated === true && NEGATION.test(token.lower);
}

/** What a word may mean, as a noun and as a verb. */
export function meaningsOf({ lower }: Pick<Token, 'lower'>): ReadonlySet<string> {
  const cached = meanings.get(lower);
  if (cached) return cached;
  const found = new Set([nounMeaning(lower)]);
  if (isVerbForm(lower)) found.add(verbMeaning(verbStem(lower)));
  if (PREPOSITIONS.has(lower) || NEGATION.test(lower)) found.add(lower);
  if (meanings.size > 4096) meanings.clear();
  meanings.set(lower, found);
  return found;
}

function vocabularyOf({
  cues,
  weak = '',
  also,
  asks,
  past = '',
  prepositions = '',
}: Topic): Vocabulary {
  const combined = (list: string) =>
    list
      .split(' ')
      .filter(Boolean)
      .map((cue) =>
        cue
          .split('+')
          .map((word) => (word.startsWith('=') || POSSESSIVES.has(word) ? word : keyOf(word))),
      );
  const words = new Set<string>();
  for (const word of `${cues} ${weak} ${also} ${Object.values(asks).join(' ')}`.split(/[\s+=]+/))
    for (const meaning of meaningsOf({ lower: word })) words.add(meaning);
  words.delete('');
  return {
    cues: combined(cues),
    weak: combined(weak),
    words,
    asks: new Map(Object.entries(asks).map(([asker, list]) => [asker as Asker, combined(list)])),
    past: new Set(past.split(' ')),
    prepositions: new Set(prepositions.split(' ')),
  };
}

/** The meaning by which a cue is known. */
function keyOf(word: string): string {
  if (PREPOSITIONS.has(word) || NEGATION.test(word)) return word;
  return isVerbForm(word) ? verbMeaning(verbStem(word)) : nounMeaning(word);
}
