import { type Static, Type } from 'typebox';
import { Maybe, samplingFields } from './shared.js';

/** Prompts or inputs of one request. */
const MOST_INPUTS = 2048;
const Token = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });

/** A text, several texts, the tokens of one, or of several. */
const Texts = Type.Union([
  Type.String(),
  Type.Array(Type.String(), { minItems: 1, maxItems: MOST_INPUTS }),
  Type.Array(Token, { minItems: 1, maxItems: 1_000_000 }),
  Type.Array(Type.Array(Token, { minItems: 1 }), { minItems: 1, maxItems: MOST_INPUTS }),
]);

/** Body of POST /v1/completions. */
export const CompletionRequest = Type.Object(
  {
    ...samplingFields,
    prompt: Texts,
    best_of: Maybe(Type.Integer({ minimum: 1, maximum: 20 })),
    echo: Maybe(Type.Boolean()),
    logprobs: Maybe(Type.Integer({ minimum: 0, maximum: 5 })),
    suffix: Maybe(Type.String()),
  },
  { additionalProperties: false },
);
export type CompletionRequest = Static<typeof CompletionRequest>;

/** Body of POST /v1/embeddings. */
export const EmbeddingRequest = Type.Object(
  {
    model: Type.String({ maxLength: 256 }),
    input: Texts,
    encoding_format: Maybe(Type.String({ enum: ['float', 'base64'] })),
    dimensions: Maybe(Type.Integer({ minimum: 1 })),
    user: Maybe(Type.String({ maxLength: 256 })),
  },
  { additionalProperties: false },
);
export type EmbeddingRequest = Static<typeof EmbeddingRequest>;

/** Body of POST /tokenize. */
export const TokenizeRequest = Type.Object(
  {
    content: Type.String(),
    add_special: Type.Optional(
      Type.Boolean({
        description: 'Start token, and special tokens that are spelt. Default false.',
      }),
    ),
    with_pieces: Type.Optional(
      Type.Boolean({ description: 'Texts of the tokens. Default false.' }),
    ),
  },
  { additionalProperties: false },
);
