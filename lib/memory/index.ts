export {
  type ForgetSelector,
  type Forgotten,
  type ListOptions,
  Memory,
  type MemoryEvents,
  type MemoryExport,
  type MemoryOptions,
  type MemoryStats,
  type RecalledMemory,
  type RecallOptions,
  type ReencodeOptions,
} from './memory.js';
export type { EncodedText, MemoryEncoder } from './encoder.js';
export { MAX_TEXT_BYTES, type MemoryRecord, type RememberInput } from './record.js';
export { DEFAULT_SETTINGS } from './settings.js';
export type { Spray, SpraySource } from './spray.js';
export type { EventKind, ModelFingerprint, Origin, SpraySettings } from '../store/index.js';
