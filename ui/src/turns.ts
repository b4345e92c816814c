import type { ReplyFigures, Token } from './api.js';

/** What was said and what came back, as the page shows it. */
export interface Turn {
  readonly said: string;
  /** Tokens as shown: their texts are the reply. */
  readonly tokens: readonly Token[];
  readonly figures: ReplyFigures | undefined;
  readonly failure: string | undefined;
}

export const textOf = ({ tokens }: Turn) => tokens.map(({ text }) => text).join('');

/** The KL, nats, at which a token is shaded fully: the default limit of one token. */
const FULL = 0.1;

/** How strongly a token is shaded, 0 to 1. A square root, so that a little shows too. */
export const shade = ({ influence }: Token) =>
  influence ? Math.min(1, Math.sqrt(influence.kl / FULL)) : 0;
