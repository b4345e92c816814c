export { GraffitiModel } from './graffiti-model.js';
export {
  builtInModel,
  type ChatMessage,
  DEFAULT_SAMPLING,
  type DeviceName,
  listDevices,
  LoadedModel,
  type LoadOptions,
  type LoadProgress,
  type ModelInfo,
  type SamplingOptions,
} from './model/index.js';
export {
  type FinishReason,
  type GraffitiOptions,
  type Mover,
  type PromptOptions,
  type Reply,
  type ReplyInfluence,
  ReplyStream,
  Session,
  type SessionOptions,
  type SourceShare,
  type TagOptions,
  type TextScore,
  type TokenEvent,
  type TokenInfluence,
} from './session/index.js';
export { Adder, type AdderOptions, type Addition, type RegionName } from './regions/index.js';
export {
  type Answer,
  type AnsweringMemory,
  type EncodedText,
  type FactAudit,
  type ForgetSelector,
  type Forgotten,
  type ListOptions,
  MAX_TEXT_BYTES,
  Memory,
  type MemoryEncoder,
  type MemoryExport,
  type MemoryOptions,
  type MemoryRecord,
  type MemoryStats,
  type ModelFingerprint,
  type RecalledMemory,
  type RecallOptions,
  type ReencodeOptions,
  type RememberInput,
} from './memory/index.js';
export { brainAddress, brainNames } from './store/index.js';
export { GraffitiError, type GraffitiErrorCode } from './errors.js';
