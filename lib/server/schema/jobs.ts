import { Type } from 'typebox';

const BrainName = Type.String({ maxLength: 256 });

export const JobParams = Type.Object({ job: Type.String({ maxLength: 128 }) });

/** Body of POST …/sleep. */
export const SleepRequest = Type.Object(
  {
    anchor_limit: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Highest relative rise of the perplexity of ordinary text. Default 0.01.',
      }),
    ),
  },
  { additionalProperties: false },
);

const EngramName = Type.String({ minLength: 1, maxLength: 200 });
export const EngramParams = Type.Object({ brain: BrainName, engram: EngramName });

const Texts = Type.Array(
  Type.Object(
    { prompt: Type.String({ maxLength: 10_000 }), answer: Type.String({ maxLength: 10_000 }) },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 10_000 },
);

/** Body of POST …/engrams. */
export const ExtractRequest = Type.Object(
  {
    name: EngramName,
    target: Texts,
    reference: Type.Optional({
      ...Texts,
      description: 'What the model is to go on knowing. Default: ordinary exchanges.',
    }),
    forgetting: Type.Optional(
      Type.Number({
        minimum: 0.01,
        maximum: 100,
        description:
          "Nats per answer token by which erasing raises the target's loss. Default 1.5.",
      }),
    ),
    rank: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024 })),
  },
  { additionalProperties: false },
);

/** Body of PUT …/engrams/weights. */
export const WeightsRequest = Type.Object(
  {
    weights: Type.Array(
      Type.Object(
        {
          name: EngramName,
          weight: Type.Number({
            minimum: -100,
            maximum: 100,
            description: '-1 erases, 1 adds it once more.',
          }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 32 },
    ),
  },
  { additionalProperties: false },
);
