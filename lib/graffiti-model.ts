import { Memory, type MemoryOptions, type ReencodeOptions } from './memory/index.js';
import { LoadedModel, type LoadOptions, type ModelInfo } from './model/index.js';
import type { WriterName } from './native.js';
import { modelEncoder, Session, type SessionOptions } from './session/index.js';
import { type NightReport, sleep, type SleepOptions } from './sleep/index.js';
import { wrongType } from './validate.js';

/**
 * A GGUF model with a memory. Owns its sessions: disposing of the model disposes of them.
 *
 * It stands above `model`, `memory` and `session`, so that those import in one direction.
 */
export class GraffitiModel implements AsyncDisposable {
  private readonly sessions = new Set<Session>();
  private disposed: Promise<void> | undefined;

  private constructor(
    /** The model underneath: tokens, prompts, scores. */
    readonly loaded: LoadedModel,
  ) {}

  /**
   * Loads a model and measures its output head (seconds; cached for the next time).
   *
   * @throws {TypeError | RangeError} for wrong options.
   * @throws {GraffitiError} `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_INVALID`, `ERR_UNSUPPORTED_ARCHITECTURE`,
   *   `ERR_ABORTED`, `ERR_NATIVE`.
   */
  static async load(options: LoadOptions = {}): Promise<GraffitiModel> {
    const loaded = await LoadedModel.load(options);
    try {
      await loaded.calibrate(options);
    } catch (error) {
      await loaded.dispose();
      throw error;
    }
    return new GraffitiModel(loaded);
  }

  /** Architecture, sizes, device, quantisation, fingerprint. */
  get info(): ModelInfo {
    return this.loaded.info;
  }

  /**
   * @throws {TypeError | RangeError} for wrong options.
   * @throws {GraffitiError} `ERR_DISPOSED`, and what `Memory.open` throws.
   */
  async createSession(options: SessionOptions = {}): Promise<Session> {
    this.loaded.checkOpen();
    const session = await Session.open(this.loaded, options, (closed) => {
      this.sessions.delete(closed);
    });
    this.sessions.add(session);
    return session;
  }

  /**
   * Opens a brain for this model, to share it between sessions or to work on it without one.
   * `writer` must be that of the sessions; default 'gradient'.
   */
  openMemory(
    location?: string | URL,
    { writer, ...options }: Omit<MemoryOptions, 'encoder'> & { writer?: WriterName } = {},
  ): Promise<Memory> {
    return Memory.open(location, { ...options, encoder: modelEncoder(this.loaded, writer) });
  }

  /** Makes all vectors of a brain anew with this model and `writer`; default 'gradient'. */
  async reencode(
    memory: Memory,
    { writer, ...options }: ReencodeOptions & { writer?: WriterName } = {},
  ): Promise<void> {
    await memory.reencode(modelEncoder(this.loaded, writer), options);
  }

  /**
   * Replays what a brain was told until this model knows it without recall, and keeps the result in the brain, for
   * every session that opens it. `Memory.undoNight` takes it back; `Memory.forget` takes a memory out of it.
   *
   * @throws {TypeError | RangeError} for wrong options.
   * @throws {GraffitiError} `ERR_NOTHING_TOLD`, `ERR_ABORTED`, `ERR_DISPOSED`, `ERR_BRAIN_MODEL_MISMATCH`,
   *   `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_FULL`. The brain is then as it was.
   */
  async sleep(memory: Memory, options: SleepOptions = {}): Promise<NightReport> {
    this.loaded.checkOpen();
    if (!(memory instanceof Memory)) throw wrongType('a Memory', 'memory', memory);
    const { writer } = memory;
    if (writer) memory.checkModel(modelEncoder(this.loaded, writer as WriterName));
    return sleep(this.loaded, memory, options);
  }

  /** Ends all sessions and frees the model. Harmless when repeated. */
  dispose(): Promise<void> {
    this.disposed ??= (async () => {
      // Together: a session waits for the text it is remembering, and stopping the engine ends that.
      const sessions = [...this.sessions].map((session) => session.dispose());
      await Promise.all([...sessions, this.loaded.dispose()]);
    })();
    return this.disposed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
