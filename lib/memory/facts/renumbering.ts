import type { Phrase } from './frame.js';
import { isNumber } from './lexicon.js';

const ORDINAL =
  /^(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|\w+ieth|ground|top)$/i;

/** What sort of number a word is. */
function sortOf(word: string): 'ordinal' | 'cardinal' | undefined {
  if (ORDINAL.test(word)) return 'ordinal';
  return isNumber(word.toLowerCase()) || /^[$€£]?\d[\d.,:]*[€$£%]?$/.test(word)
    ? 'cardinal'
    : undefined;
}

/** "the ninth" as one word; undefined for what is no number. */
function loneNumber({ text }: Phrase): string | undefined {
  const words = text.replace(/^the\s+/i, '').split(/\s+/);
  return words.length === 1 && sortOf(words[0]!) !== undefined ? words[0] : undefined;
}

/** "the ninth" */
export function isLoneOrdinal(phrase: Phrase): boolean {
  const number = loneNumber(phrase);
  return number !== undefined && sortOf(number) === 'ordinal';
}

/** "the fourth floor" with "the ninth": "the ninth floor"; undefined where the old has no such number. */
export function renumbered(old: Phrase, value: Phrase): Phrase | undefined {
  const number = loneNumber(value);
  if (number === undefined) return undefined;
  const words = old.text.split(/\s+/);
  const same = words.filter((word) => sortOf(word) === sortOf(number));
  if (same.length !== 1 || words.length < 2) return undefined;
  const [from, to] = [same[0]!.toLowerCase(), number.toLowerCase()];
  return {
    ...old,
    span: value.span,
    text: words.map((word) => (word === same[0] ? number : word)).join(' '),
    words: old.words.map((word) => (word === from ? to : word)),
    count: old.count && value.span,
  };
}
