import { EventEmitter } from 'node:events';
import { throwIfAborted } from '../errors.js';
import { SerialQueue } from '../serial-queue.js';
import {
  type EventFields,
  type EventLinks,
  type ModelFingerprint,
  type NightSummary,
  openedReadOnly,
  type SpraySettings,
  type Store,
  type StoredNight,
} from '../store/index.js';
import {
  checkBoolean,
  checkFunction,
  checkNumber,
  checkOptions,
  checkSignal,
  wrongType,
} from '../validate.js';
import { type Answer, NOTHING_TOLD, withMemories } from './answer.js';
import { encodeAll, foldAll, relink } from './derivation.js';
import { Derived } from './derived.js';
import { checkSameSpace, encodeChecked, type MemoryEncoder, sameSpace } from './encoder.js';
import { auditOf, type FactAudit } from './facts/index.js';
import { memoryClosed, memoryNotFound, modelRequired } from './failures.js';
import { best, type Match } from './hybrid.js';
import { KeyIndex } from './key-index.js';
import { type NewNight, Nights } from './nights.js';
import { openStore } from './open-store.js';
import {
  MAX_TAGS,
  type MemoryRecord,
  normaliseInput,
  normaliseSpeaker,
  normaliseTag,
  normaliseTags,
  normaliseTime,
  type RememberInput,
} from './record.js';
import { type Exchange, replayOf } from './replay.js';
import {
  checkQuery,
  checkRecall,
  forgetFilter,
  type ForgetSelector,
  type Forgotten,
  type ListOptions,
  type MemoryEvents,
  type MemoryExport,
  type MemoryOptions,
  type MemoryStats,
  optionNames,
  type RecalledMemory,
  type RecallOptions,
  type ReencodeOptions,
} from './requests.js';
import { changedBy, checkSettings, mergeSettings, readerSettingsError } from './settings.js';
import { type Spray, takeApart } from './spray.js';
import { type Classifier, classified, RULES, type TaggedSentence } from './tagging.js';

/** A snapshot of the fold is kept this often (events), so that opening folds no more than this. */
const SNAPSHOT_INTERVAL = 64;

/**
 * A brain: what was told, and the spray state that follows from it.
 *
 * Changes happen one after the other, in the order they were called. What a promise has acknowledged
 * survives the process. A failed or aborted change has not happened.
 */
export class Memory extends EventEmitter<MemoryEvents> implements AsyncDisposable {
  private readonly queue = new SerialQueue();
  private closing: Promise<void> | undefined;
  private sinceSnapshot = 0;
  private changes = 0;
  private readonly derived: Derived;
  private readonly kept: Nights;

  private constructor(
    private readonly store: Store,
    private encoder: MemoryEncoder | undefined,
    private readonly settings: SpraySettings,
    private fingerprint: ModelFingerprint | undefined,
    private readonly classifier: Classifier | undefined,
  ) {
    super();
    this.derived = new Derived(store, settings, fingerprint?.width ?? 0, fingerprint?.hash);
    this.kept = new Nights(store);
  }

  /**
   * Opens the brain at `location`, and makes it when there is none: a file, or a brain in a PostgreSQL database
   * (`postgres://user@host/database?brain=NAME`). `undefined` or ':memory:' is a brain in RAM, which ends with
   * `close`. A `Store` keeps it elsewhere; the memory then owns it.
   *
   * @throws {GraffitiError} `ERR_BRAIN_LOCKED`, `ERR_BRAIN_MODEL_MISMATCH`, `ERR_BRAIN_CORRUPT`,
   *   `ERR_BRAIN_FOREIGN`, `ERR_BRAIN_VERSION`, `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_NOT_FOUND`, …
   */
  static async open(location?: string | URL | Store, options: MemoryOptions = {}): Promise<Memory> {
    checkOptions('options', options, optionNames);
    checkSettings(options);
    const { encoder, classifier, readOnly = false, maxBytes } = options;
    if (classifier !== undefined && typeof classifier?.classify !== 'function') {
      throw wrongType('a Classifier', 'classifier', classifier);
    }
    checkBoolean('readOnly', readOnly);
    if (encoder !== undefined && typeof encoder?.encode !== 'function') {
      throw wrongType('a MemoryEncoder', 'encoder', encoder);
    }
    const store = await openStore(location, readOnly, maxBytes);
    try {
      const head = await store.head();
      const settings = mergeSettings(head.settings, options);
      const memory = new Memory(store, encoder, settings, head.fingerprint, classifier);
      await memory.adoptModel();
      await memory.adoptSettings(head.settings);
      if (store.readOnly) await store.follow(() => memory.changedElsewhere());
      return memory;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Opens the brain at `location`, makes all its vectors anew with `encoder`, and closes it. */
  static async reencode(
    location: string | URL | Store,
    encoder: MemoryEncoder,
    options: ReencodeOptions = {},
  ): Promise<void> {
    await using memory = await Memory.open(location);
    await memory.reencode(encoder, options);
  }

  /**
   * Grows with every change made through this object, and, for a reader, soon after a writer elsewhere has made
   * one; a spray taken at the same revision is current.
   */
  get revision(): number {
    return this.changes;
  }

  /**
   * Whether the model of `encoder` can work with this brain.
   *
   * @throws {GraffitiError} `ERR_DISPOSED`, `ERR_MODEL_REQUIRED` when the brain was opened without a model,
   *   `ERR_BRAIN_MODEL_MISMATCH` when its vectors are of another one.
   */
  checkModel(encoder: MemoryEncoder): void {
    this.checkOpen();
    if (!this.fingerprint) throw modelRequired('A session');
    checkSameSpace(this.fingerprint, encoder.fingerprint);
  }

  /** The writer that makes this brain's vectors; undefined until a model has come to it. */
  get writer(): string | undefined {
    return this.fingerprint?.writer.split('/')[0];
  }

  /** @throws {GraffitiError} `ERR_DISPOSED`, `ERR_BRAIN_READ_ONLY` */
  checkWritable(): void {
    this.checkOpen();
    this.requireWritable();
  }

  /** Path or address of the brain, undefined in RAM. */
  get location(): string | undefined {
    return this.store.location;
  }

  get readOnly(): boolean {
    return this.store.readOnly;
  }

  /**
   * Keeps what was told and moves the spray state. Resolves when it is safely on disk.
   *
   * @throws {TypeError | RangeError} for a text that is empty, too long, or not a text; see `RememberInput`.
   * @throws {GraffitiError} `ERR_MODEL_REQUIRED`, `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_FULL`, `ERR_ABORTED`.
   */
  async remember(
    input: RememberInput,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<MemoryRecord> {
    this.checkOpen();
    const given = normaliseInput(input);
    checkSignal('signal', signal);
    return this.queue.run(async () => {
      this.requireWritable();
      if (!this.encoder) throw modelRequired('Remembering');
      throwIfAborted(signal, 'Remembering');
      const event = await this.tagged(given, input, signal);
      const vectors = await encodeChecked(this.encoder, event.text, signal);
      throwIfAborted(signal, 'Remembering');
      await this.derived.fold(); // so that nothing can fail once the event is kept
      const { recallLimit, recallThreshold } = this.settings;
      const keys = await this.derived.keys();
      const recalled = keys.nearest(vectors.key, recallLimit, recallThreshold);
      const id = await this.store.append({ event, vectors, recalled });
      const memory: MemoryRecord = { id, ...event };
      await this.derived.told(memory, vectors.key, recalled);
      this.changes++;
      if (++this.sinceSnapshot >= SNAPSHOT_INTERVAL) await this.keepSnapshot();
      process.nextTick(() => this.emit('remembered', memory));
      return memory;
    });
  }

  /**
   * Forgets. Afterwards the brain is as if it had never been told: spray state, what later events
   * recalled, and the bytes of its files. A night loses what it had learned from it; one that cannot be had without
   * (method 'weights') goes as a whole.
   *
   * @returns what was forgotten; nothing when no memory carries the tag or comes from the speaker.
   * @throws {GraffitiError} `ERR_MEMORY_NOT_FOUND` for an unknown id; nothing is then forgotten.
   */
  async forget(selector: ForgetSelector): Promise<Forgotten> {
    this.checkOpen();
    const given = forgetFilter(selector);
    return this.queue.run(async () => {
      this.requireWritable();
      const select = typeof given === 'string' ? await this.saying(given) : given;
      const found = await this.store.events(select);
      const ids = found.map(({ id }) => id).sort((one, other) => one - other);
      const missing = select.ids?.filter((id) => !ids.includes(id)) ?? [];
      if (missing.length > 0) throw memoryNotFound(missing);
      if (ids.length === 0) return { ids, erased: true };
      const gone = new Set(ids);
      const keys = await this.derived.keys();
      const recallers = (await this.store.recallersOf(ids)).filter((id) => !gone.has(id));
      const relinked = await relink(recallers, keys, this.settings, gone);
      const fold = await foldAll(await this.derived.linksWithout(gone, relinked), this.settings);
      const erased = await this.store.remove({ ids, relinked, snapshot: fold.snapshot() });
      await this.derived.forgot(gone, fold);
      this.sinceSnapshot = 0;
      this.changes++;
      this.kept.touched();
      const forgotten: Forgotten = { ids, erased };
      process.nextTick(() => this.emit('forgotten', forgotten));
      return forgotten;
    });
  }

  /**
   * The memories that fit `query` best, by shared words and, with a model, by meaning.
   *
   * @throws {TypeError | RangeError} for an empty or too long query, or options out of range.
   */
  async recall(query: string, options: RecallOptions = {}): Promise<RecalledMemory[]> {
    this.checkOpen();
    const { limit, minScore, tags, signal } = checkRecall(query, options);
    throwIfAborted(signal, 'Recalling');
    const encoded = this.encoder && (await encodeChecked(this.encoder, query, signal));
    throwIfAborted(signal, 'Recalling');
    return this.derived.read(async () => {
      const scores = (await this.derived.words()).scores(query);
      if (tags) return this.recallTagged(tags, scores, encoded?.key, { limit, minScore });
      const neighbours = encoded && (await this.derived.neighbours());
      const cosines = neighbours?.cosines(encoded!.key, limit, scores.keys());
      return this.withTexts(best(scores, cosines, minScore, limit));
    });
  }

  /**
   * Answers a question from what was told. A memory invents nothing: of what was not told it knows nothing, and
   * for what is no question to a memory the answer is undefined.
   *
   * @throws {TypeError | RangeError} for a question that is no text, or too long.
   */
  async ask(question: string): Promise<Answer | undefined> {
    this.checkOpen();
    checkQuery('question', question);
    return this.derived.read(async () => {
      const facts = await this.derived.facts();
      const answer = facts.ask(question);
      if (answer) return withMemories(answer, this.store);
      return facts.asksForUntold(question) ? NOTHING_TOLD : undefined;
    });
  }

  /** The memories that say something about what the words name ("my password"), newest first. */
  async about(topic: string): Promise<MemoryRecord[]> {
    this.checkOpen();
    checkQuery('topic', topic);
    return this.derived.read(async () => this.store.events(await this.saying(topic)));
  }

  /** What is told twice, contradicts itself, or no longer holds. */
  async audit(): Promise<FactAudit> {
    this.checkOpen();
    return this.derived.read(async () => auditOf((await this.derived.facts()).all()));
  }

  /** Memories, newest first. */
  async list(options: ListOptions = {}): Promise<MemoryRecord[]> {
    this.checkOpen();
    checkOptions('options', options, ['limit', 'offset', 'tag', 'speaker', 'since']);
    const { limit = 100, offset = 0, tag, speaker, since } = options;
    checkNumber('limit', limit, { min: 1, max: 1_000_000, integer: true });
    checkNumber('offset', offset, { min: 0, integer: true });
    return this.store.events({
      limit,
      offset,
      tag: tag === undefined ? undefined : normaliseTag('tag', tag),
      speaker: speaker === undefined ? undefined : normaliseSpeaker('speaker', speaker),
      since: since === undefined ? undefined : normaliseTime('since', since),
    });
  }

  /** The memory with this id, undefined when there is none. */
  async get(id: number): Promise<MemoryRecord | undefined> {
    this.checkOpen();
    checkNumber('id', id, { min: 1, integer: true });
    const [event] = await this.store.events({ ids: [id] });
    return event;
  }

  /**
   * The spray state with its `limit` largest sources. The state is exactly the weighted sum of its
   * memories, so an output's shift can be shared out among them.
   *
   * @param options.limit how many sources to name, 0 to 4096. Default 64.
   */
  async spray(options: { limit?: number | undefined } = {}): Promise<Spray> {
    this.checkOpen();
    checkOptions('options', options, ['limit']);
    const { limit = 64 } = options;
    checkNumber('limit', limit, { min: 0, max: 4096, integer: true });
    return this.queue.run(() =>
      this.derived.read(async () => {
        const snapshot = (await this.derived.fold()).snapshot();
        const vectors = await this.store.sprays(snapshot.weights.map(([id]) => id));
        return takeApart(snapshot, vectors, this.derived.width, limit);
      }),
    );
  }

  /**
   * What was told as questions and answers, oldest first: what a night learns. Of questions and small talk there
   * are none, of contradicting facts the last counts.
   */
  async replay(): Promise<Exchange[]> {
    this.checkOpen();
    return this.derived.read(async () =>
      replayOf((await this.store.events()).reverse(), await this.derived.facts()),
    );
  }

  /** The nights that are kept, newest first: the one that counts, and the one before. */
  async nights(): Promise<NightSummary[]> {
    this.checkOpen();
    return this.kept.list();
  }

  /** The night that counts, with what it learned. */
  async night(): Promise<StoredNight | undefined> {
    this.checkOpen();
    return this.queue.run(() => this.derived.read(() => this.kept.latest()));
  }

  /** Grows whenever another night may count, or the last one may have lost a memory. */
  get nightRevision(): number {
    return this.kept.revision;
  }

  /**
   * Keeps what a night has learned; see `GraffitiModel.sleep`. Parts of memories that were forgotten meanwhile are
   * left out.
   *
   * @returns its id; undefined when it is not separable and was not kept because a part of it is forgotten.
   * @throws {GraffitiError} `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_FULL`
   */
  async keepNight(night: NewNight): Promise<number | undefined> {
    this.checkOpen();
    return this.queue.run(async () => {
      this.requireWritable();
      const id = await this.kept.keep(night);
      if (id !== undefined) process.nextTick(() => this.emit('slept'));
      return id;
    });
  }

  /**
   * Takes back the last night: the one before counts again, or none.
   *
   * @returns what was taken back, undefined when the brain has not slept. @throws {GraffitiError} `ERR_BRAIN_READ_ONLY`
   */
  async undoNight(): Promise<NightSummary | undefined> {
    this.checkOpen();
    return this.queue.run(async () => {
      this.requireWritable();
      const undone = await this.kept.undo();
      if (undone) process.nextTick(() => this.emit('slept'));
      return undone;
    });
  }

  /** Figures about the brain. */
  async stats(): Promise<MemoryStats> {
    this.checkOpen();
    return this.queue.run(() =>
      this.derived.read(async () => {
        const { events, ...summary } = await this.store.summary();
        const { created } = await this.store.head();
        const moved = await this.derived.movement();
        const { settings, fingerprint: model } = this;
        return { memories: events, ...summary, created, ...moved, settings, model };
      }),
    );
  }

  /** Everything that was told, as plain JSON. */
  async export(): Promise<MemoryExport> {
    this.checkOpen();
    const { created, fingerprint } = await this.store.head();
    return {
      format: 'neural-graffiti/brain',
      version: 1,
      created,
      model: fingerprint,
      settings: this.settings,
      memories: (await this.store.events()).reverse(),
    };
  }

  /**
   * Makes all vectors anew from the texts, with another model, which this memory then uses. One
   * transaction: when it fails or is aborted, the brain is as it was.
   */
  async reencode(encoder: MemoryEncoder, options: ReencodeOptions = {}): Promise<void> {
    this.checkOpen();
    checkOptions('options', options, ['onProgress', 'signal']);
    const { onProgress, signal } = options;
    checkSignal('signal', signal);
    if (onProgress !== undefined) checkFunction('onProgress', onProgress);
    return this.queue.run(async () => {
      this.requireWritable();
      const events = (await this.store.events()).reverse();
      const { vectors, keys, links, fold } = await encodeAll(
        events,
        encoder,
        this.settings,
        options,
      );
      const { fingerprint } = encoder;
      throwIfAborted(signal, 'Re-encoding');
      await this.store.derive({ fingerprint, vectors, links, snapshot: fold.snapshot() });
      this.encoder = encoder;
      this.fingerprint = fingerprint;
      this.derived.width = fingerprint.width;
      this.derived.model = fingerprint.hash;
      this.derived.replace(fold, keys);
      this.changes++;
      this.sinceSnapshot = 0;
    });
  }

  /** Waits for what has been called, then closes. Harmless when closed already. */
  async close(): Promise<void> {
    this.closing ??= this.queue.run(async () => {
      if (this.sinceSnapshot > 0) await this.keepSnapshot();
      await this.derived.close();
      await this.store.close();
    });
    return this.closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The sentences of a text with the tags that the memory's classifier, or else the rules, would give them. */
  async classify(
    text: string,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<readonly TaggedSentence[]> {
    this.checkOpen();
    checkOptions('options', options, ['signal']);
    checkSignal('signal', options.signal);
    return classified(this.classifier ?? RULES, text, options.signal);
  }

  /** What is told without tags gets those of the classifier. */
  private async tagged(
    event: EventFields,
    { tags, by, importance }: RememberInput,
    signal: AbortSignal | undefined,
  ): Promise<EventFields> {
    if (!this.classifier || tags !== undefined) return event;
    const sentences = await classified(this.classifier, event.text, signal);
    const all = [...new Set(sentences.flatMap((sentence) => sentence.tags))];
    const most = Math.max(event.importance, ...sentences.map((sentence) => sentence.importance));
    return {
      ...event,
      tags: normaliseTags('tags', all.slice(0, MAX_TAGS)),
      by: by ?? this.classifier.by,
      importance: importance ?? Math.min(1000, most),
    };
  }

  /** The best of the memories that carry one of the tags: they are looked up first, and only they are compared. */
  private async recallTagged(
    tags: readonly string[],
    scores: ReadonlyMap<number, number>,
    key: Float32Array | undefined,
    { limit, minScore }: { limit: number; minScore: number },
  ): Promise<RecalledMemory[]> {
    const tagged = await Promise.all(tags.map((tag) => this.store.events({ tag })));
    const ids = new Set(tagged.flat().map(({ id }) => id));
    const words = new Map([...scores].filter(([id]) => ids.has(id)));
    const cosines = key && (await this.derived.keys()).cosinesOf(key, ids);
    return this.withTexts(best(words, cosines, minScore, limit));
  }

  /** The matches with their texts. */
  private async withTexts(matches: readonly Match[]): Promise<RecalledMemory[]> {
    const events = await this.store.events({ ids: matches.map(({ id }) => id) });
    const byId = new Map(events.map((event) => [event.id, event]));
    return matches.flatMap((match) => {
      const event = byId.get(match.id);
      return event ? [{ ...event, ...match }] : [];
    });
  }

  /** The events that say something about the topic. */
  private async saying(topic: string): Promise<{ ids: number[] }> {
    return { ids: (await this.derived.facts()).about(topic) };
  }

  private checkOpen(): void {
    if (this.closing) throw memoryClosed();
  }

  private requireWritable(): void {
    if (this.readOnly) throw openedReadOnly(this.location);
  }

  /** A reader hears that the writer has changed the brain. */
  private changedElsewhere(): void {
    this.changes++;
    this.kept.touched();
    this.emit('changed');
  }

  /** A brain without vectors belongs to whichever model comes first. */
  private async adoptModel(): Promise<void> {
    const model = this.encoder?.fingerprint;
    if (!model) return;
    if (this.fingerprint && !sameSpace(this.fingerprint, model)) {
      if ((await this.store.events({ limit: 1 })).length > 0) {
        checkSameSpace(this.fingerprint, model);
      }
    } else if (this.fingerprint) return;
    this.fingerprint = model;
    this.derived.width = model.width;
    this.derived.model = model.hash;
    if (!this.readOnly) await this.store.derive({ fingerprint: model });
  }

  /** Other settings change what follows from the events: all of it is then derived anew. */
  private async adoptSettings(stored: SpraySettings | undefined): Promise<void> {
    const { settings } = this;
    if (!stored) {
      if (!this.readOnly) await this.store.derive({ settings });
      return;
    }
    const changed = changedBy(stored, settings);
    if (!changed.fold) return;
    if (this.readOnly) throw readerSettingsError(stored);
    let links: EventLinks[] | undefined;
    if (changed.links) {
      const table = await this.store.keys();
      links = await relink(table.ids, new KeyIndex(this.derived.width, table), settings);
    }
    const fold = await foldAll(links ?? (await this.store.links()), settings);
    await this.store.derive({ settings, links, snapshot: fold.snapshot() });
    this.derived.replace(fold);
  }

  /** The snapshot only spares work at the next opening, so failing to keep it fails nothing. */
  private async keepSnapshot(): Promise<void> {
    try {
      await this.store.saveSnapshot((await this.derived.fold()).snapshot());
      this.sinceSnapshot = 0;
    } catch {
      // Opening folds the events since the last snapshot that was kept.
    }
  }
}
