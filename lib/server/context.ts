import type { GraffitiModel } from '../graffiti-model.js';
import type { Admission } from './admission.js';
import type { Brains } from './brains/index.js';
import type { Jobs } from './jobs.js';
import type { Metrics } from './metrics.js';
import type { CheckedServe } from './options.js';
import type { Replies } from './replies.js';

/** What the routes share. */
export interface ServerContext {
  readonly model: GraffitiModel;
  /** The model's name in the API. */
  readonly modelId: string;
  readonly options: CheckedServe;
  readonly brains: Brains;
  readonly admission: Admission;
  readonly replies: Replies;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  /** Aborted when running replies have had their time to finish. */
  readonly ending: AbortSignal;
  /** Gets what was said, when the log is to hold it. */
  readonly onSaid: (said: { brain: string; prompt: string; reply: string | undefined }) => void;
  /** When the server began, s since 1970. */
  readonly created: number;
}
