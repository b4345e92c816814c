import {
  type EventLinks,
  type Recalled,
  type SpraySettings,
  type SpraySnapshot,
  SqliteStore,
  type Store,
  type StoredEvent,
} from '../store/index.js';
import { FactStore } from './facts/index.js';
import { GraphFile } from './graph-file.js';
import { KeyIndex } from './key-index.js';
import { Neighbours } from './neighbours.js';
import { movement, SprayFold } from './spray.js';
import { Strengths } from './strength.js';
import { WordIndex } from './words.js';

/** How often a reader begins anew when a writer changes the brain under its hands. */
const READ_ATTEMPTS = 20;

type LoadedPart =
  | 'loadedFold'
  | 'loadedNeighbours'
  | 'loadedWords'
  | 'loadedFacts'
  | 'loadedStrengths'
  | 'loadedWaiting';

/**
 * What follows from the events of a brain: the fold, the keys, the words, the facts and the strengths, in RAM. Each is loaded
 * when first needed and then kept in step with what is told and forgotten.
 */
export class Derived {
  private seenRevision: number | undefined;
  private loadedFold: Promise<SprayFold> | undefined;
  private loadedNeighbours: Promise<Neighbours> | undefined;
  private loadedWords: Promise<WordIndex> | undefined;
  private loadedFacts: Promise<FactStore> | undefined;
  private loadedStrengths: Promise<Strengths> | undefined;
  private loadedWaiting: Promise<StoredEvent[]> | undefined;

  constructor(
    private readonly store: Store,
    readonly settings: SpraySettings,
    /** Length of the brain's vectors, 0 while no model is known. */
    public width: number,
    /** Hash of the model that made them. */
    public model: string | undefined,
  ) {}

  fold(): Promise<SprayFold> {
    this.loadedFold ??= this.loaded('loadedFold', async () => {
      const snapshot = await this.store.snapshot();
      const fold = new SprayFold(this.settings, snapshot);
      for (const links of await this.store.links(snapshot?.upTo ?? 0)) fold.step(links);
      return fold;
    });
    return this.loadedFold;
  }

  /** The fold with each weight times the strength that its memory has at a time (ms since 1970). */
  async leaning(now: number): Promise<SpraySnapshot> {
    const snapshot = (await this.fold()).snapshot();
    if (this.settings.fading === 1) return snapshot;
    const strengths = await this.strengths();
    const weights = snapshot.weights
      .map(([id, weight]) => [id, weight * strengths.leaning(id, now)] as const)
      .filter(([, weight]) => weight > 0);
    return { ...snapshot, weights };
  }

  /** What the score of each memory is multiplied with where it is recalled at a time. */
  async recalling(now: number): Promise<(id: number) => number> {
    if (this.settings.fading === 1) return () => 1; // saves the strengths
    const strengths = await this.strengths();
    return (id) => strengths.recalling(id, now);
  }

  async keys(): Promise<KeyIndex> {
    return (await this.neighbours()).keys;
  }

  neighbours(): Promise<Neighbours> {
    this.loadedNeighbours ??= this.loaded('loadedNeighbours', async () =>
      this.neighboursOf(new KeyIndex(this.width, await this.store.keys())),
    );
    return this.loadedNeighbours;
  }

  /** Keeps what may be kept beside the brain. */
  async close(): Promise<void> {
    await (await this.soFar(this.loadedNeighbours))?.close();
  }

  private neighboursOf(keys: KeyIndex): Neighbours {
    const { location, readOnly } = this.store;
    const kept = !readOnly && this.model !== undefined && this.store instanceof SqliteStore;
    return new Neighbours(
      keys,
      kept && location ? new GraphFile(location, this.model!) : undefined,
    );
  }

  words(): Promise<WordIndex> {
    this.loadedWords ??= this.loaded('loadedWords', async () => {
      const words = new WordIndex();
      for (const event of (await this.store.events()).reverse()) words.add(event);
      return words;
    });
    return this.loadedWords;
  }

  facts(): Promise<FactStore> {
    this.loadedFacts ??= this.loaded('loadedFacts', async () => {
      const facts = new FactStore();
      for (const event of (await this.store.events()).reverse()) facts.add(event);
      return facts;
    });
    return this.loadedFacts;
  }

  strengths(): Promise<Strengths> {
    this.loadedStrengths ??= this.loaded('loadedStrengths', async () => {
      const strengths = new Strengths(this.settings.fading);
      const links = new Map((await this.store.links()).map((link) => [link.id, link]));
      for (const event of (await this.store.events({ encoded: true })).reverse()) {
        strengths.add(event, links.get(event.id) ?? { recalled: [] });
      }
      return strengths;
    });
    return this.loadedStrengths;
  }

  /** Events that have no vectors yet, oldest first: the list itself, to be kept in step by who makes them. */
  waiting(): Promise<StoredEvent[]> {
    this.loadedWaiting ??= this.loaded('loadedWaiting', async () =>
      (await this.store.events({ encoded: false })).reverse(),
    );
    return this.loadedWaiting;
  }

  /** Takes in the words of an event that the store has kept. */
  async heard(event: StoredEvent): Promise<void> {
    (await this.soFar(this.loadedWords))?.add(event);
    (await this.soFar(this.loadedFacts))?.add(event);
  }

  /** Takes in the vectors of an event that the store has kept. */
  async placed(
    event: StoredEvent,
    key: Float32Array,
    recalled: readonly Recalled[],
  ): Promise<void> {
    const { id } = event;
    const [neighbours, fold] = await Promise.all([this.neighbours(), this.fold()]);
    neighbours.add(id, key);
    fold.step({ id, recalled });
    (await this.soFar(this.loadedStrengths))?.add(event, { recalled });
  }

  /** Recalled lists of all events but `gone`, with the new lists put in. */
  async linksWithout(
    gone: ReadonlySet<number>,
    relinked: readonly EventLinks[],
  ): Promise<EventLinks[]> {
    const replaced = new Map(relinked.map((links) => [links.id, links]));
    return (await this.store.links())
      .filter(({ id }) => !gone.has(id))
      .map((links) => replaced.get(links.id) ?? links);
  }

  /** Lets go of events that the store has removed; `fold` is the fold without them. */
  async forgot(gone: ReadonlySet<number>, fold: SprayFold): Promise<void> {
    this.loadedFold = Promise.resolve(fold);
    (await this.neighbours()).remove(gone);
    const words = await this.soFar(this.loadedWords);
    for (const id of gone) words?.remove(id);
    (await this.soFar(this.loadedFacts))?.remove(gone);
    this.loadedStrengths = undefined;
    this.loadedWaiting = undefined;
  }

  /** Takes over what another model, or other settings, have made of the events. */
  replace(fold: SprayFold, keys?: KeyIndex): void {
    this.loadedFold = Promise.resolve(fold);
    this.loadedStrengths = undefined;
    if (!keys) return;
    this.loadedWaiting = undefined;
    void this.soFar(this.loadedNeighbours).then((old) => old?.abandon());
    this.loadedNeighbours = Promise.resolve(this.neighboursOf(keys));
  }

  /** Length of the spray state, and how far the last event moved it. */
  async movement(): Promise<{ sprayNorm: number; drift: number }> {
    const snapshot = (await this.fold()).snapshot();
    const [last] = await this.store.links(snapshot.upTo - 1);
    if (!last || this.width === 0) return { sprayNorm: 0, drift: 0 };
    const vectors = await this.store.sprays(snapshot.weights.map(([id]) => id));
    return movement(snapshot, last, vectors, this.width, this.settings);
  }

  /** What could not be loaded is tried again when it is needed next. */
  private async loaded<Part>(name: LoadedPart, load: () => Promise<Part>): Promise<Part> {
    try {
      return await load();
    } catch (error) {
      this[name] = undefined;
      throw error;
    }
  }

  /** A part, if it was loaded: where it was not, there is nothing to keep in step. */
  private async soFar<Part>(part: Promise<Part> | undefined): Promise<Part | undefined> {
    return part?.catch(() => undefined);
  }

  /** Reads one state of the brain, although a writer elsewhere may be changing it. */
  async read<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.store.readOnly) return work();
    for (let attempt = 1; ; attempt++) {
      const revision = await this.store.revision();
      if (revision !== this.seenRevision) {
        void this.soFar(this.loadedNeighbours).then((old) => old?.abandon());
        this.loadedFold = this.loadedNeighbours = undefined;
        this.loadedWords = this.loadedFacts = this.loadedStrengths = undefined;
        this.seenRevision = revision;
      }
      const result = await work();
      if ((await this.store.revision()) === revision || attempt >= READ_ATTEMPTS) return result;
    }
  }
}
