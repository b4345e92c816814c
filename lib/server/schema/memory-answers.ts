import { Type } from 'typebox';
import { listOf, only, Time } from './answers.js';

/** A memory. */
export const MemoryAnswer = only({
  id: Type.Integer(),
  text: Type.String(),
  speaker: Type.String(),
  tags: Type.Array(Type.String()),
  by: Type.String({ enum: ['human', 'rule', 'model'], description: 'Who chose to keep it.' }),
  kind: Type.String({ enum: ['tell', 'tag'], description: 'Said in a conversation, or told.' }),
  time: Time,
  importance: Type.Number(),
});
export const MemoryList = listOf(MemoryAnswer);

export const SearchAnswer = listOf(
  only({
    ...MemoryAnswer.properties,
    score: Type.Number({ minimum: 0, maximum: 1 }),
    words: Type.Number({ description: 'Shared stems, 0 to 1.' }),
    cosine: Type.Number({ description: 'Of the centred keys.' }),
  }),
);

export const ForgottenAnswer = only({
  ids: Type.Array(Type.Integer()),
  erased: Type.Boolean({
    description: 'No byte of the texts is left in the files. Else they go at the latest on close.',
  }),
});

const brainHead = { id: Type.String(), object: Type.Literal('graffiti.brain') };
export const BrainList = listOf(only(brainHead));

const Settings = only({
  rate: Type.Number(),
  mix: Type.Number(),
  recallLimit: Type.Integer(),
  recallThreshold: Type.Number(),
  fading: Type.Number(),
});
const Fingerprint = only({
  hash: Type.String(),
  name: Type.String(),
  architecture: Type.String(),
  width: Type.Integer(),
  vocabulary: Type.Integer(),
  writer: Type.String(),
});

export const BrainAnswer = only({
  ...brainHead,
  memories: Type.Integer(),
  remembered: Type.Integer({ description: 'Ever.' }),
  forgotten: Type.Integer({ description: 'Ever.' }),
  tags: Type.Array(only({ tag: Type.String(), count: Type.Integer() })),
  bytes: Type.Integer(),
  created: Time,
  firstTime: Type.Optional(Time),
  lastTime: Type.Optional(Time),
  sprayNorm: Type.Number({ description: 'Length of the spray.' }),
  drift: Type.Number({ description: 'How far the last memory moved the spray.' }),
  settings: Settings,
  model: Type.Optional(Fingerprint),
});

export const ExportAnswer = only({
  format: Type.Literal('neural-graffiti/brain'),
  version: Type.Literal(1),
  created: Time,
  model: Type.Optional(Fingerprint),
  settings: Settings,
  memories: Type.Array(MemoryAnswer),
});
