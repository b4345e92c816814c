export { Engram, type EngramOrigin } from './engram.js';
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
export { lossOf } from './losses.js';
export { ModelEngrams } from './model-engrams.js';
export { SessionEngrams, type WeightedEngram } from './session-engrams.js';
export { checkTexts, type EngramText, textsAsTokens } from './texts.js';
