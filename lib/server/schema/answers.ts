import { type TProperties, type TSchema, Type } from 'typebox';
import { ErrorSchema } from './shared.js';

/** An object with just these fields. */
export const only = <Fields extends TProperties>(fields: Fields, description?: string) =>
  Type.Object(fields, { additionalProperties: false, ...(description ? { description } : {}) });

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** `{object: 'list', data}`, as OpenAI's API lists things. */
export const listOf = (schema: TSchema) =>
  only({ object: Type.Literal('list'), data: Type.Array(schema) });

export const Time = Type.Number({ description: 'Milliseconds since 1970-01-01 UTC.' });
export const Seconds = Type.Integer({ description: 'Seconds since 1970-01-01 UTC.' });
export const Nats = Type.Number({ description: 'Nats.' });

/** What is answered, by media type. */
export type Answers = Readonly<Record<`${string}/${string}`, TSchema>>;

export const json = (schema: TSchema): Answers => ({ 'application/json': schema });

/**
 * A route's line in the OpenAPI document, with its schemas. Answers are described, not made, by theirs: what a route returns
 * is sent as it is.
 *
 * @param schema of what is asked: `body`, `params`, `querystring`
 * @param answers to a request that went well
 */
export function described<Schema extends object>(
  summary: string,
  tag: string,
  schema: Schema,
  answers: Answers,
  status = 200,
): Schema {
  const content = (kinds: Answers) =>
    Object.fromEntries(Object.entries(kinds).map(([kind, answer]) => [kind, { schema: answer }]));
  const response = {
    [status]: { description: summary, content: content(answers) },
    default: { description: 'Why not', content: content(json(ErrorSchema)) },
  };
  return { summary, tags: [tag], ...schema, response };
}
