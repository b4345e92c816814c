export type { Answer, AnsweringMemory } from './answer.js';
export { type FactAudit, forgetRequest } from './facts/index.js';
export { Memory } from './memory.js';
export { BrainEngrams, type KeepableEngram } from './engrams.js';
export type { EncodedText, MemoryEncoder } from './encoder.js';
export { MAX_TEXT_BYTES, type MemoryRecord, type RememberInput } from './record.js';
export type {
  ForgetSelector,
  Forgotten,
  ListOptions,
  MemoryAudit,
  MemoryEvents,
  MemoryExport,
  MemoryOptions,
  MemoryStats,
  RecalledMemory,
  RecallOptions,
  ReencodeOptions,
  RememberOptions,
} from './requests.js';
export { contentStems } from './words.js';
export { DEFAULT_SETTINGS } from './settings.js';
export type { Spray, SpraySource } from './spray.js';
export type {
  EngramSummary,
  EventKind,
  ModelFingerprint,
  Origin,
  SpraySettings,
} from '../store/index.js';
export { GraphFile } from './graph-file.js';
export { best } from './hybrid.js';
export { KeyIndex } from './key-index.js';
export { Neighbours, type NeighbourSearch } from './neighbours.js';
export type { Repeated } from './strength.js';
export { type Classifier, RULES, type TaggedSentence } from './tagging.js';
export type { NewNight } from './nights.js';
export type { Exchange } from './replay.js';
export type { NightPart, NightSummary, StoredNight } from '../store/index.js';
