import { GraffitiError } from '../errors.js';

/** What a memory refuses, and what to do about it. */

export function memoryClosed(): GraffitiError {
  return new GraffitiError('ERR_DISPOSED', 'The memory is closed; open it again to use it.');
}

export function modelRequired(what: string): GraffitiError {
  return new GraffitiError(
    'ERR_MODEL_REQUIRED',
    `${what} needs a model, and this brain was opened without an encoder; open it with one.`,
  );
}

export function memoryNotFound(ids: readonly number[]): GraffitiError {
  return new GraffitiError(
    'ERR_MEMORY_NOT_FOUND',
    `There is no memory with id ${ids.slice(0, 10).join(', ')}; list() shows those there are. Nothing was forgotten.`,
  );
}
