import { type Static, Type } from 'typebox';
import { Maybe, samplingFields } from './shared.js';

/** More than any context holds. */
const MOST_MESSAGES = 4096;

const ContentPart = Type.Object({
  type: Type.String({ maxLength: 64 }),
  text: Type.Optional(Type.String()),
  refusal: Type.Optional(Type.String()),
});

const FunctionName = Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' });

const ToolCall = Type.Object({
  id: Maybe(Type.String({ maxLength: 256 })),
  type: Maybe(Type.Literal('function')),
  function: Type.Object({ name: FunctionName, arguments: Type.String() }),
});

const Message = Type.Object({
  role: Type.String({
    enum: ['system', 'developer', 'user', 'assistant', 'tool'],
  }),
  content: Maybe(Type.Union([Type.String(), Type.Array(ContentPart, { maxItems: 1024 })])),
  name: Maybe(Type.String({ maxLength: 256 })),
  refusal: Maybe(Type.String()),
  tool_calls: Maybe(Type.Array(ToolCall, { maxItems: 128 })),
  tool_call_id: Maybe(Type.String({ maxLength: 256 })),
});

const Tool = Type.Object({
  type: Type.Literal('function'),
  function: Type.Object({
    name: FunctionName,
    description: Maybe(Type.String()),
    parameters: Maybe(Type.Record(Type.String(), Type.Unknown())),
    strict: Maybe(Type.Boolean()),
  }),
});

const ResponseFormat = Type.Object({
  type: Type.String({ enum: ['text', 'json_object', 'json_schema'] }),
  json_schema: Type.Optional(
    Type.Object({
      name: Type.String({ maxLength: 64 }),
      description: Maybe(Type.String()),
      schema: Maybe(Type.Record(Type.String(), Type.Unknown())),
      strict: Maybe(Type.Boolean()),
    }),
  ),
});

/** Body of POST /v1/chat/completions. */
export const ChatRequest = Type.Object(
  {
    ...samplingFields,
    messages: Type.Array(Message, { minItems: 1, maxItems: MOST_MESSAGES }),
    max_completion_tokens: Maybe(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })),
    logprobs: Maybe(Type.Boolean()),
    top_logprobs: Maybe(Type.Integer({ minimum: 0, maximum: 20 })),
    response_format: Maybe(ResponseFormat),
    tools: Maybe(Type.Array(Tool, { maxItems: 128 })),
    tool_choice: Maybe(
      Type.Union([
        Type.Literal('none'),
        Type.Literal('auto'),
        Type.Literal('required'),
        Type.Object({
          type: Type.Literal('function'),
          function: Type.Object({ name: FunctionName }),
        }),
      ]),
    ),
    parallel_tool_calls: Maybe(Type.Boolean()),
    modalities: Maybe(Type.Array(Type.Literal('text'), { maxItems: 1 })),
    // Hints to a service that this server is not: accepted, and without effect.
    metadata: Maybe(Type.Unknown()),
    prediction: Maybe(Type.Unknown()),
    prompt_cache_key: Maybe(Type.String()),
    prompt_cache_retention: Maybe(Type.String()),
    reasoning_effort: Maybe(Type.String()),
    safety_identifier: Maybe(Type.String()),
    service_tier: Maybe(Type.String()),
    store: Maybe(Type.Boolean()),
    verbosity: Maybe(Type.String()),
  },
  { additionalProperties: false },
);

export type ChatRequest = Static<typeof ChatRequest>;
export type RequestMessage = Static<typeof Message>;
export type RequestTool = Static<typeof Tool>;
