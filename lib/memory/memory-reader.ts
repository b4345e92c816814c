import { EventEmitter } from 'node:events';
import { throwIfAborted } from '../errors.js';
import { SerialQueue } from '../serial-queue.js';
import {
  type ModelFingerprint,
  type NightSummary,
  openedReadOnly,
  type SpraySettings,
  type Store,
  type StoredNight,
} from '../store/index.js';
import { checkNumber, checkOptions, checkSignal } from '../validate.js';
import { type Answer, NOTHING_TOLD, withMemories } from './answer.js';
import { Derived } from './derived.js';
import { checkSameSpace, encodeChecked, type MemoryEncoder } from './encoder.js';
import { auditOf } from './facts/index.js';
import { memoryClosed, modelRequired } from './failures.js';
import { Nights } from './nights.js';
import { recallFrom } from './recalling.js';
import { type MemoryRecord, normaliseSpeaker, normaliseTag, normaliseTime } from './record.js';
import { type Exchange, replayOf } from './replay.js';
import {
  checkQuery,
  checkRecall,
  type ListOptions,
  type MemoryAudit,
  type MemoryEvents,
  type MemoryExport,
  type MemoryStats,
  type RecalledMemory,
  type RecallOptions,
} from './requests.js';
import { type Spray, takeApart } from './spray.js';
import { type Classifier, classified, RULES, type TaggedSentence } from './tagging.js';

/** The reading half of a memory: what it recalls, answers and says about itself. */
export abstract class MemoryReader extends EventEmitter<MemoryEvents> {
  protected readonly queue = new SerialQueue();
  protected closing: Promise<void> | undefined;
  protected changes = 0;
  protected readonly derived: Derived;
  protected readonly kept: Nights;

  protected constructor(
    protected readonly store: Store,
    protected encoder: MemoryEncoder | undefined,
    protected readonly settings: SpraySettings,
    protected fingerprint: ModelFingerprint | undefined,
    protected readonly classifier: Classifier | undefined,
  ) {
    super();
    this.derived = new Derived(store, settings, fingerprint?.width ?? 0, fingerprint?.hash);
    this.kept = new Nights(store);
  }

  /** What was told with `later` gets its vectors. */
  protected abstract settleNow(signal?: AbortSignal): Promise<void>;

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
   * The memories that fit `query` best, by shared words and, with a model, by meaning.
   *
   * @throws {TypeError | RangeError} for an empty or too long query, or options out of range.
   */
  async recall(query: string, options: RecallOptions = {}): Promise<RecalledMemory[]> {
    this.checkOpen();
    const { limit, minScore, tags, signal } = checkRecall(query, options);
    throwIfAborted(signal, 'Recalling');
    const encoded = this.encoder && (await encodeChecked(this.encoder, query, signal));
    await this.trySettling(signal);
    throwIfAborted(signal, 'Recalling');
    return this.derived.read(() =>
      recallFrom(this.store, this.derived, query, encoded?.key, { limit, minScore, tags }),
    );
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

  /** What is told twice, contradicts itself, no longer holds, or has faded. */
  async audit(): Promise<MemoryAudit> {
    this.checkOpen();
    await this.trySettling();
    return this.derived.read(async () => {
      const facts = auditOf((await this.derived.facts()).all());
      const strengths = await this.derived.strengths();
      const now = Date.now();
      return { ...facts, repeated: strengths.repeated(now), faded: strengths.faded(now) };
    });
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
   * memories, so an output's shift can be shared out among them. Where memories fade, each counts with its strength.
   *
   * @param options.limit how many sources to name, 0 to 4096. Default 64.
   */
  async spray(options: { limit?: number | undefined } = {}): Promise<Spray> {
    this.checkOpen();
    checkOptions('options', options, ['limit']);
    const { limit = 64 } = options;
    checkNumber('limit', limit, { min: 0, max: 4096, integer: true });
    await this.trySettling();
    return this.queue.run(() =>
      this.derived.read(async () => {
        const snapshot = await this.derived.leaning(Date.now());
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
  /** Figures about the brain. */
  async stats(): Promise<MemoryStats> {
    this.checkOpen();
    await this.trySettling();
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

  /** The events that say something about the topic. */
  protected async saying(topic: string): Promise<{ ids: number[] }> {
    return { ids: (await this.derived.facts()).about(topic) };
  }
  protected checkOpen(): void {
    if (this.closing) throw memoryClosed();
  }

  protected requireWritable(): void {
    if (this.readOnly) throw openedReadOnly(this.location);
  }

  /** For calls that only look: what cannot get its vectors now waits on, and the next telling says why. */
  private async trySettling(signal?: AbortSignal): Promise<void> {
    if (!this.encoder || this.readOnly || (await this.derived.waiting()).length === 0) return;
    await this.queue.run(() => this.settleNow(signal)).catch(() => {});
  }
}
