import { throwIfAborted } from '../errors.js';
import type { ModelFingerprint, NightSummary, SpraySettings, Store } from '../store/index.js';
import { checkBoolean, checkFunction, checkOptions, checkSignal, wrongType } from '../validate.js';
import { adoptSettings, adoptsModel } from './adoption.js';
import { encodeAll, foldAll, relink } from './derivation.js';
import type { MemoryEncoder } from './encoder.js';
import { BrainEngrams } from './engrams.js';
import { memoryNotFound, modelRequired } from './failures.js';
import { MemoryReader } from './memory-reader.js';
import type { NewNight } from './nights.js';
import { openStore } from './open-store.js';
import { type MemoryRecord, normaliseInput, type RememberInput } from './record.js';
import {
  checkRemember,
  forgetFilter,
  type ForgetSelector,
  type Forgotten,
  type MemoryOptions,
  optionNames,
  type ReencodeOptions,
  type RememberOptions,
} from './requests.js';
import { checkSettings, mergeSettings } from './settings.js';
import { type Classifier, withTags } from './tagging.js';
import { Telling } from './telling.js';

/**
 * A brain: what was told, and the spray state that follows from it.
 *
 * Changes happen one after the other, in the order they were called. What a promise has acknowledged
 * survives the process. A failed or aborted change has not happened.
 */
export class Memory extends MemoryReader implements AsyncDisposable {
  /** Engrams that are kept in the brain, by name. */
  readonly engrams: BrainEngrams;
  private readonly telling: Telling;

  private constructor(
    store: Store,
    encoder: MemoryEncoder | undefined,
    settings: SpraySettings,
    fingerprint: ModelFingerprint | undefined,
    classifier: Classifier | undefined,
  ) {
    super(store, encoder, settings, fingerprint, classifier);
    this.telling = new Telling(store, this.derived);
    this.engrams = new BrainEngrams(store, async (kind, work) => {
      this.checkOpen();
      if (kind === 'write') this.requireWritable();
      return this.queue.run(work);
    });
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
      await memory.adopt(head.settings);
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
   * Keeps what was told and moves the spray state. Resolves when it is safely on disk.
   *
   * @param options.later keep the text now, and make its vectors with the next call that needs them or with `settle`.
   *   It is recalled by its words and as facts at once, and leans from then on. The first text of a brain gets its
   *   vectors at once: there would be nothing to lean by. Default false.
   * @throws {TypeError | RangeError} for a text that is empty, too long, or not a text; see `RememberInput`.
   * @throws {GraffitiError} `ERR_MODEL_REQUIRED`, `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_FULL`, `ERR_ABORTED`.
   */
  async remember(input: RememberInput, options: RememberOptions = {}): Promise<MemoryRecord> {
    this.checkOpen();
    const given = normaliseInput(input);
    const { later, signal } = checkRemember(options);
    return this.queue.run(async () => {
      this.requireWritable();
      const { encoder } = this;
      if (!encoder) throw modelRequired('Remembering');
      const event = await withTags(given, input, this.classifier, signal);
      await this.settleNow(signal);
      throwIfAborted(signal, 'Remembering');
      const wait = later && (await this.derived.keys()).size > 0;
      const memory = wait
        ? await this.telling.later(event)
        : await this.telling.now(event, encoder, signal);
      if (!wait) this.changes++;
      process.nextTick(() => this.emit('remembered', memory));
      return memory;
    });
  }

  /**
   * Makes the vectors of what was told with `later`: the spray then holds everything told. Nothing is to be done
   * without a model, or by a reader.
   *
   * @throws {GraffitiError} `ERR_BRAIN_FULL`, `ERR_ABORTED`, and what the model throws; what has no vectors then still
   *   waits for them.
   */
  async settle(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.checkOpen();
    checkOptions('options', options, ['signal']);
    checkSignal('signal', options.signal);
    return this.queue.run(() => this.settleNow(options.signal));
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
      this.telling.snapshotKept();
      this.changes++;
      this.kept.touched();
      const forgotten: Forgotten = { ids, erased };
      process.nextTick(() => this.emit('forgotten', forgotten));
      return forgotten;
    });
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
      this.telling.snapshotKept();
    });
  }

  /** Waits for what has been called, then closes. Harmless when closed already. */
  async close(): Promise<void> {
    this.closing ??= this.queue.run(async () => {
      await this.settleNow().catch(() => {}); // what still waits then is done when the brain is opened again
      await this.telling.keepSnapshot();
      await this.derived.close();
      await this.store.close();
    });
    return this.closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A reader hears that the writer has changed the brain. */
  private changedElsewhere(): void {
    this.changes++;
    this.kept.touched();
    this.emit('changed');
  }

  /** What was told with `later` gets its vectors. */
  protected async settleNow(signal?: AbortSignal): Promise<void> {
    if (!this.encoder || this.readOnly) return;
    await this.telling.settle(this.encoder, () => this.changes++, signal);
  }

  /** Takes over the model, where the brain has none of its own, and the settings. */
  private async adopt(stored: SpraySettings | undefined): Promise<void> {
    const model = this.encoder?.fingerprint;
    if (model && (await adoptsModel(this.store, this.fingerprint, model))) {
      this.fingerprint = model;
      this.derived.width = model.width;
      this.derived.model = model.hash;
    }
    const fold = await adoptSettings(this.store, this.derived, stored);
    if (fold) this.derived.replace(fold);
  }
}
