export { benchDecode, type DecodeBench, type DecodeBenchOptions } from './decode.js';
export { benchSleep, type SleepBench, type SleepBenchOptions } from './sleep.js';
export { benchStartup, type StartupBench, type StartupBenchOptions } from './startup.js';
export {
  benchTurns,
  type ConversationPart,
  type TurnsBench,
  type TurnsBenchOptions,
} from './turns.js';
export { withRandomModel } from './random-model.js';
export { benchServe, type ServeBench, type ServeBenchOptions } from './serve.js';
export {
  benchRecall,
  type RecallBench,
  type RecallBenchOptions,
  type RecallBenchRow,
} from './recall.js';
export type { VectorShape } from './test-vectors.js';
