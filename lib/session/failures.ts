import { GraffitiError } from '../errors.js';

export function sessionBusy(): GraffitiError {
  return new GraffitiError(
    'ERR_BUSY',
    'The session is still replying; wait for the reply, abort it, or create another session.',
  );
}

export function sessionDisposed(): GraffitiError {
  return new GraffitiError('ERR_DISPOSED', 'The session is disposed; create another one.');
}

/** Of a reply that was ended from outside: with its session, or by its caller. */
export function replyEnded(disposed: boolean, signal: AbortSignal | undefined): GraffitiError {
  if (disposed) {
    return new GraffitiError('ERR_DISPOSED', 'The session was disposed while it was replying.');
  }
  return new GraffitiError('ERR_ABORTED', 'The reply was aborted by its caller.', {
    cause: signal?.reason,
  });
}
