import type { NightFields, NightPart, NightSummary, Store, StoredNight } from '../store/index.js';

/** What a night has learned, to be kept. */
export type NewNight = NightFields & { readonly parts: readonly NightPart[] };

/** The nights of a brain. The last one counts; the one before is there to go back to. */
export class Nights {
  private changes = 0;

  constructor(private readonly store: Store) {}

  /** Grows whenever the night that counts may have become another. */
  get revision(): number {
    return this.changes;
  }

  /** What is in the brain may have changed: by forgetting, or by a writer elsewhere. */
  touched(): void {
    this.changes++;
  }

  /** Newest first. */
  list(): Promise<NightSummary[]> {
    return this.store.nights();
  }

  /** The night that counts, with its contents. */
  async latest(): Promise<StoredNight | undefined> {
    const [last] = await this.store.nights();
    return last && this.store.night(last.id);
  }

  async keep(night: NewNight): Promise<number | undefined> {
    const id = await this.store.addNight(night);
    if (id !== undefined) this.changes++;
    return id;
  }

  /** @returns what was undone, undefined when there was nothing. */
  async undo(): Promise<NightSummary | undefined> {
    const [last] = await this.store.nights();
    if (!last) return undefined;
    await this.store.removeNight(last.id);
    this.changes++;
    return last;
  }
}
