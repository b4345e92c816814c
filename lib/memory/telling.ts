import { throwIfAborted } from '../errors.js';
import type { EventFields, Recalled, Store, StoredEvent } from '../store/index.js';
import type { Derived } from './derived.js';
import { encodeChecked, type MemoryEncoder } from './encoder.js';
import type { MemoryRecord } from './record.js';

/** A snapshot of the fold is kept this often (events), so that opening folds no more than this. */
const SNAPSHOT_INTERVAL = 64;

/**
 * How what is told gets into a brain: its text at once, its vectors at once or later. Vectors are made in the order of
 * ids, so that it makes no difference to the brain when they are made.
 */
export class Telling {
  private sinceSnapshot = 0;

  constructor(
    private readonly store: Store,
    private readonly derived: Derived,
  ) {}

  /** Keeps an event with its vectors. What waits for its own has to be settled first. */
  async now(
    event: EventFields,
    encoder: MemoryEncoder,
    signal: AbortSignal | undefined,
  ): Promise<MemoryRecord> {
    const vectors = await encodeChecked(encoder, event.text, signal);
    throwIfAborted(signal, 'Remembering');
    const recalled = await this.recalledBy(vectors.key);
    const id = await this.store.append({ event, vectors, recalled });
    const memory: MemoryRecord = { id, ...event };
    await this.derived.heard(memory);
    await this.derived.placed(memory, vectors.key, recalled);
    await this.count();
    return memory;
  }

  /** Keeps an event; `settle` makes its vectors. */
  async later(event: EventFields): Promise<MemoryRecord> {
    const waiting = await this.derived.waiting();
    const id = await this.store.append({ event });
    const memory: MemoryRecord = { id, ...event };
    waiting.push(memory);
    await this.derived.heard(memory);
    return memory;
  }

  /**
   * Makes the vectors of what has none yet. When it fails, those that it made are kept.
   *
   * @param made called after each
   */
  async settle(
    encoder: MemoryEncoder,
    made: (event: StoredEvent) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const waiting = await this.derived.waiting();
    for (let event = waiting[0]; event; event = waiting[0]) {
      const vectors = await encodeChecked(encoder, event.text, signal);
      throwIfAborted(signal, 'Remembering');
      const recalled = await this.recalledBy(vectors.key);
      await this.store.encode({ id: event.id, vectors, recalled });
      waiting.shift();
      await this.derived.placed(event, vectors.key, recalled);
      await this.count();
      made(event);
    }
  }

  /** The snapshot only spares work at the next opening, so failing to keep it fails nothing. */
  async keepSnapshot(): Promise<void> {
    if (this.sinceSnapshot === 0) return;
    try {
      await this.store.saveSnapshot((await this.derived.fold()).snapshot());
      this.sinceSnapshot = 0;
    } catch {
      // Opening folds the events since the last snapshot that was kept.
    }
  }

  /** The store has kept a snapshot of everything. */
  snapshotKept(): void {
    this.sinceSnapshot = 0;
  }

  private async recalledBy(key: Float32Array): Promise<Recalled[]> {
    await this.derived.fold(); // so that nothing can fail once the event is kept
    const { recallLimit, recallThreshold } = this.derived.settings;
    return (await this.derived.keys()).nearest(key, recallLimit, recallThreshold);
  }

  private async count(): Promise<void> {
    if (++this.sinceSnapshot >= SNAPSHOT_INTERVAL) await this.keepSnapshot();
  }
}
