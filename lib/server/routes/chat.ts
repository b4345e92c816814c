import { chunkedAnswer, readMessages, readTools, wholeAnswer } from '../chat/index.js';
import type { ToolOptions } from '../../model/index.js';
import { memoryWishes } from '../brain-of.js';
import type { ServerContext } from '../context.js';
import { leaving, sendEvents } from '../events.js';
import { badRequest } from '../failure.js';
import { checkModelName, samplingOf } from '../sampling.js';
import { ChatAnswer, ChatChunk, ChatRequest, described } from '../schema/index.js';
import { Turn } from '../turn.js';
import type { App } from './app.js';

/** POST /v1/chat/completions. */
export function chatRoutes(app: App, server: ServerContext): void {
  const schema = described(
    'Reply to a conversation',
    'OpenAI',
    { body: ChatRequest },
    {
      'application/json': ChatAnswer,
      'text/event-stream': ChatChunk,
    },
  );
  app.post('/v1/chat/completions', { schema }, async (request, answer) => {
    const { body } = request;
    checkModelName(body.model, server.modelId);
    const tools = readTools(body);
    const options = replyOptions(body, server, tools);
    const messages = readMessages(body.messages);
    const wishes = memoryWishes(server, request, body);
    const signal = leaving(answer, server.ending);
    const shown = {
      modelId: server.modelId,
      model: server.model.loaded,
      logprobs: body.logprobs ?? false,
      influence: body.graffiti?.influence ?? false,
      tools: tools !== undefined,
      usage: body.stream_options?.include_usage ?? false,
    };
    const turn = await Turn.chat(server, messages, wishes, { ...options, signal });
    if (body.stream) return sendEvents(answer, chunkedAnswer(turn, shown));
    return wholeAnswer(turn, shown);
  });
}

/** @throws {ApiError} 400 for what cannot be done together, or not at all. */
function replyOptions(body: ChatRequest, server: ServerContext, tools: ToolOptions | undefined) {
  const { info } = server.model;
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? undefined;
  if (body.stream_options && !body.stream) {
    throw badRequest("'stream_options' is only allowed when 'stream' is true.", 'stream_options');
  }
  if (body.top_logprobs && !body.logprobs) {
    throw badRequest("'top_logprobs' needs 'logprobs': true.", 'top_logprobs');
  }
  const jsonSchema = responseSchema(body);
  if (jsonSchema && tools) {
    throw badRequest("'response_format' and 'tools' do not go together.", 'response_format');
  }
  // A region knows nothing of tokens: what asks for more than its words is the model's.
  const { logprobs, logit_bias: bias, stop } = body;
  const plain = jsonSchema ?? tools ?? logprobs ?? bias ?? stop ?? maxTokens;
  const regions = plain === undefined || plain === null || plain === false;
  const topLogprobs = body.top_logprobs ?? undefined;
  return { ...samplingOf(body, info, maxTokens), topLogprobs, jsonSchema, tools, regions };
}

function responseSchema({ response_format: format }: ChatRequest): object | undefined {
  if (!format || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'object' };
  if (!format.json_schema) {
    throw badRequest(
      "Missing required parameter: 'response_format.json_schema'.",
      'response_format.json_schema',
      'missing_required_parameter',
    );
  }
  return format.json_schema.schema ?? { type: 'object' };
}
