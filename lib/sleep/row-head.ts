import type { Exchange } from '../memory/index.js';
import type { LoadedModel, TrainedRowHead } from '../model/index.js';
import { joined, recordAll, renderSaid } from './recording.js';
import type { Rehearsal } from './rehearsal.js';

export interface TrainRowsOptions {
  /** Highest relative rise of the perplexity of ordinary text: 0.01 is 1 %. */
  readonly anchorLimit: number;
  readonly onRecorded: (done: number, total: number) => void;
  readonly onTrained: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Learns exchanges into a row head: the output layer's rows of the words that they say move with the state, all
 * others stay (native/core/row_head.hpp). Forward passes, then training on what they left; no weight of the model is
 * touched.
 *
 * @throws {RangeError} when there is nothing to learn. @throws {GraffitiError} `ERR_ABORTED`
 */
export async function trainRows(
  model: LoadedModel,
  exchanges: readonly Exchange[],
  { fitted, governing }: Rehearsal,
  { anchorLimit, onRecorded, onTrained, signal }: TrainRowsOptions,
): Promise<TrainedRowHead> {
  const words = wordsOf(model, exchanges);
  if (words.length === 0) {
    throw new RangeError('Expected exchanges with at least one token to learn but received none');
  }
  const total = fitted.length + governing.length + exchanges.length;
  let done = 0;
  const record = async (texts: Parameters<typeof recordAll>[1]) =>
    joined(await recordAll(model, texts, () => onRecorded(++done, total), signal, words));
  const ordinary = await record(fitted);
  const request = {
    ...{ ordinary, governing: await record(governing), told: await record(exchanges) },
    limit: anchorLimit,
  };
  return model.trainRowHead(request, {
    signal,
    onProgress: (fraction) => onTrained(Math.round(fraction * 100), 100),
  });
}

/** The words of all replies, ascending. */
function wordsOf(model: LoadedModel, exchanges: readonly Exchange[]): Int32Array {
  const words = new Set<number>();
  for (const exchange of exchanges) {
    const { tokens, first } = renderSaid(model, exchange);
    for (const token of tokens.subarray(first)) words.add(token);
  }
  return Int32Array.from(words).sort();
}
