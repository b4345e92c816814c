import { memoryWishes } from '../brain-of.js';
import type { ServerContext } from '../context.js';
import { leaving, sendEvents } from '../events.js';
import { badRequest } from '../failure.js';
import { checkModelName, samplingOf } from '../sampling.js';
import {
  CompletionAnswer,
  CompletionChunk,
  CompletionRequest,
  described,
} from '../schema/index.js';
import { chunkedCompletions, inputsOf, wholeCompletions } from '../text/index.js';
import { Turn } from '../turn.js';
import type { App } from './app.js';

/** Prompts of one request, each a reply of its own. */
const MOST_PROMPTS = 16;

/** POST /v1/completions: raw texts go on; the memory leans them, nothing is remembered. */
export function completionRoutes(app: App, server: ServerContext): void {
  const schema = described(
    'Go on with a raw text',
    'OpenAI',
    { body: CompletionRequest },
    {
      'application/json': CompletionAnswer,
      'text/event-stream': CompletionChunk,
    },
  );
  app.post('/v1/completions', { schema }, async (request, answer) => {
    const { body } = request;
    checkModelName(body.model, server.modelId);
    refuseUnsupported(body);
    const sampling = samplingOf(body, server.model.info, body.max_tokens ?? DEFAULT_TOKENS);
    const prompts = inputsOf(body.prompt, 'prompt', server.model.info.vocabulary);
    if (prompts.length > MOST_PROMPTS) {
      throw badRequest(`At most ${MOST_PROMPTS} prompts in one request.`, 'prompt');
    }
    const wishes = memoryWishes(server, request, body);
    const signal = leaving(answer, server.ending);
    const options = { ...sampling, topLogprobs: body.logprobs ?? undefined, signal };
    const shown = {
      modelId: server.modelId,
      model: server.model.loaded,
      logprobs: typeof body.logprobs === 'number',
      influence: body.graffiti?.influence ?? false,
      usage: body.stream_options?.include_usage ?? false,
    };
    // One after the other: a request has one place in the queue.
    async function* turns() {
      for (const prompt of prompts) yield await Turn.completion(server, prompt, wishes, options);
    }
    if (!body.stream) return wholeCompletions(turns(), shown);
    return sendEvents(answer, chunkedCompletions(turns(), shown));
  });
}

/** What OpenAI's API makes of a missing max_tokens here. */
const DEFAULT_TOKENS = 16;

/** @throws {ApiError} 400 */
function refuseUnsupported(body: CompletionRequest): void {
  if (body.stream_options && !body.stream) {
    throw badRequest("'stream_options' is only allowed when 'stream' is true.", 'stream_options');
  }
  if ((body.best_of ?? 1) !== 1) {
    throw badRequest('Only one choice is made: best_of must be 1.', 'best_of', 'unsupported_value');
  }
  if (body.echo) throw badRequest('echo is not supported.', 'echo', 'unsupported_parameter');
  if (body.suffix) throw badRequest('suffix is not supported.', 'suffix', 'unsupported_parameter');
}
