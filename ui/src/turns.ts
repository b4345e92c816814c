import type { ReplyFigures, Token } from './api.js';

/** What was said and what came back, as the page shows it. */
export interface Turn {
  readonly said: string;
  /** Tokens as shown: their texts are the reply. In parts, so that one more token copies and draws one of them. */
  readonly parts: readonly Part[];
  readonly figures: ReplyFigures | undefined;
  readonly failure: string | undefined;
}

export type Part = readonly Token[];

/** Tokens of a part. */
const MOST = 64;

/** The parts with more tokens at their end; those that are full stay the same objects. */
export function withTokens(parts: readonly Part[], tokens: readonly Token[]): readonly Part[] {
  const grown = [...parts];
  const open = grown.at(-1)?.length === MOST ? [] : [...(grown.pop() ?? [])];
  for (let at = 0, last = open; ;) {
    const taken = tokens.slice(at, at + MOST - last.length);
    grown.push([...last, ...taken]);
    at += taken.length;
    if (at === tokens.length) return grown;
    last = [];
  }
}

export const textOf = ({ parts }: Turn) =>
  parts
    .flat()
    .map(({ text }) => text)
    .join('');

/** The KL, nats, at which a token is shaded fully: the default limit of one token. */
const FULL = 0.1;

/** How strongly a token is shaded, 0 to 1. A square root, so that a little shows too. */
export const shade = ({ influence }: Token) =>
  influence ? Math.min(1, Math.sqrt(influence.kl / FULL)) : 0;
