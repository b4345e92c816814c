import { GraffitiError } from '../errors.js';

/** What a store refuses, and what to do about it. */

export function openedReadOnly(place: string | undefined): GraffitiError {
  return new GraffitiError(
    'ERR_BRAIN_READ_ONLY',
    `The brain ${place ?? 'in memory'} was opened with readOnly: true; open it without to change it.`,
  );
}

export function brainNotFound(place: string): GraffitiError {
  return new GraffitiError(
    'ERR_BRAIN_NOT_FOUND',
    `There is no brain at ${place}; open it without readOnly to make one, or check the path.`,
  );
}

export function storeClosed(): GraffitiError {
  return new GraffitiError('ERR_DISPOSED', 'The brain is closed; open it again to use it.');
}
