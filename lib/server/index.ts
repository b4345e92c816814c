export type { BrainSource } from './brains/index.js';
export { DEFAULT_SERVE, type ServeOptions } from './options.js';
export { type RunningServer, serve } from './serve.js';
