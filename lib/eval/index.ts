export { evaluateInfluence } from './influence.js';
export {
  evaluateLean,
  type LeanData,
  type LeanFigures,
  type LeanProgress,
  type LeanResult,
} from './lean.js';
