export { ANCHOR_EXCHANGES, ANCHOR_TEXTS } from './anchor.js';
export {
  consolidate,
  type Consolidated,
  type ConsolidateOptions,
  type Exchange,
  renderExchange,
} from './consolidate.js';
