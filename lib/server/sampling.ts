import type { ModelInfo, SamplingOptions } from '../model/index.js';
import { ApiError, badRequest } from './failure.js';
import type { ChatRequest, CompletionRequest } from './schema/index.js';

type Either = ChatRequest | CompletionRequest;

/** Seeds the sampler has; OpenAI's are integers of any size. */
const SEEDS = 2 ** 32 - 1;

/**
 * The sampling options of a request. Without `max_tokens` a reply may fill the context.
 *
 * @throws {ApiError} 400 for what this server does not do.
 */
export function samplingOf(request: Either, info: ModelInfo, maxTokens?: number): SamplingOptions {
  if ((request.n ?? 1) !== 1) {
    throw badRequest('Only one choice is made at a time: n must be 1.', 'n', 'unsupported_value');
  }
  const { logit_bias: bias } = request;
  const outside = Object.keys(bias ?? {}).find((token) => Number(token) >= info.vocabulary);
  if (outside !== undefined) {
    throw badRequest(
      `Invalid token ${outside}: the model has ${info.vocabulary} tokens.`,
      `logit_bias.${outside}`,
    );
  }
  return {
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    topK: request.top_k ?? undefined,
    minP: request.min_p ?? undefined,
    repetitionPenalty: request.repetition_penalty ?? undefined,
    frequencyPenalty: request.frequency_penalty ?? undefined,
    presencePenalty: request.presence_penalty ?? undefined,
    logitBias: bias ?? undefined,
    seed: request.seed == null ? undefined : ((request.seed % SEEDS) + SEEDS) % SEEDS,
    stop: request.stop ?? undefined,
    maxTokens: maxTokens ?? request.max_tokens ?? info.contextSize,
  };
}

/** @throws {ApiError} 404 unless it is the served model. */
export function checkModelName(name: string, served: string): void {
  if (name === served) return;
  throw new ApiError(404, `The model '${name}' does not exist; this server has '${served}'.`, {
    param: 'model',
    code: 'model_not_found',
  });
}
