import { throwIfAborted } from '../errors.js';
import type { LoadedModel } from '../model/index.js';

/** Something said, and what came before it. */
export interface Said {
  readonly prompt: string;
  readonly reply: string;
}

/** Positions of texts, as the model saw them. */
export interface Recorded {
  /** 2·width floats a position. */
  readonly features: Float32Array;
  readonly tokens: Int32Array;
  /** Of each token, nats. */
  readonly logprobs: Float32Array;
}

/**
 * Runs texts as conversations of their own and records the positions that say the replies.
 *
 * @param onRecorded called after each @throws {GraffitiError} `ERR_ABORTED`
 */
export async function recordAll(
  model: LoadedModel,
  texts: readonly Said[],
  onRecorded: () => void,
  signal: AbortSignal | undefined,
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  for (const text of texts) {
    throwIfAborted(signal, 'Sleep');
    recorded.push(await record(model, text));
    onRecorded();
  }
  return recorded;
}

async function record(model: LoadedModel, { prompt, reply }: Said): Promise<Recorded> {
  const { tokens, first } = renderExchange(model, prompt, reply);
  if (tokens.length <= first) {
    return { features: new Float32Array(), tokens: new Int32Array(), logprobs: new Float32Array() };
  }
  const { features, logprobs } = await model.recordHead(tokens, first);
  return { features, tokens: tokens.slice(first), logprobs };
}

/**
 * An exchange as the model's template writes it, up to the token that ends the reply.
 *
 * @returns `first`: index of the first token of the reply. Longer than the context: cut at its end.
 */
export function renderExchange(
  model: LoadedModel,
  prompt: string,
  reply: string,
): { tokens: Int32Array; first: number } {
  const asked = model.renderChat([{ role: 'user', content: prompt }]);
  const whole = model.renderChat(
    [
      { role: 'user', content: prompt },
      { role: 'assistant', content: reply },
    ],
    { addGenerationPrompt: false, known: asked },
  );
  const end = whole.tokens.findIndex(
    (token, index) => index >= asked.tokens.length && model.info.endTokens.includes(token),
  );
  const length = Math.min(end < 0 ? whole.tokens.length : end + 1, model.info.contextSize);
  return { tokens: whole.tokens.slice(0, length), first: asked.tokens.length };
}

/** All positions in one block. */
export function joined(parts: readonly Recorded[]): Recorded {
  return {
    features: concatenated(
      parts.map(({ features }) => features),
      Float32Array,
    ),
    tokens: concatenated(
      parts.map(({ tokens }) => tokens),
      Int32Array,
    ),
    logprobs: concatenated(
      parts.map(({ logprobs }) => logprobs),
      Float32Array,
    ),
  };
}

export function concatenated<Values extends Float32Array | Int32Array | Int8Array | Float64Array>(
  parts: readonly Values[],
  Kind: new (length: number) => Values,
): Values {
  const whole = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
