import { type TSchema, Type } from 'typebox';

/** May be left out, and may be null, which says the same. */
export function Maybe<Schema extends TSchema>(schema: Schema) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** What chooses and steers a brain; strict clients need not know it. */
export const GraffitiField = Type.Object(
  {
    brain: Type.Optional(
      Type.String({ maxLength: 256, description: 'Brain to reply from. Default: `user`.' }),
    ),
    strength: Type.Optional(
      Type.Number({ minimum: -100, maximum: 100, description: 'Default 1; 0 = memory off.' }),
    ),
    remember: Type.Optional(
      Type.Boolean({ description: 'Whether what is said is remembered. Default true.' }),
    ),
    recall: Type.Optional(
      Type.Boolean({ description: 'Whether facts that were told are recalled. Default true.' }),
    ),
    influence: Type.Optional(
      Type.Boolean({
        description: 'Whether every token comes with what the memory did to it. Default false.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Memory; namespaced, so that others ignore it.' },
);

/** Options of both kinds of completion. */
export const samplingFields = {
  model: Type.String({ maxLength: 256 }),
  frequency_penalty: Maybe(Type.Number({ minimum: -2, maximum: 2 })),
  presence_penalty: Maybe(Type.Number({ minimum: -2, maximum: 2 })),
  repetition_penalty: Maybe(Type.Number({ minimum: 0.1, maximum: 10 })),
  temperature: Maybe(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: Maybe(Type.Number({ minimum: 0, maximum: 1 })),
  top_k: Maybe(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  min_p: Maybe(Type.Number({ minimum: 0, maximum: 1 })),
  logit_bias: Maybe(
    Type.Record(
      Type.String({ pattern: '^\\d{1,9}$' }),
      Type.Number({ minimum: -100, maximum: 100 }),
      { maxProperties: 1024, additionalProperties: false },
    ),
  ),
  max_tokens: Maybe(Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })),
  n: Maybe(Type.Integer({ minimum: 1, maximum: 128 })),
  seed: Maybe(Type.Integer()),
  stop: Maybe(
    Type.Union([
      Type.String({ maxLength: 1024 }),
      Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 4 }),
    ]),
  ),
  stream: Maybe(Type.Boolean()),
  stream_options: Maybe(
    Type.Object(
      {
        include_usage: Maybe(Type.Boolean()),
        include_obfuscation: Maybe(Type.Boolean({ description: 'Accepted; nothing is padded.' })),
      },
      { additionalProperties: false },
    ),
  ),
  user: Maybe(
    Type.String({ maxLength: 256, description: 'The brain, unless `graffiti` names it.' }),
  ),
  graffiti: Type.Optional(GraffitiField),
};

/** Every failure. */
export const ErrorSchema = Type.Object({
  error: Type.Object({
    message: Type.String(),
    type: Type.String(),
    param: Type.Union([Type.String(), Type.Null()]),
    code: Type.Union([Type.String(), Type.Null()]),
  }),
});
