import { Type } from 'typebox';
import { listOf, only, orNull, Time } from './answers.js';
import { ErrorSchema } from './shared.js';

export const JobAnswer = only({
  id: Type.String(),
  object: Type.Literal('graffiti.job'),
  kind: Type.String({ enum: ['sleep', 'engram'] }),
  brain: Type.String(),
  status: Type.String({ enum: ['running', 'done', 'failed', 'aborted'] }),
  progress: orNull(
    only({ phase: Type.String(), fraction: Type.Number({ minimum: 0, maximum: 1 }) }),
  ),
  result: orNull(Type.Object({}, { description: 'A night’s report, or an engram’s.' })),
  error: orNull(ErrorSchema.properties.error),
});
export const JobList = listOf(JobAnswer);

export const NightAnswer = only({
  object: Type.Literal('graffiti.night'),
  id: Type.Integer(),
  time: Time,
  method: Type.String({ enum: ['head', 'weights'] }),
  model: Type.String({ description: 'Hash of the model it is for.' }),
  separable: Type.Boolean({ description: 'Whether it can be had without one of its memories.' }),
  memories: Type.Integer({ description: 'Those it learned from that are still there.' }),
  bytes: Type.Integer(),
  report: Type.Object({}),
});
export const NightList = listOf(NightAnswer);

export const EngramList = listOf(
  only({
    object: Type.Literal('graffiti.engram'),
    name: Type.String(),
    time: Time,
    model: Type.String({ description: 'Hash of the model whose weights it is of.' }),
    bytes: Type.Integer(),
    weight: Type.Number(),
  }),
);
export const WeightList = listOf(only({ engram: Type.String(), weight: Type.Number() }));
export const EngramRemoved = only({
  erased: Type.Boolean({ description: 'No byte of it is left in the files.' }),
});
