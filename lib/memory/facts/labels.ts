import { ANIMALS, isNumber, MONTHS, PEOPLE, QUESTION_WORDS, THIRD_PERSON } from './lexicon.js';
import { isAuxiliaryWord } from './asking.js';
import type { Sentence } from './sentences.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';

/** What labels a thing of whoever writes it: "favourite food: lasagne", "age: 34". */
const LABELS = new Set(
  'name age birthday address job phone number email city hometown country hobby allergy nickname pin code password height weight size profession occupation employer school major color food book movie song band team sport drink'
    .split(' ')
    .map(nounMeaning),
);
const FAVORITE = nounMeaning('favorite');
const MOST_WORDS = 5;

/** Whether the noun labels something of whoever writes it. */
export function isLabel(head: string): boolean {
  return LABELS.has(head);
}

/** "Birthday? 3 May.", "Favourite ice cream? Pistachio, always": a label and, in the next sentence, its value. */
export function answeredLabel(
  text: string,
  label: Sentence,
  value: Sentence | undefined,
): string[] {
  if (!label.asked || !value || value.asked) return [];
  const words = bareLabel(label.tokens);
  if (!words) return [];
  const comma = value.tokens.findIndex(({ kind }) => kind === 'mark');
  const said = comma < 0 ? value.tokens : value.tokens.slice(0, comma);
  return said.length === 0 || said.length > MOST_WORDS || said.some(isSpeech)
    ? []
    : [`my ${lowered(text, words)} is ${textOf(text, said)}`];
}

/** "Shoe size 43", "Birthday 3 May": a label and its value in one. */
export function plainLabel(text: string, { tokens, asked }: Sentence): string[] {
  const at = tokens.findIndex(
    ({ lower }) => isNumber(lower) || MONTHS.has(lower) || /\d/.test(lower),
  );
  const label = at > 0 && !asked ? bareLabel(tokens.slice(0, at)) : undefined;
  const value = tokens.slice(at);
  if (!label || value.length > MOST_WORDS || value.some(({ kind }) => kind !== 'word')) return [];
  if (value.some(isSpeech)) return [];
  return [`my ${lowered(text, label)} is ${textOf(text, value)}`];
}

/** The words of a label without "my"; undefined for what is none. */
function bareLabel(tokens: readonly Token[]): readonly Token[] | undefined {
  const own = /^(?:my|our)$/.test(tokens[0]?.lower ?? '');
  const words = own ? tokens.slice(1) : tokens;
  if (words.length === 0 || words.length > 4) return undefined;
  if (words.some((token) => token.kind !== 'word' || isSpeech(token))) return undefined;
  const last = words.at(-1)!.lower;
  const known =
    LABELS.has(nounMeaning(last)) ||
    nounMeaning(words[0]!.lower) === FAVORITE ||
    (own && (PEOPLE.has(last) || ANIMALS.has(last)));
  return known ? words : undefined;
}

/** A word that only a sentence or a question has. */
function isSpeech({ lower, text }: Token): boolean {
  if (text === 'May') return false;
  return (
    isAuxiliaryWord(lower) ||
    QUESTION_WORDS.has(lower) ||
    THIRD_PERSON.has(lower) ||
    /^(?:i|you|we|your|not|yes|no|it|that|this|same|none|and)$/.test(lower)
  );
}

/** The label as it stands within a sentence. */
function lowered(text: string, tokens: readonly Token[]): string {
  const label = textOf(text, tokens);
  return /^\p{Lu}\p{Ll}/u.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;
}

function textOf(text: string, tokens: readonly Token[]): string {
  return text.slice(tokens[0]!.start, tokens.at(-1)!.end);
}
