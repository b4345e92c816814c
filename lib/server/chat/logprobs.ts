import type { LoadedModel } from '../../model/index.js';
import type { TokenEvent } from '../../session/index.js';

/** OpenAI's log-probabilities of chat tokens. Pieces of a region, which has none, are left out. */
export function chatLogprobs(tokens: readonly TokenEvent[], model: LoadedModel) {
  const content = tokens
    .filter(({ id }) => id >= 0)
    .map(({ id, logprob }) => one(id, logprob, model));
  return { content, refusal: null };
}

function one(id: number, logprob: number, model: LoadedModel) {
  const token = model.detokenize(Int32Array.of(id), { special: true });
  // Part of a character has no text of its own, and the bytes behind U+FFFD are not known here.
  const bytes = token.includes('\uFFFD') ? null : [...Buffer.from(token)];
  return { token, logprob, bytes, top_logprobs: [] };
}
