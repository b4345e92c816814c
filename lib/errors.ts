/**
 * Why a call failed, for programs. The message says what happened and what to do, for people.
 *
 * Wrong arguments are not in this list: they are `TypeError` or `RangeError` (see `validate.ts`).
 */
export type GraffitiErrorCode =
  /** No model file at the given path. */
  | 'ERR_MODEL_NOT_FOUND'
  /** The file is not a usable GGUF model. */
  | 'ERR_MODEL_INVALID'
  /** The model's graph has no place where a memory can be injected. */
  | 'ERR_UNSUPPORTED_ARCHITECTURE'
  /** The operation needs a model, and the brain was opened without one. */
  | 'ERR_MODEL_REQUIRED'
  /** No brain at the given path or address, or no folder or database to create it in. */
  | 'ERR_BRAIN_NOT_FOUND'
  /** A brain file that is damaged, cut short or empty. */
  | 'ERR_BRAIN_CORRUPT'
  /** A file that is not a brain at all. */
  | 'ERR_BRAIN_FOREIGN'
  /** Another writer has the brain open, or has taken it over. */
  | 'ERR_BRAIN_LOCKED'
  /** The brain file has several names (hard links), so that one lock cannot protect it. */
  | 'ERR_BRAIN_LINKED'
  /** The brain's vectors were made by another model. */
  | 'ERR_BRAIN_MODEL_MISMATCH'
  /** The brain was written by a newer version of this library. */
  | 'ERR_BRAIN_VERSION'
  /** The brain, or its folder, cannot be written. */
  | 'ERR_BRAIN_READ_ONLY'
  /** The disk, the quota or the brain's own size limit is used up. */
  | 'ERR_BRAIN_FULL'
  /** The disk failed while the brain was read or written, or the database server cannot be reached. */
  | 'ERR_BRAIN_IO'
  /** The file is no engram, or is damaged. */
  | 'ERR_ENGRAM_INVALID'
  /** The brain keeps no engram of that name. */
  | 'ERR_ENGRAM_NOT_FOUND'
  /** The engram was made with another model, or does nothing in this one. */
  | 'ERR_ENGRAM_MODEL_MISMATCH'
  /** The texts are too few or too alike to tell what is specific to the target. */
  | 'ERR_ENGRAM_STATISTICS'
  /** No memory with that id. */
  | 'ERR_MEMORY_NOT_FOUND'
  /** A brain that was told nothing has nothing to learn in its sleep. */
  | 'ERR_NOTHING_TOLD'
  /** The prompt does not fit the model's context. */
  | 'ERR_CONTEXT_OVERFLOW'
  /** Everything that could do the work is taken, and the queue is full. */
  | 'ERR_BUSY'
  /** The caller's signal aborted the operation. */
  | 'ERR_ABORTED'
  /** The object was closed before the call. */
  | 'ERR_DISPOSED'
  /** The native part failed in a way that has no code of its own. */
  | 'ERR_NATIVE';

/** The one error class of this library. `cause` holds the error underneath, where there is one. */
export class GraffitiError extends Error {
  override readonly name = 'GraffitiError';
  readonly code: GraffitiErrorCode;

  constructor(code: GraffitiErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Stops the operation `what` when its caller has aborted it.
 *
 * @throws {GraffitiError} `ERR_ABORTED`, with the signal's reason as cause.
 */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) {
    throw new GraffitiError('ERR_ABORTED', `${what} was aborted by its caller.`, {
      cause: signal.reason,
    });
  }
}
