export { Engram, type EngramOrigin, type EngramSource } from './engram.js';
export {
  DEFAULT_WEIGHTS,
  type EngramLayer,
  type Extracted,
  extractEngram,
  type ExtractOptions,
  type ExtractProgress,
  loadTensors,
} from './extract.js';
export {
  type AdapterFile,
  type AdapterTensor,
  mergedTensors,
  readAdapter,
  writeAdapter,
} from './adapter-file.js';
export type { EngramCriteria } from './criteria.js';
export { lossOf } from './losses.js';
export { ModelEngrams } from './model-engrams.js';
export {
  type BeforeAfter,
  type EngramReport,
  examineEngram,
  type ExamineOptions,
} from './report.js';
export { type EngramChoice, SessionEngrams, type WeightedEngram } from './session-engrams.js';
export { checkTexts, type EngramText, textsAsTokens } from './texts.js';
