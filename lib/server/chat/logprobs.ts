import type { LoadedModel } from '../../model/index.js';
import type { TokenEvent } from '../../session/index.js';

/** OpenAI's log-probabilities of chat tokens. Pieces of a region, which has none, are left out. */
export function chatLogprobs(tokens: readonly TokenEvent[], model: LoadedModel) {
  const content = tokens
    .filter(({ id }) => id >= 0)
    .map(({ id, logprob, topLogprobs = [] }) => ({
      ...one(model.detokenize(Int32Array.of(id), { special: true }), logprob),
      top_logprobs: topLogprobs.map((top) => one(top.text, top.logprob)),
    }));
  return { content, refusal: null };
}

function one(token: string, logprob: number) {
  // Part of a character has no text of its own, and the bytes behind U+FFFD are not known here.
  const bytes = token.includes('\uFFFD') ? null : [...Buffer.from(token)];
  return { token, logprob, bytes };
}
