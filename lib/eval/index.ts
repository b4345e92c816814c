export { type AdderFigures, evaluateAdder, heldOutPairs } from './adder.js';
export { type DialogueFigures, evaluateDialogue, variety } from './dialogue.js';
export { type Dialogue, isHeldOutDialogue, parseDialogues } from './dialogue-data.js';
export { generateFactCases } from './fact-episodes.js';
export {
  evaluateFacts,
  type FactCase,
  type FactFailure,
  type FactsOptions,
  type FactsResult,
  type FactStep,
} from './facts.js';
export { evaluateInfluence } from './influence.js';
export {
  evaluateLean,
  type LeanData,
  type LeanFigures,
  type LeanProgress,
  type LeanResult,
} from './lean.js';
export { evaluateLocomo, type LocomoConversation, type LocomoResult } from './locomo.js';
export {
  evaluateSleep,
  type EvaluateSleepOptions,
  type SleepFigures,
  type SleepRow,
} from './sleep.js';
export { Random } from './random.js';
export {
  evaluateEngram,
  ordinaryTexts,
  type EngramFigures,
  type EngramRow,
  type EvaluateEngramOptions,
} from './engram.js';
