import { isAnimateNoun } from './animate.js';
import { DETERMINERS, FIRST_PERSON, THIRD_PERSON } from './lexicon.js';
import { isCapital, readNominal } from './nominal.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import { isFinite, thirdPerson } from './verbs.js';

/** Kin that is one's own without "my". */
const OWN_KIN =
  /^(?:mum|mom|mummy|mommy|dad|daddy|grandma|grandpa|granny|grandad|granddad|nana|nan|gran|nanna)$/;

/** Who a sentence is about. */
export interface Owner {
  /** "i" or "my brother". */
  readonly subject: string;
  /** "my" or "my brother's". */
  readonly possessive: string;
  readonly third: boolean;
  /** Somebody or something that is not the user. */
  readonly other: boolean;
}

/** The owner, and where the sentence says so. */
export interface Mentioned {
  readonly owner: Owner;
  /** Indices of the tokens that name the owner. */
  readonly tokens: ReadonlySet<number>;
}

const USER: Owner = { subject: 'I', possessive: 'my', third: false, other: false };

/** The one whom a sentence is about: undefined where there is nobody, or more than one. */
export function ownerOf(text: string, tokens: readonly Token[]): Mentioned | undefined {
  const found: { owner: Owner; tokens: number[] }[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { lower, text: word } = tokens[at]!;
    const possessive = /^(?:my|our|his|her|their)$/.test(lower);
    const own =
      OWN_KIN.test(lower) &&
      tokens[at - 1]?.lower !== 'my' &&
      !DETERMINERS.has(tokens[at - 1]?.lower ?? '');
    if (possessive || own) {
      const end = own ? at + 1 : kinEnd(text, tokens, at);
      const user = lower === 'my' || lower === 'our';
      const whole = text.slice(tokens[at]!.start, tokens[end - 1]!.end);
      if (end > at + 1 || own) {
        const subject = own ? `my ${word}` : whole;
        found.push({
          owner: { subject, possessive: `${subject}'s`, third: true, other: true },
          tokens: indices(at, end),
        });
        at = end - 1;
      } else if (user) found.push({ owner: USER, tokens: [at] });
      else found.push({ owner: pronounOwner(lower), tokens: [at] });
      if (tokens[at + 1]?.apostrophe) found.at(-1)!.tokens.push(at + 1);
    } else if (FIRST_PERSON.has(lower) || lower === 'mine')
      found.push({ owner: USER, tokens: [at] });
    else if (THIRD_PERSON.has(lower) && !/^(?:it|itself)$/.test(lower))
      found.push({ owner: pronounOwner(lower), tokens: [at] });
  }
  // "my aunt earns her living"
  const somebody = found.some(({ owner: { other, subject } }) => other && subject.includes(' '));
  if (somebody)
    for (const one of found)
      if (isPronoun(one.owner))
        one.owner = found.find(({ owner }) => owner.subject.includes(' '))!.owner;
  const owners = new Set(found.map(({ owner }) => owner.subject.toLowerCase()));
  if (owners.size !== 1) return undefined;
  return { owner: found[0]!.owner, tokens: new Set(found.flatMap((one) => one.tokens)) };
}

function isPronoun({ subject }: Owner): boolean {
  return /^(?:he|she|they)$/.test(subject);
}

function pronounOwner(lower: string): Owner {
  const she = /^(?:she|her|herself)$/.test(lower);
  const they = /^(?:they|them|their|themselves)$/.test(lower);
  return {
    subject: she ? 'she' : they ? 'they' : 'he',
    possessive: she ? 'her' : they ? 'their' : 'his',
    third: !they,
    other: true,
  };
}

function indices(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Where the people or animals of a possessed noun phrase end: after "my sister" of "my sister's house". */
function kinEnd(text: string, tokens: readonly Token[], from: number): number {
  const whole = readNominal(text, tokens, from);
  let end = from + 1;
  for (let at = from + 1; whole && at < whole.next; at++) {
    if (isAnimateNoun(nounMeaning(tokens[at]!.lower)) && !isCapital(tokens[at])) {
      const next = tokens[at + 1];
      const closes =
        at + 1 >= whole.next ||
        next!.apostrophe ||
        isCapital(next) ||
        next!.lower === 'of' ||
        isFinite(next!.lower);
      if (closes) end = at + 1;
    } else if (!tokens[at]!.apostrophe && end > from + 1) break;
  }
  return end;
}

/** The form with owner and value in their places. */
export function form(
  pattern: string,
  { subject, possessive, third }: Owner,
  value: string,
): string {
  const plain = /\b(?:a|the) V/.test(pattern) ? value.replace(/^(?:an?|the) /i, '') : value;
  const agreed: Record<string, string> = {
    'am*': third ? 'is' : subject === 'I' ? 'am' : 'are',
    'was*': third || subject === 'I' ? 'was' : 'were',
  };
  return pattern
    .split(' ')
    .map((word) => {
      if (word === 'O') return subject;
      if (word === "O's") return possessive;
      if (word === 'V') return plain;
      if (!word.endsWith('*')) return word;
      return agreed[word] ?? (third ? thirdPerson(word.slice(0, -1)) : word.slice(0, -1));
    })
    .join(' ');
}
