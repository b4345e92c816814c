export { ANCHOR_EXCHANGES } from './anchor.js';
export { ANCHOR_TEXTS } from './anchor-prose.js';
export { type Change, Examination, reworded, spread } from './measuring.js';
export type { Said } from './recording.js';
export { ownText } from './rehearsal.js';
export {
  type HeadFigures,
  type NightMeasures,
  type NightReport,
  sleep,
  type SleepMethod,
  type SleepOptions,
  type SleepProgress,
  type WeightsFigures,
} from './sleep.js';
export { wake } from './wake.js';
