import { throwIfAborted } from '../errors.js';
import type { HeadMemoryHandle, HeadRows, LoadedModel } from '../model/index.js';

import { ANCHOR_EXCHANGES, ANCHOR_TEXTS } from './anchor.js';

/** A question and the answer that sleep is to learn. */
export interface Exchange {
  /** Id of the memory it was told by. */
  readonly source: number;
  readonly prompt: string;
  readonly reply: string;
}

export interface ConsolidateOptions {
  /** Highest relative rise of the perplexity of ordinary text. Default 0.01, 1 %. */
  readonly anchorLimit?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a night learned, and what it did to ordinary text. */
export interface Consolidated {
  /** The space its keys lie in: of the model alone. */
  readonly space: Float32Array;
  readonly rows: HeadRows;
  /** τ: how fast its say fades with distance. */
  readonly reach: number;
  /** Perplexity of ordinary text without and with it. */
  readonly anchor: { readonly before: number; readonly after: number };
  readonly memory: HeadMemoryHandle;
}

/** Positions of texts, as the model saw them. */
interface Recorded {
  readonly features: Float32Array;
  readonly tokens: Int32Array;
  readonly logprobs: Float32Array;
}

/**
 * Learns exchanges into a head memory: one key for every token of every reply. Forward passes only; the same for
 * every architecture and quantisation (kNN-LM, Khandelwal et al. 2020, arXiv 1911.00172).
 *
 * @throws {RangeError} when there is nothing to learn. @throws {GraffitiError} `ERR_ABORTED`
 */
export async function consolidate(
  model: LoadedModel,
  exchanges: readonly Exchange[],
  { anchorLimit = 0.01, onProgress = () => {}, signal }: ConsolidateOptions = {},
): Promise<Consolidated> {
  const anchors = anchorExchanges();
  const total = anchors.length + exchanges.length;
  let done = 0;
  const recordAll = async (texts: readonly { prompt: string; reply: string }[]) => {
    const recorded: Recorded[] = [];
    for (const text of texts) {
      throwIfAborted(signal, 'Sleep');
      recorded.push(await record(model, text));
      onProgress(++done, total);
    }
    return recorded;
  };
  // Half of the ordinary text spans the space, the other half is only ever measured.
  const anchored = await recordAll(anchors);
  const fitted = joined(anchored.filter((_, index) => index % 2 === 0));
  const heldOut = joined(anchored.filter((_, index) => index % 2 === 1));
  const space = await model.fitKeySpace(fitted.features);

  const told = await recordAll(exchanges);
  const learned = joined(told);
  if (learned.tokens.length === 0) {
    throw new RangeError('Expected exchanges with at least one token to learn but received none');
  }
  const { keys, scales } = await model.makeKeys(space, learned.features);
  const sources = Float64Array.from(
    told.flatMap(({ tokens }, index) => Array.from(tokens, () => exchanges[index]!.source)),
  );
  const rows = { keys, scales, tokens: learned.tokens, sources };
  const memory = await model.makeHeadMemory(space, rows, 1);
  const { reach, ...anchor } = await model.governHeadMemory(memory, heldOut, anchorLimit);
  return { space, rows, reach, anchor, memory };
}

/** Ordinary text as exchanges, the registers mixed so that each half holds all of them. */
function anchorExchanges(): { prompt: string; reply: string }[] {
  const texts = ANCHOR_TEXTS.map((reply) => ({ prompt: 'Tell me something.', reply }));
  return [...ANCHOR_EXCHANGES, ...texts];
}

/** Runs an exchange as a conversation of its own and records the positions that say the reply. */
async function record(
  model: LoadedModel,
  { prompt, reply }: { prompt: string; reply: string },
): Promise<Recorded> {
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

function joined(parts: readonly Recorded[]): Recorded {
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

function concatenated<Values extends Float32Array | Int32Array>(
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
