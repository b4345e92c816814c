import { Type } from 'typebox';
import { listOf, Nats, only, orNull, Seconds } from './answers.js';
import { MemoryAnswer } from './memory-answers.js';

const Id = Type.Integer();

const Mover = only({
  id: Id,
  text: Type.String(),
  change: Type.Number({ description: 'Probability with the memory minus without.' }),
});
const SourceShare = only({
  id: Type.Integer({ description: 'Of the memory; 0: all that are too faint to be listed.' }),
  shift: Nats,
});

/** What the memory did to a token. */
const TokenInfluence = only({
  kl: Type.Number({ description: 'KL(with the memory ‖ without) of the next token, nats.' }),
  shift: Type.Number({ description: 'Log-probability of the token, with minus without, nats.' }),
  ratio: Type.Number({ description: 'Length of what was added over that of the hidden state.' }),
  cosine: Type.Number({ description: 'Of the hidden state and the spray.' }),
  flipped: Type.Boolean({ description: 'The most probable token changed.' }),
  promoted: Type.Array(Mover),
  demoted: Type.Array(Mover),
  sources: Type.Array(SourceShare),
});

const Consolidated = only(
  {
    share: Type.Number({ description: 'Of the prediction, 0 to 1.' }),
    weight: Type.Number({ description: 'Probability it gave to this token.' }),
    sources: Type.Array(only({ id: Id, weight: Type.Number() })),
  },
  'What was learned in sleep had to say.',
);

const TokenFigures = only({
  index: Type.Integer(),
  id: Type.Integer({ description: '-1: a piece of a reply that a region made.' }),
  text: Type.String(),
  logprob: Nats,
  influence: orNull(TokenInfluence),
  consolidated: orNull(Consolidated),
});

const replyFields = {
  brain: Type.String(),
  region: orNull(Type.String({ description: 'Who made the reply, where it was not the model.' })),
  influence: orNull(
    only({
      mean_kl: Nats,
      max_kl: Nats,
      log_likelihood_ratio: Nats,
      flips: Type.Integer(),
      sources: Type.Array(SourceShare),
    }),
  ),
  remembered: orNull(Type.Integer({ description: 'Id of the memory the message became.' })),
  recalled: Type.Array(
    only({ ...MemoryAnswer.properties, score: Type.Number({ minimum: 0, maximum: 1 }) }),
  ),
  forgotten: Type.Array(Id),
  dropped_messages: Type.Integer({
    description: 'Oldest ones left out because the context is full.',
  }),
  seconds: only({ prompt: Type.Number(), reply: Type.Number() }),
};

const ReplyFigures = only({
  ...replyFields,
  tokens: Type.Optional(Type.Array(TokenFigures, { description: 'With `influence: true`.' })),
});

const Usage = only({
  prompt_tokens: Type.Integer(),
  completion_tokens: Type.Integer(),
  total_tokens: Type.Integer(),
  prompt_tokens_details: only({ cached_tokens: Type.Integer() }),
});

const Likely = {
  token: Type.String(),
  logprob: Nats,
  bytes: orNull(Type.Array(Type.Integer({ minimum: 0, maximum: 255 }))),
};
const ChatLogprobs = orNull(
  only({
    content: Type.Array(only({ ...Likely, top_logprobs: Type.Array(only(Likely)) })),
    refusal: Type.Null(),
  }),
);

const ToolCall = only({
  id: Type.String(),
  type: Type.Literal('function'),
  function: only({ name: Type.String(), arguments: Type.String({ description: 'JSON.' }) }),
});
const Finish = Type.String({ enum: ['stop', 'length', 'tool_calls'] });

const head = { id: Type.String(), created: Seconds, model: Type.String() };

/** Answer to POST /v1/chat/completions. */
export const ChatAnswer = only({
  ...head,
  object: Type.Literal('chat.completion'),
  choices: Type.Array(
    only({
      index: Type.Literal(0),
      message: only({
        role: Type.Literal('assistant'),
        content: orNull(Type.String()),
        refusal: Type.Null(),
        tool_calls: Type.Optional(Type.Array(ToolCall)),
      }),
      logprobs: ChatLogprobs,
      finish_reason: Finish,
    }),
    { minItems: 1, maxItems: 1 },
  ),
  usage: Usage,
  graffiti: ReplyFigures,
});

const CallDelta = only({
  index: Type.Integer(),
  id: Type.Optional(Type.String()),
  type: Type.Optional(Type.Literal('function')),
  function: only({ name: Type.Optional(Type.String()), arguments: Type.Optional(Type.String()) }),
});

/** What a chunk says of the memory: of its tokens, and the last one of the whole reply. */
const ChunkFigures = Type.Union([only({ tokens: Type.Array(TokenFigures) }), only(replyFields)]);

/** One event of a streamed chat. */
export const ChatChunk = only({
  ...head,
  object: Type.Literal('chat.completion.chunk'),
  choices: Type.Array(
    only({
      index: Type.Literal(0),
      delta: only({
        role: Type.Optional(Type.Literal('assistant')),
        content: Type.Optional(orNull(Type.String())),
        refusal: Type.Optional(Type.Null()),
        tool_calls: Type.Optional(Type.Array(CallDelta)),
      }),
      logprobs: ChatLogprobs,
      finish_reason: orNull(Finish),
    }),
    { maxItems: 1 },
  ),
  usage: Type.Optional(orNull(Usage)),
  graffiti: Type.Optional(ChunkFigures),
});

const TextLogprobs = orNull(
  only({
    tokens: Type.Array(Type.String()),
    token_logprobs: Type.Array(Nats),
    top_logprobs: orNull(Type.Array(Type.Record(Type.String(), Nats))),
    text_offset: Type.Array(Type.Integer()),
  }),
);
const textHead = { ...head, object: Type.Literal('text_completion') };
const textChoice = { index: Type.Integer(), text: Type.String(), logprobs: TextLogprobs };

/** Answer to POST /v1/completions. */
export const CompletionAnswer = only({
  ...textHead,
  choices: Type.Array(only({ ...textChoice, finish_reason: Finish, graffiti: ReplyFigures })),
  usage: Usage,
});

/** One event of a streamed continuation. */
export const CompletionChunk = only({
  ...textHead,
  choices: Type.Array(only({ ...textChoice, finish_reason: orNull(Finish) }), { maxItems: 1 }),
  usage: Type.Optional(orNull(Usage)),
  graffiti: Type.Optional(ChunkFigures),
});

/** Answer to POST /v1/embeddings. */
export const EmbeddingAnswer = only({
  object: Type.Literal('list'),
  data: Type.Array(
    only({
      object: Type.Literal('embedding'),
      index: Type.Integer(),
      embedding: Type.Union([
        Type.Array(Type.Number()),
        Type.String({ description: 'float32, little-endian, in base64.' }),
      ]),
    }),
  ),
  model: Type.String(),
  usage: only({ prompt_tokens: Type.Integer(), total_tokens: Type.Integer() }),
});

/** Answer to POST /tokenize. */
export const TokenizeAnswer = only({
  tokens: Type.Union([
    Type.Array(Type.Integer()),
    Type.Array(only({ id: Id, piece: Type.String() })),
  ]),
});

/** The served model. */
export const ModelAnswer = only({
  id: Type.String(),
  object: Type.Literal('model'),
  created: Seconds,
  owned_by: Type.String(),
  graffiti: only({
    architecture: Type.String(),
    parameters: Type.Integer(),
    quantisation: Type.String(),
    context_size: Type.Integer(),
    width: Type.Integer({ description: 'Of the hidden states and the memory.' }),
    sessions: Type.Integer({ description: 'Replies at the same time.' }),
  }),
});
export const ModelList = listOf(ModelAnswer);

/** Answer to GET /v1/graffiti/replies/:reply. */
export const PastReply = only({
  id: Type.String(),
  object: Type.Literal('graffiti.reply'),
  brain: Type.String(),
  running: Type.Boolean(),
  tokens: Type.Array(TokenFigures),
  graffiti: orNull(only(replyFields)),
});

export const StrengthAnswer = only({ id: Type.String(), strength: Type.Number() });
