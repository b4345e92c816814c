import { moodOf } from './asking.js';
import { isCapital } from './nominal.js';
import {
  ADVERBS,
  ANIMALS,
  COPULAS,
  DO,
  FIRST_PERSON,
  HAVE,
  isTimeWord,
  MODALS,
  PEOPLE,
  POSSESSIVES,
  PREPOSITIONS,
  THIRD_PERSON,
  UNREAL,
} from './lexicon.js';
import { phraseAt, senses } from './related-words.js';
import { clausesOf, isOnlyNearly, leadIn, sentencesOf } from './sentences.js';
import { type Span, spanOf, type Token, tokenize } from './tokens.js';
import { isVerbForm } from './verbs.js';
import { isFunction, NEGATION } from './vocabulary.js';

/** Small words, besides those that have no meaning of their own. */
const SMALL =
  /^(?:up|down|out|away|back|lol|haha|there|here|currently|today|'s|much|many|lot|lots|few|more|most|such|own|bit|other|else|ever|called|named|name|someone|somebody|something|anything|if|got|gonna|going|gotta|supposed|stuff|mine|yours)$/;
/** A finding, a plan or a wish: what follows it is not so, or not yet. */
const ATTITUDE =
  /^(?:want|wants|wanted|wish|wishes|hope|hopes|hoping|plan|plans|planning|think|thinking|thought|dream|dreaming|consider|considering|might|would|could|should|may|try|trying|used|almost|nearly)$/;

/** A part of a told text, in which the words of a question are looked for. */
export interface Passage {
  /** Id of the text. */
  readonly event: number;
  readonly text: string;
  readonly span: Span;
  readonly tokens: readonly Token[];
  /** What each token may mean; empty for small words. */
  readonly senses: readonly ReadonlySet<string>[];
  readonly words: ReadonlySet<string>;
  /** How many clauses it has. */
  readonly clauses: number;
}

/** Somebody in a sentence: the user, or another. */
export interface Participant {
  readonly at: number;
  readonly user: boolean;
}

const NOBODY: ReadonlySet<string> = new Set();
const COMMON_START = [
  ADVERBS,
  COPULAS,
  DO,
  HAVE,
  MODALS,
  PREPOSITIONS,
  FIRST_PERSON,
  POSSESSIVES,
  THIRD_PERSON,
];

/** The passages of what the user told, found by the words in them (an inverted index). */
export class Passages {
  private readonly found: Passage[] = [];
  /** For each sense of a word the indices of the passages that have it, ascending. */
  private readonly postings = new Map<string, number[]>();
  private cut = 0;

  /** Takes in the texts that are new; `told` only ever grows. */
  addAll(
    told: readonly { readonly id: number; readonly text: string; readonly speaker: string }[],
  ): void {
    for (; this.cut < told.length; this.cut++) {
      const { id, text, speaker } = told[this.cut]!;
      if (speaker === 'user') for (const passage of passagesOf(id, text)) this.put(passage);
    }
  }

  /** The passages that have one of the words of each set, the latest first. */
  *holding(sets: readonly ReadonlySet<string>[]): Generator<Passage> {
    const lists = sets.map((words) =>
      [...words].flatMap((word) => {
        const list = this.postings.get(word);
        return list ? [list] : [];
      }),
    );
    const size = (list: readonly (readonly number[])[]) =>
      list.reduce((sum, { length }) => sum + length, 0);
    const rarest = lists.reduce((one, other) => (size(other) < size(one) ? other : one));
    for (const index of descending(rarest)) {
      const passage = this.found[index]!;
      if (sets.every((words) => intersects(words, passage.words))) yield passage;
    }
  }

  private put(passage: Passage): void {
    const index = this.found.push(passage) - 1;
    for (const word of passage.words) {
      const list = this.postings.get(word);
      if (list) list.push(index);
      else this.postings.set(word, [index]);
    }
  }
}

/** The numbers of ascending lists from the greatest to the least, each once. */
function* descending(lists: readonly (readonly number[])[]): Generator<number> {
  const ends = lists.map(({ length }) => length);
  for (;;) {
    let greatest = -1;
    lists.forEach((list, at) => {
      if (ends[at]! > 0) greatest = Math.max(greatest, list[ends[at]! - 1]!);
    });
    if (greatest < 0) return;
    lists.forEach((list, at) => {
      if (ends[at]! > 0 && list[ends[at]! - 1] === greatest) ends[at]!--;
    });
    yield greatest;
  }
}

/** Whether two sets share a member. */
export function intersects(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [small, large] = other.size < one.size ? [other, one] : [one, other];
  for (const word of small) if (large.has(word)) return true;
  return false;
}

/** The clauses of what a text states, the sentences they stand in, and sentences that go on about "he" or "it". */
export function passagesOf(event: number, text: string): Passage[] {
  const found: Passage[] = [];
  let before: { tokens: readonly Token[]; clauses: number } | undefined;
  for (const sentence of sentencesOf(text, tokenize(text))) {
    const { mood, tokens: told } = moodOf(sentence);
    const tokens = withoutCondition(told.slice(leadIn(told).length));
    if (mood !== 'statement' || tokens.length < 2 || told.some(isUnreal) || isOnlyNearly(told)) {
      before = undefined;
      continue;
    }
    const clauses = clausesOf(tokens, 0);
    if (clauses.length > 1)
      for (const { from, to } of clauses) {
        const part = tokens.slice(from, to);
        if (part.length > 2) found.push(passage(event, text, part, 1));
      }
    found.push(passage(event, text, tokens, clauses.length));
    if (before && THIRD_PERSON.has(tokens[0]!.lower))
      found.push(
        passage(event, text, [...before.tokens, ...tokens], clauses.length + before.clauses),
      );
    before = { tokens, clauses: clauses.length };
  }
  return found;
}

/** "email me there |if anything comes up|" says something; "if i were rich …" does not. */
function withoutCondition(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex(({ lower }) => /^(?:if|unless|in case)$/.test(lower));
  const chosen = /^if i (?:had|have) to (?:pick|choose) /.test(
    tokens.map(({ lower }) => lower).join(' '),
  );
  if (chosen) return tokens.slice(4);
  return at > 2 ? tokens.slice(0, at) : tokens;
}

function isUnreal({ lower }: Token): boolean {
  return UNREAL.has(lower) || /^(?:maybe|perhaps|possibly|supposedly)$/.test(lower);
}

function passage(event: number, text: string, tokens: readonly Token[], clauses: number): Passage {
  const meant = sensesOf(tokens);
  return {
    event,
    text,
    span: spanOf(tokens),
    tokens,
    senses: meant,
    words: new Set(meant.flatMap((one) => [...one])),
    clauses,
  };
}

/** What each of the tokens may mean; nothing for small words. */
export function sensesOf(tokens: readonly Token[]): ReadonlySet<string>[] {
  let inside = 0;
  return tokens.map((token, at) => {
    if (at < inside) return NOBODY;
    const phrase = phraseAt(tokens, at);
    if (phrase) {
      inside = at + phrase.length;
      return new Set(phrase.word.split(' ').flatMap((word) => [...senses(word)]));
    }
    return isSmall(token) ? NOBODY : senses(token.lower);
  });
}

export function isSmall(token: Token): boolean {
  return isFunction(token) || SMALL.test(token.lower) || THIRD_PERSON.has(token.lower);
}

/** Whether a part denies: "nothing beats ramen" does not. */
export function isNegated(tokens: readonly Token[]): boolean {
  return tokens.some(({ lower }, at) => {
    const next = tokens[at + 1]?.lower ?? '';
    if (lower === 'nothing' && /^(?:beats|like|better|tops)$/.test(next)) return false;
    if (lower === 'not' && /^(?:only|stand|bear|wait|just)$/.test(next)) return false;
    return NEGATION.test(lower) || lower === 'without';
  });
}

/** Whether a token says that what follows is only thought of. */
export function isAttitude({ lower }: Token): boolean {
  return ATTITUDE.test(lower);
}

/** The name of somebody or something, as far as its first letter tells. */
export function isProper(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]!;
  if (!isCapital(token) || isTimeWord(token.lower)) return false;
  if (at > 0 && tokens[at - 1]!.kind !== 'mark') return true;
  return (
    !COMMON_START.some((words) => words.has(token.lower)) &&
    !isVerbForm(token.lower) &&
    !isSmall(token)
  );
}

export function isPerson(tokens: readonly Token[], at: number): boolean {
  const { lower } = tokens[at]!;
  return [lower, lower.replace(/s$/, '')].some((word) => PEOPLE.has(word) || ANIMALS.has(word));
}

/** The people and animals of a sentence, in order. */
export function participantsOf(tokens: readonly Token[]): Participant[] {
  return tokens.flatMap((token, at): Participant[] => {
    const { lower } = token;
    if (FIRST_PERSON.has(lower) || /^(?:my|our|mine|ours)$/.test(lower))
      return [{ at, user: true }];
    return isPerson(tokens, at) || isProper(tokens, at) ? [{ at, user: false }] : [];
  });
}
