/** Who decided that something was to be remembered. */
export type Origin = 'human' | 'rule' | 'model';

/** `tell`: part of a conversation; `tag`: written on request, without a reply. */
export type EventKind = 'tell' | 'tag';

/** The model that made a brain's vectors. Two brains with one `hash`, `width` and `writer` share a space. */
export interface ModelFingerprint {
  /** Of the weights that make the vectors, so that a renamed file is still the same model. */
  readonly hash: string;
  readonly name: string;
  readonly architecture: string;
  /** Length of the hidden state, d. */
  readonly width: number;
  /** Number of token pieces, V. */
  readonly vocabulary: number;
  /** Method and version that turned a text into its spray vector. */
  readonly writer: string;
}

/** How told events fold into the spray state. Kept in the brain, so that every opener agrees. */
export interface SpraySettings {
  /** λ of the liquid step, per event. */
  readonly rate: number;
  /** m, the share of an event's input that comes from what it recalled, 0 to 1. */
  readonly mix: number;
  /** How many earlier events an event recalls at most. */
  readonly recallLimit: number;
  /** Smallest cosine of centred keys at which an earlier event is recalled. */
  readonly recallThreshold: number;
  /** What is left of a memory's strength after an hour in which it is not told again, above 0 to 1. 1: nothing fades. */
  readonly fading: number;
}

/** What was told, without its id. No text in it holds a NUL or a lone surrogate. */
export interface EventFields {
  readonly text: string;
  readonly speaker: string;
  readonly tags: readonly string[];
  readonly by: Origin;
  readonly kind: EventKind;
  /** Whole milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly importance: number;
}

/** An event as the store keeps it. Ids grow with time and are never used twice. */
export interface StoredEvent extends EventFields {
  readonly id: number;
}

/** The two vectors of an event, each `width` long. */
export interface EventVectors {
  readonly spray: Float32Array;
  readonly key: Float32Array;
}

/** An earlier event that an event recalled when it was told. */
export interface Recalled {
  readonly id: number;
  readonly cosine: number;
}

/** What is derived from an event's text. */
export interface EventEncoding {
  readonly vectors: EventVectors;
  readonly recalled: readonly Recalled[];
}

/** One event and what it recalled, nearest first. */
export interface EventLinks {
  readonly id: number;
  readonly recalled: readonly Recalled[];
}

/** The fold up to and including event `upTo`, as weights of the events that still count. */
export interface SpraySnapshot {
  /** 0 before the first event. */
  readonly upTo: number;
  /** Event id and weight, ids ascending. */
  readonly weights: readonly (readonly [id: number, weight: number])[];
}

/** Vectors of many events in one block: row i belongs to `ids[i]`, ids ascending. */
export interface VectorTable {
  readonly ids: number[];
  /** ids.length × width, row after row. */
  readonly rows: Float32Array;
}

/** Which events, newest first. All given conditions must hold. */
export interface EventFilter {
  readonly ids?: readonly number[] | undefined;
  readonly tag?: string | undefined;
  readonly speaker?: string | undefined;
  /** Only events told at this time (ms) or later. */
  readonly since?: number | undefined;
  /** Only events that have their vectors, or only those that have none yet. */
  readonly encoded?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** What one memory left in a night. */
export interface NightPart {
  readonly event: number;
  readonly data: Uint8Array;
}

/** What one night of sleep has learned. The store does not look into it. */
export interface NightFields {
  /** When it ended, ms since 1970. */
  readonly time: number;
  readonly method: string;
  /** Hash of the model it is for. */
  readonly model: string;
  /**
   * Whether it can be had without one of its parts. One that cannot is removed when a memory of its parts is
   * forgotten.
   */
  readonly separable: boolean;
  /** JSON. */
  readonly report: string;
  /** What all parts need. */
  readonly common: Uint8Array;
}

/** A night without its contents. */
export interface NightSummary extends Omit<NightFields, 'common'> {
  /** Ids grow and are never used twice. */
  readonly id: number;
  /** Memories it learned from that are still there. */
  readonly memories: number;
  /** Of its contents. */
  readonly bytes: number;
}

/** A night with its contents; parts in the order of their events. */
export interface StoredNight extends NightFields {
  readonly id: number;
  readonly parts: readonly NightPart[];
}

/** An engram as it is kept. The store does not look into it. */
export interface StoredEngram {
  /** There is one of each name in a brain. */
  readonly name: string;
  /** When it was kept, ms since 1970. */
  readonly time: number;
  /** Fingerprint of the model whose weights it is of. */
  readonly model: string;
  /** The engram's file. The texts that it is the trace of stand in it in plain words. */
  readonly data: Uint8Array;
}

/** An engram without its contents. */
export interface EngramSummary extends Omit<StoredEngram, 'data'> {
  /** Of its contents. */
  readonly bytes: number;
}

/** How many nights a brain keeps: the one that counts, and the one before, to go back to. */
export const NIGHTS_KEPT = 2;

/** What a brain says about itself. */
export interface BrainHead {
  /** Format version of the file, or of the database's tables. */
  readonly format: number;
  /** When the brain was made, ms since 1970. */
  readonly created: number;
  /** Undefined until a model has written to the brain. */
  readonly fingerprint: ModelFingerprint | undefined;
  /** Undefined until the brain has been opened for writing by a memory. */
  readonly settings: SpraySettings | undefined;
}

/** Figures about all events. */
export interface StoreSummary {
  readonly events: number;
  readonly firstTime: number | undefined;
  readonly lastTime: number | undefined;
  /** Most used first. */
  readonly tags: { tag: string; count: number }[];
  /** Size of the brain on disk (or in RAM), with its log; in a database, of its texts, vectors, links, nights and engrams. */
  readonly bytes: number;
  /** Events ever remembered and forgotten. */
  readonly remembered: number;
  readonly forgotten: number;
}

/** How a brain is opened. */
export interface StoreOptions {
  /** Take no lock and change nothing. Default false. */
  readonly readOnly?: boolean | undefined;
  /**
   * Largest size of the brain in bytes, at least 64 KiB: of the file, or in a database of its texts, vectors and
   * links. Default: no limit.
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Where a brain is kept. Every write is one transaction: it has happened entirely when its promise
 * resolves, and survives the process; or it has not happened at all.
 */
export interface Store {
  /** Path or address, undefined for a brain in RAM. */
  readonly location: string | undefined;
  readonly readOnly: boolean;

  head(): Promise<BrainHead>;
  /** A number that changes whenever someone else has written to the brain. */
  revision(): Promise<number>;
  /**
   * Calls `listener` soon after someone else has changed the brain, until the store is closed. One
   * listener at a time.
   */
  follow(listener: () => void): Promise<void>;
  summary(): Promise<StoreSummary>;

  events(filter?: EventFilter): Promise<StoredEvent[]>;
  /** Events after id `after` that have their vectors, and what they recalled, oldest first. */
  links(after?: number): Promise<EventLinks[]>;
  /** Events whose recalled list holds one of `ids`, oldest first. */
  recallersOf(ids: readonly number[]): Promise<number[]>;
  /** Keys of all events after id `after` that have their vectors. */
  keys(after?: number): Promise<VectorTable>;
  /** Spray vectors of the given events; those that do not exist are left out. */
  sprays(ids: readonly number[]): Promise<VectorTable>;
  snapshot(): Promise<SpraySnapshot | undefined>;
  /** The nights that are kept, newest first. */
  nights(): Promise<NightSummary[]>;
  /** Undefined when there is no such night. */
  night(id: number): Promise<StoredNight | undefined>;
  /** The engrams that are kept, by name. */
  engrams(): Promise<EngramSummary[]>;
  /** Undefined when there is none of that name. */
  engram(name: string): Promise<StoredEngram | undefined>;

  /** Adds an event, with its vectors and what it recalled or, for now, without, and returns its id. */
  append(entry: { readonly event: EventFields } & Partial<EventEncoding>): Promise<number>;
  /** Gives an event that was added without vectors what it lacks. */
  encode(event: EventLinks & { readonly vectors: EventVectors }): Promise<void>;
  saveSnapshot(snapshot: SpraySnapshot): Promise<void>;
  /**
   * Removes events everywhere, and gives `relinked` events their new recalled lists.
   *
   * @returns true when no byte of the texts is left in the brain's files; false when a reader kept
   *   an older state open: the rest is then erased with a later write, at the latest on close. Always
   *   false for a database server: it keeps dead rows until VACUUM, and a log.
   */
  remove(change: {
    readonly ids: readonly number[];
    readonly relinked: readonly EventLinks[];
    readonly snapshot: SpraySnapshot;
  }): Promise<boolean>;
  /** Replaces what is derived from the texts. What is left out stays as it is. */
  derive(change: {
    readonly fingerprint?: ModelFingerprint | undefined;
    readonly settings?: SpraySettings | undefined;
    readonly vectors?: readonly (EventVectors & { readonly id: number })[] | undefined;
    readonly links?: readonly EventLinks[] | undefined;
    readonly snapshot?: SpraySnapshot | undefined;
  }): Promise<void>;

  /**
   * Keeps a night, and of those before it as many as `NIGHTS_KEPT` leaves room for. Parts of events that are
   * gone are left out; a night that is not separable is then not kept.
   *
   * @returns its id, undefined when it was not kept.
   */
  addNight(
    night: NightFields & { readonly parts: readonly NightPart[] },
  ): Promise<number | undefined>;
  /** Removes a night; the one before then counts. @returns false when there is no such night. */
  removeNight(id: number): Promise<boolean>;

  /** Keeps an engram. One of the same name is replaced, and erased as `removeEngram` erases. */
  putEngram(engram: StoredEngram): Promise<void>;
  /** Removes an engram. @returns undefined when there is none of that name, else what `remove` returns. */
  removeEngram(name: string): Promise<boolean | undefined>;

  /** Harmless when closed already. */
  close(): Promise<void>;
}
