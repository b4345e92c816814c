/**
 * Reduces an English word to its stem, so that "dogs" finds "dog" and "walking" finds "walked".
 *
 * M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980. A word is read as
 * [C](VC)^m[V], C and V runs of consonants and vowels; m counts its length in syllables, roughly.
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let result = word.replace(/^y/, 'Y'); // a first y is a consonant
  for (const step of [plural, pastAndGerund, finalY, doubleSuffix, suffix, longSuffix, tidyEnd]) {
    result = step(result);
  }
  return result.toLowerCase();
}

const C = '[^aeiou][^aeiouy]*';
const V = '[aeiouy][aeiou]*';
const longerThan0 = new RegExp(`^(?:${C})?${V}${C}`);
const exactly1 = new RegExp(`^(?:${C})?${V}${C}(?:${V})?$`);
const longerThan1 = new RegExp(`^(?:${C})?${V}${C}${V}${C}`);
const hasVowel = new RegExp(`^(?:${C})?[aeiouy]`);
/** Ends consonant-vowel-consonant, the last one not w, x or y: "hop", not "snow". */
const endsShort = new RegExp(`^${C}[aeiouy][^aeiouwxy]$`);

function plural(word: string): string {
  return word.replace(/(ss|i)es$/, '$1').replace(/([^s])s$/, '$1');
}

function pastAndGerund(word: string): string {
  const agreed = /^(.+?)eed$/.exec(word);
  if (agreed) return longerThan0.test(agreed[1]!) ? word.slice(0, -1) : word;
  const base = /^(.+?)(?:ed|ing)$/.exec(word)?.[1];
  if (!base || !hasVowel.test(base)) return word;
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (/([^aeiouylsz])\1$/.test(base)) return base.slice(0, -1);
  return endsShort.test(base) ? `${base}e` : base;
}

function finalY(word: string): string {
  const base = /^(.+?)y$/.exec(word)?.[1];
  return base && hasVowel.test(base) ? `${base}i` : word;
}

const doubles: Record<string, string> = {
  ational: 'ate', tional: 'tion', enci: 'ence', anci: 'ance', izer: 'ize', bli: 'ble', alli: 'al',
  entli: 'ent', eli: 'e', ousli: 'ous', ization: 'ize', ation: 'ate', ator: 'ate', alism: 'al',
  iveness: 'ive', fulness: 'ful', ousness: 'ous', aliti: 'al', iviti: 'ive', biliti: 'ble', logi: 'log',
}; // prettier-ignore
const singles: Record<string, string> = {
  icate: 'ic', ative: '', alize: 'al', iciti: 'ic', ical: 'ic', ful: '', ness: '',
}; // prettier-ignore

function endings(table: Record<string, string>): RegExp {
  return new RegExp(`^(.+?)(${Object.keys(table).join('|')})$`);
}

const doublePattern = endings(doubles);
const singlePattern = endings(singles);

function replaceSuffix(word: string, pattern: RegExp, table: Record<string, string>): string {
  const [, base, end] = pattern.exec(word) ?? [];
  return base && end && longerThan0.test(base) ? base + table[end]! : word;
}

function doubleSuffix(word: string): string {
  return replaceSuffix(word, doublePattern, doubles);
}

function suffix(word: string): string {
  return replaceSuffix(word, singlePattern, singles);
}

const longEndings =
  /^(.+?)(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;

function longSuffix(word: string): string {
  const base = longEndings.exec(word)?.[1] ?? /^(.+?[st])ion$/.exec(word)?.[1];
  return base && longerThan1.test(base) ? base : word;
}

function tidyEnd(word: string): string {
  let result = word;
  const base = /^(.+?)e$/.exec(result)?.[1];
  if (base && (longerThan1.test(base) || (exactly1.test(base) && !endsShort.test(base)))) {
    result = base;
  }
  return result.endsWith('ll') && longerThan1.test(result) ? result.slice(0, -1) : result;
}
