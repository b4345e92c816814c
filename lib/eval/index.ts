export { type AdderFigures, evaluateAdder, heldOutPairs } from './adder.js';
export { type DialogueFigures, evaluateDialogue, variety } from './dialogue.js';
export { type Dialogue, isHeldOutDialogue, parseDialogues } from './dialogue-data.js';
export { evaluateInfluence } from './influence.js';
export {
  evaluateLean,
  type LeanData,
  type LeanFigures,
  type LeanProgress,
  type LeanResult,
} from './lean.js';
