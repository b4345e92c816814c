import { Type } from 'typebox';

const Tag = Type.String({ minLength: 1, maxLength: 128 });
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** Numbers of a query string, which are text there. */
const Digits = (length: number) => Type.String({ pattern: `^\\d{1,${length}}$` });

export const BrainParams = Type.Object({ brain: Type.String({ maxLength: 256 }) });
export const MemoryParams = Type.Object({
  brain: Type.String({ maxLength: 256 }),
  memory: Type.String({ pattern: '^[1-9]\\d{0,14}$' }),
});

export const ListQuery = Type.Object(
  {
    limit: Type.Optional(Digits(4)),
    offset: Type.Optional(Digits(9)),
    tag: Type.Optional(Tag),
    speaker: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    since: Type.Optional(Digits(15)),
  },
  { additionalProperties: false },
);

/** A search is a POST: what is looked for does not belong into addresses, which are logged everywhere. */
export const SearchRequest = Type.Object(
  {
    query: Type.String({ minLength: 1 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 64 })),
    min_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  },
  { additionalProperties: false },
);

export const TellRequest = Type.Object(
  {
    text: Type.String({ minLength: 1 }),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 64 })),
    speaker: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    importance: Type.Optional(Type.Number({ minimum: 0, maximum: 1000 })),
  },
  { additionalProperties: false },
);

export const ForgetRequest = Type.Object(
  {
    ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000 })),
    tag: Type.Optional(Tag),
    speaker: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    query: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
);

export const ReplyParams = Type.Object({ reply: Type.String({ maxLength: 128 }) });
export const StrengthRequest = Type.Object(
  { strength: Type.Number({ minimum: -100, maximum: 100 }) },
  { additionalProperties: false },
);
