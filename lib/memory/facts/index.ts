export type { FactAnswer } from './answer.js';
export { auditOf, type FactAudit } from './audit.js';
export { FactStore, type Rehearsal, type ToldText } from './fact-store.js';
export { forgetRequest } from './forgetting.js';
export {
  type SentenceReading,
  sentenceReadings,
  understand,
  type Understanding,
} from './understanding.js';
