export type { GeneratedToken } from './token-packet.js';
export type {
  AdapterHandle,
  AnswerTokens,
  EngramMethod,
  EngramScaling,
  EngramWeight,
  HeadRows,
  LayerRecord,
  NightHandle,
  RowHeadValues,
  TrainedRowHead,
} from '../native.js';
export { renderAnswer, renderWholeAnswer } from './answer-tokens.js';
export {
  type ConsolidatedVoice,
  type Mover,
  type SourceShare,
  type TokenInfluence,
  type TokenLogprob,
} from './influence.js';
export { type Generation, type KnownPrompt, LoadedModel, type ModelInfo } from './loaded-model.js';
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
export {
  type ChatMessage,
  checkMessage,
  checkTools,
  newToolCallId,
  type ReplyMessage,
  type Tool,
  type ToolCall,
  type ToolOptions,
} from './tools.js';
export { quantiseModel } from './quantise.js';
export type { TaughtLayer } from '../native.js';
export { builtInModel } from './built-in.js';
export { listDevices } from './devices.js';
