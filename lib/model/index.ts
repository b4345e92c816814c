export type { GeneratedToken } from './token-packet.js';
export type { HeadMemoryHandle, HeadRows } from '../native.js';
export {
  type ConsolidatedVoice,
  type Mover,
  type SourceShare,
  type TokenInfluence,
  type TokenLogprob,
} from './influence.js';
export { type ChatMessage, type Generation, LoadedModel, type ModelInfo } from './loaded-model.js';
export {
  cacheFolder,
  type DeviceName,
  type LoadOptions,
  type LoadProgress,
} from './load-options.js';
export {
  checkSampling,
  DEFAULT_SAMPLING,
  SAMPLING_NAMES,
  type SamplingOptions,
} from './sampling.js';
export { builtInModel } from './built-in.js';
export { listDevices } from './devices.js';
