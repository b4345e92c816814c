import { throwIfAborted } from '../errors.js';
import type { AdapterHandle, AnswerTokens, LoadedModel } from '../model/index.js';

/**
 * Nats per answer token of texts under an adapter, and of the model alone when that is null.
 *
 * @throws {GraffitiError} `ERR_ABORTED`, `ERR_DISPOSED`
 */
export async function lossOf(
  model: LoadedModel,
  texts: readonly AnswerTokens[],
  adapter: AdapterHandle | null,
  signal?: AbortSignal,
): Promise<number> {
  let [sum, count] = [0, 0];
  for (const { tokens, first } of texts) {
    throwIfAborted(signal, 'Scoring');
    if (first < 1 || tokens.length <= first) continue;
    const { base } = await model.score(tokens, first, 0, 0, null, adapter);
    base.forEach((logprob) => (sum -= logprob));
    count += base.length;
  }
  return count === 0 ? 0 : sum / count;
}
