import type { GraffitiModel } from '../../graffiti-model.js';
import type { GraffitiErrorCode } from '../../errors.js';
import { ApiError } from '../failure.js';
import { Brain } from './brain.js';
import type { NamedWeight } from './engram-weights.js';
import type { BrainSource } from './source.js';

/** A brain in use; disposed of when its user is done. */
export interface BrainLease extends Disposable {
  readonly brain: Brain;
  /** The work with the brain failed: where another writer took it over, the next request opens it anew. */
  failed(error: unknown): void;
}

/** With these an open memory is of no more use. */
const LOST = new Set<GraffitiErrorCode>(['ERR_BRAIN_LOCKED', 'ERR_BRAIN_IO', 'ERR_DISPOSED']);

interface Entry {
  readonly brain: Promise<Brain>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/** The brains that are open: one writer each, shared by all requests that name it, closed when idle. */
export class Brains {
  private readonly open = new Map<string, Entry>();
  private readonly closing = new Map<string, Promise<void>>();
  /** Of brains that were closed. */
  private readonly weights = new Map<string, readonly NamedWeight[]>();

  constructor(
    private readonly model: GraffitiModel,
    readonly source: BrainSource,
    private readonly limits: { readonly idleSeconds: number; readonly openBrains: number },
    /** Gets the failures of closing, which nobody waits for. */
    private readonly report: (error: unknown) => void,
    /** Called when something in a brain was forgotten. */
    private readonly onForgotten: (brain: Brain) => void,
  ) {}

  get count(): number {
    return this.open.size;
  }

  /**
   * Opens the brain, unless it is open, and keeps it open while the lease lives.
   *
   * @param name checked
   * @param make whether to make it when there is none; else that is 404
   */
  async lease(name: string, { make = true } = {}): Promise<BrainLease> {
    if (!make && !this.open.has(name) && !(await this.source.exists(name))) {
      throw new ApiError(404, `There is no brain '${name}'.`, { code: 'brain_not_found' });
    }
    let entry = this.open.get(name);
    if (!entry) {
      this.makeRoom();
      entry = { brain: this.opened(name), users: 0, timer: undefined };
      this.open.set(name, entry);
    }
    entry.users++;
    clearTimeout(entry.timer);
    const taken = entry;
    try {
      const brain = await taken.brain;
      let released = false;
      const release = () => {
        if (!released) this.release(name, taken);
        released = true;
      };
      const failed = (error: unknown) => {
        const { code } = error as { code?: unknown };
        if (LOST.has(code as GraffitiErrorCode)) this.discard(name, taken);
      };
      return { brain, failed, [Symbol.dispose]: release };
    } catch (error) {
      if (this.open.get(name) === taken) this.open.delete(name);
      throw error;
    }
  }

  /** Closes all; what was acknowledged is kept. */
  async close(): Promise<void> {
    await Promise.all([...this.open].map(([name, entry]) => this.shut(name, entry)));
    await Promise.all(this.closing.values());
  }

  private async opened(name: string): Promise<Brain> {
    await this.closing.get(name);
    const brain = new Brain(
      name,
      await this.source.open(name),
      this.model,
      this.weights.get(name) ?? [],
    );
    brain.memory.on('forgotten', () => this.onForgotten(brain));
    return brain;
  }

  /** Nobody new gets the entry; it is closed when its last user is done. */
  private discard(name: string, entry: Entry): void {
    if (this.open.get(name) === entry) this.open.delete(name);
  }

  private release(name: string, entry: Entry): void {
    if (--entry.users > 0) return;
    if (this.open.get(name) !== entry) {
      void this.shut(name, entry);
      return;
    }
    // Map order is that of last use.
    this.open.delete(name);
    this.open.set(name, entry);
    entry.timer = setTimeout(() => void this.shut(name, entry), this.limits.idleSeconds * 1000);
    entry.timer.unref();
  }

  /** @throws {ApiError} 429 when as many brains as may be open are in use. */
  private makeRoom(): void {
    if (this.open.size < this.limits.openBrains) return;
    for (const [name, entry] of this.open) {
      if (entry.users > 0) continue;
      void this.shut(name, entry);
      return;
    }
    throw new ApiError(429, 'As many brains as may be open are in use. Try again later.', {
      code: 'brains_full',
    });
  }

  private shut(name: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    if (this.open.get(name) === entry) this.open.delete(name);
    const done = entry.brain
      .then(
        (brain) => {
          this.weights.set(name, brain.weights.list);
          return brain.close().catch(this.report);
        },
        () => {}, // that it did not open was reported to whoever asked for it
      )
      .finally(() => {
        if (this.closing.get(name) === done) this.closing.delete(name);
      });
    this.closing.set(name, done);
    return done;
  }
}
