import { throwIfAborted } from '../errors.js';
import { type AnswerTokens, type LoadedModel, renderAnswer } from '../model/index.js';

/** Something said, and what came before it. */
export interface Said {
  readonly prompt: string;
  readonly reply: string;
  /** The reply as the model generated it. None: as its template writes it. */
  readonly tokens?: Int32Array | undefined;
}

/** Positions of texts, as the model saw them. */
export interface Recorded {
  /** 2·width floats a position. */
  readonly features: Float32Array;
  readonly tokens: Int32Array;
  /** Of each token, nats. */
  readonly logprobs: Float32Array;
  /** log Σ e^logit over all words but the told ones. */
  readonly rests: Float32Array;
}

/**
 * Runs texts as conversations of their own and records the positions that say the replies.
 *
 * @param onRecorded called after each
 * @param told words that `rests` leave out, ascending
 * @throws {GraffitiError} `ERR_ABORTED`
 */
export async function recordAll(
  model: LoadedModel,
  texts: readonly Said[],
  onRecorded: () => void,
  signal: AbortSignal | undefined,
  told?: Int32Array,
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  for (const text of texts) {
    throwIfAborted(signal, 'Sleep');
    recorded.push(await record(model, text, told));
    onRecorded();
  }
  return recorded;
}

async function record(
  model: LoadedModel,
  text: Said,
  told: Int32Array | undefined,
): Promise<Recorded> {
  const { tokens, first } = renderSaid(model, text);
  if (tokens.length <= first) {
    const none = new Float32Array();
    return { features: none, tokens: new Int32Array(), logprobs: none, rests: none };
  }
  return { ...(await model.recordHead(tokens, first, told)), tokens: tokens.slice(first) };
}

/** As it was generated, or as the model's template writes it; longer than the context: cut at its end. */
export function renderSaid(model: LoadedModel, said: Said): AnswerTokens {
  const { tokens, first } = said.tokens
    ? generatedAnswer(model, said.prompt, said.tokens)
    : renderAnswer(model, said.prompt, said.reply);
  return { tokens: tokens.slice(0, model.info.contextSize), first };
}

function generatedAnswer(model: LoadedModel, prompt: string, reply: Int32Array): AnswerTokens {
  const { tokens } = model.renderChat([{ role: 'user', content: prompt }]);
  return { tokens: concatenated([tokens, reply], Int32Array), first: tokens.length };
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
    rests: concatenated(
      parts.map(({ rests }) => rests),
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
