import { randomUUID } from 'node:crypto';
import { ApiError, type ErrorBody, toApiError } from './failure.js';

export type JobKind = 'sleep' | 'engram';

/** How far a job is: what it does at the moment, and 0 to 1 of that. */
export interface JobProgress {
  readonly phase: string;
  readonly fraction: number;
}

/** A job as a request sees it. */
export interface JobView {
  readonly id: string;
  readonly object: 'graffiti.job';
  readonly kind: JobKind;
  readonly brain: string;
  readonly status: 'running' | 'done' | 'failed' | 'aborted';
  readonly progress: JobProgress | null;
  /** What came of it, when it is done. */
  readonly result: object | null;
  readonly error: ErrorBody['error'] | null;
}

/** What the work of a job gets. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

interface Job {
  view: JobView;
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

/** Jobs that are kept when they are over; the oldest go first. */
const MOST = 64;

/** Work that takes longer than a request may wait: asked after, and ended, by its id. One for each brain at a time. */
export class Jobs {
  private readonly kept = new Map<string, Job>();

  /**
   * Starts a job, and returns at once.
   *
   * @throws {ApiError} 409 while the brain has another one.
   */
  start(kind: JobKind, brain: string, work: (context: JobContext) => Promise<object>): JobView {
    for (const { view } of this.kept.values()) {
      if (view.brain === brain && view.status === 'running') {
        throw new ApiError(409, `The brain has a job that is running: ${view.id}.`, {
          code: 'job_running',
        });
      }
    }
    const id = `job_${randomUUID().replaceAll('-', '')}`;
    const abort = new AbortController();
    const { signal } = abort;
    const change = (fields: Partial<JobView>) => {
      job.view = { ...job.view, ...fields };
    };
    const run = async () => {
      try {
        const onProgress = (progress: JobProgress) => change({ progress });
        change({ status: 'done', result: await work({ signal, onProgress }) });
      } catch (error) {
        if (signal.aborted) change({ status: 'aborted' });
        else change({ status: 'failed', error: toApiError(error).body.error });
      }
      this.trim();
    };
    const job: Job = {
      view: {
        ...{ id, object: 'graffiti.job', kind, brain, status: 'running' },
        ...{ progress: null, result: null, error: null },
      },
      abort,
      over: Promise.resolve().then(run),
    };
    this.kept.set(id, job);
    return job.view;
  }

  /** @throws {ApiError} 404 */
  view(id: string): JobView {
    return this.require(id).view;
  }

  /** Those of a brain, latest first. */
  list(brain: string): JobView[] {
    const views = [...this.kept.values()].map(({ view }) => view);
    return views.filter((view) => view.brain === brain).reverse();
  }

  /** Ends a job, and waits until it is over. One that is complete stays so. @throws {ApiError} 404 */
  async abort(id: string): Promise<JobView> {
    const job = this.require(id);
    job.abort.abort();
    await job.over;
    return job.view;
  }

  /** Ends all. */
  async close(): Promise<void> {
    const jobs = [...this.kept.values()];
    for (const { abort } of jobs) abort.abort();
    await Promise.all(jobs.map(({ over }) => over));
  }

  private require(id: string): Job {
    const job = this.kept.get(id);
    if (!job) {
      throw new ApiError(404, 'There is no such job; only the latest are kept.', {
        code: 'job_not_found',
      });
    }
    return job;
  }

  private trim(): void {
    const over = [...this.kept].filter(([, { view }]) => view.status !== 'running');
    for (const [id] of over.slice(0, Math.max(0, over.length - MOST))) this.kept.delete(id);
  }
}
