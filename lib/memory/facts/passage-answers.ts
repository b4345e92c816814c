import type { AnswerType } from './answer-types.js';
import { valuesOf } from './answer-values.js';
import type { FactAnswer } from './answer.js';
import type { Asked } from './asking.js';
import { COPULAS, PREPOSITIONS } from './lexicon.js';
import { isObject, sameRoles } from './passage-roles.js';
import { intersects, isNegated, isProper, type Passage, type Passages } from './passages.js';
import { phraseAt } from './related-words.js';
import { type Sought, soughtBy, type Term } from './sought.js';
import type { Token } from './tokens.js';
import { quoted } from './wording.js';

/** What may stand between a thing and its name. */
const APPOSED = /^(?:is|are|was|'s|s|named|called|name|,|\(|:|—|–|-|"|“|a|the)$/;
const STRICT: ReadonlySet<AnswerType> = new Set<AnswerType>(['thing', 'manner', 'reason']);

/**
 * The told sentence that answers a question which no reading of it does: it holds every word of the question, in the
 * same roles, and beside them a value of the type that is asked for. Later sentences come first, shorter ones before
 * longer ones of the same text.
 */
export function passageAnswer(
  passages: Passages,
  asked: Asked,
  outdated: (passage: Passage) => boolean,
): FactAnswer | undefined {
  const sought = soughtBy(asked);
  if (!sought) return undefined;
  let best: { passage: Passage; values: number[] } | undefined;
  const needed = sought.terms.filter(({ light }) => !light).map(({ accepted }) => accepted);
  for (const passage of passages.holding(needed)) {
    if (best && best.passage.event !== passage.event) break;
    if (best && best.passage.tokens.length <= passage.tokens.length) continue;
    const values = valuesIn(passage, sought);
    if (values && !outdated(passage)) best = { passage, values };
  }
  return best && answerWith(best.passage, best.values);
}

/** Indices of the tokens that answer, where the passage says what is asked, in the same roles. */
function valuesIn(passage: Passage, sought: Sought): number[] | undefined {
  const { tokens, senses } = passage;
  const { terms, expected } = sought;
  const places = new Map<Term, number[]>();
  const taken = new Set<number>();
  for (const term of terms) {
    const at = senses.flatMap((one, index) => (intersects(term.accepted, one) ? [index] : []));
    if (at.length === 0 && !term.light) return undefined;
    places.set(term, at);
    for (const index of at) {
      taken.add(index);
      const { length } = phraseAt(tokens, index) ?? { length: 1 };
      for (let inside = 1; inside < length; inside++) taken.add(index + inside);
    }
  }
  if (isDenied(tokens, taken) !== sought.negated) return undefined;
  const values = valuesOf(tokens, expected, (at) => !taken.has(at)).filter((at) =>
    isPlaced(passage, sought, places, at),
  );
  if (values.length === 0) return undefined;
  if (!sameRoles(passage, sought, places, taken, values)) return undefined;
  return values;
}

/** Whether what is between commas around the words of the question denies it. */
function isDenied(tokens: readonly Token[], taken: ReadonlySet<number>): boolean {
  let from = 0;
  for (let at = 0; at <= tokens.length; at++) {
    if (at < tokens.length && !(tokens[at]!.kind === 'mark' && !tokens[at]!.apostrophe)) continue;
    const part = tokens.slice(from, at);
    const concerned = part.some((_, index) => taken.has(from + index));
    if (concerned && isNegated(part)) return true;
    from = at + 1;
  }
  return false;
}

/** Whether the value stands where it says what is asked. */
function isPlaced(
  { tokens }: Passage,
  sought: Sought,
  places: ReadonlyMap<Term, readonly number[]>,
  at: number,
): boolean {
  const { expected, terms } = sought;
  const last = sought.tokens.at(-1)!.lower;
  // "what is my tattoo of"
  if (PREPOSITIONS.has(last) && STRICT.has(expected.type))
    return tokens.some(({ lower }, index) => lower === last && index < at && index > at - 5);
  const nouns = terms.filter(({ verb }) => !verb);
  const head =
    (expected.noun === undefined
      ? undefined
      : terms.find((term) => [...term.accepted].includes(expected.noun!))) ??
    nouns.at(-1) ??
    terms.at(-1)!;
  const heads = places.get(head) ?? [];
  switch (expected.type) {
    case 'name':
      return heads.some((index) => {
        const between = index < at ? tokens.slice(index + 1, at) : tokens.slice(at + 1, index);
        return between.every(
          (token, offset) =>
            APPOSED.test(token.lower) ||
            /^(?:my|our)$/.test(token.lower) ||
            isProper(tokens, Math.min(index, at) + 1 + offset),
        );
      });
    case 'noun':
      return heads.some((index) => {
        const near = Math.abs(index - at) <= 2;
        const names = isProper(tokens, at) || /\d/.test(tokens[at]!.text);
        return (near && names) || at === index - 1 || defines(tokens, index, at);
      });
    case 'code':
      // "my phone has 64 gigs" says no number of it
      return heads.some((index) => defines(tokens, index, at));
    case 'thing':
      if (expected.noun === undefined) return true;
      return heads.some((index) => defines(tokens, index, at));
    default:
      return true;
  }
}

/** "|my hobby| is |whittling|", "|whittling| is |my hobby|" */
function defines(tokens: readonly Token[], head: number, value: number): boolean {
  if (isObject(tokens, head)) return false;
  const between = (from: number, to: number) => tokens.slice(from, to);
  const links = ({ lower, apostrophe }: Token) => COPULAS.has(lower) || apostrophe || lower === ':';
  if (value > head) {
    const part = between(head + 1, value);
    const link = part.findIndex(links);
    return link >= 0 && !part.slice(link).some(({ lower }) => PREPOSITIONS.has(lower));
  }
  return between(value + 1, head).some(links);
}

function answerWith({ event, text, span, tokens }: Passage, values: readonly number[]): FactAnswer {
  const said = text.slice(span.start, span.end);
  const runs: string[] = [];
  let from = -1;
  values.forEach((at, index) => {
    if (from < 0) from = at;
    if (values[index + 1] === at + 1) return;
    runs.push(text.slice(tokens[from]!.start, tokens[at]!.end));
    from = -1;
  });
  return {
    kind: 'value',
    answer: quoted(said),
    note: `The user said: "${said}"`,
    values: runs,
    sources: [{ id: event, score: 0.5 }],
  };
}
