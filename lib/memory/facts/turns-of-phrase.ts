import type { Asked } from './asking.js';
import { NEGATIONS, UNREAL } from './lexicon.js';
import { isCapital } from './nominal.js';
import { leadIn } from './sentences.js';
import type { Token } from './tokens.js';
import { ASKED, CONTRAST, marked, TOLD, type Turn } from './turns.js';
import { isVerbForm } from './verbs.js';
import { isFunction } from './vocabulary.js';

/** No value, but what stands for one. */
const POINTING = /^(?:it|this|that|he|she|they|him|her|them|what|which|who)$/i;
/** Longer sentences say more than one thing. */
const MOST_TOKENS = 40;

/** What a turn of phrase comes to: "the film i like most is Alien" is "my favourite film is Alien". */
export function turned(text: string, sentence: readonly Token[]): string[] {
  const { length } = leadIn(sentence);
  const tokens = length < sentence.length ? sentence.slice(length) : sentence;
  const put = apply(CONTRAST, text, tokens);
  if (put.length > 0 || tokens.some(({ lower }) => UNREAL.has(lower) || NEGATIONS.has(lower)))
    return put;
  return apply(TOLD, text, tokens);
}

/** The question that a turn of phrase comes to. */
export function turnedQuestions(text: string, { tokens }: Asked): string[] {
  return apply(ASKED, text, tokens);
}

function apply(turns: readonly Turn[], text: string, tokens: readonly Token[]): string[] {
  if (tokens.length > MOST_TOKENS || tokens.length === 0) return [];
  const starts: number[] = [];
  let joined = '';
  for (const { lower } of tokens) {
    if (joined !== '') joined += ' ';
    starts.push(joined.length);
    joined += marked(lower);
  }
  const found: string[] = [];
  const words = new Set(tokens.map(({ lower }) => lower));
  for (const turn of turns) {
    if (!turn.needs.every((some) => holdsOne(some, words))) continue;
    const { as, proper } = turn;
    const match = turn.said.exec(joined);
    if (!match?.indices) continue;
    /** The text of a group, as it was written. */
    const written = (group: string): string => {
      const span = match.indices!.groups?.[group];
      if (!span) return '';
      let from = starts.findLastIndex((start) => start <= span[0]);
      if (proper && group === 'value') from = nameStart(tokens, from);
      const to = starts.findLastIndex((start) => start < span[1]);
      return text.slice(tokens[from]!.start, tokens[to]!.end);
    };
    const value = written('value');
    if (POINTING.test(value) || (proper && !/^\p{Lu}/u.test(value))) continue;
    if (proper && value.split(/\s+/).some((word) => /^\p{Ll}{4,}/u.test(word))) continue;
    const owner = written('owner') || subjectOf(written('owners'));
    const owners = written('owners') || possessive(owner);
    for (const form of as)
      found.push(
        form.replace(/\b[A-Z]{3,}\b/g, (word) =>
          word === 'OWNER'
            ? owner
            : word === 'OWNERS'
              ? owners
              : word === 'VALUE'
                ? value
                : written(word.toLowerCase()),
        ),
      );
  }
  return found;
}

function holdsOne(some: ReadonlySet<string>, words: ReadonlySet<string>): boolean {
  for (const word of some) if (words.has(word)) return true;
  return false;
}

/** Where the name begins of which this is a part: "I report to |Ann Lee|, my boss". */
function nameStart(tokens: readonly Token[], at: number): number {
  let from = at;
  for (; from > 0 && isCapital(tokens[from]) && isCapital(tokens[from - 1]); from--) {
    const before = tokens[from - 1]!;
    if (from === 1 && (isFunction(before) || isVerbForm(before.lower))) break;
  }
  return from;
}

function subjectOf(owners: string): string {
  const own: Record<string, string> = { my: 'I', our: 'we', his: 'he', her: 'she', their: 'they' };
  return own[owners.toLowerCase()] ?? owners.replace(/ ?['’]s$/, '');
}

function possessive(owner: string): string {
  const own: Record<string, string> = {
    i: 'my',
    we: 'our',
    he: 'his',
    she: 'her',
    they: 'their',
    '': 'my',
  };
  return own[owner.toLowerCase()] ?? `${owner}'s`;
}
