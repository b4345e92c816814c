export {
  consolidate,
  type Consolidated,
  type ConsolidateOptions,
  type Exchange,
  renderExchange,
} from './consolidate.js';
