import pg from 'pg';
import { GraffitiError, type GraffitiErrorCode } from '../../errors.js';

/** SQLSTATEs, or their classes, that have a meaning for the owner of a brain. */
const meanings: readonly (readonly [RegExp, GraffitiErrorCode, string])[] = [
  [/^(25006|42501)$/, 'ERR_BRAIN_READ_ONLY', 'cannot be written; check the rights of the role'],
  [/^28/, 'ERR_BRAIN_IO', 'was refused by the server; check user and password'],
  [/^3D000$/, 'ERR_BRAIN_NOT_FOUND', 'has no database there; make it with createdb'],
  [/^53100$/, 'ERR_BRAIN_FULL', 'has no room left on the server; nothing was changed'],
  [/^53/, 'ERR_BUSY', 'cannot be served now, the server is at a limit; try again'],
  [/^(40|55P03|57014)/, 'ERR_BUSY', 'is being changed by another process; try again'],
  [/^XX00[12]$/, 'ERR_BRAIN_CORRUPT', 'is damaged on the server; restore the database'],
];

/** SQLSTATE of an error that the server sent, undefined for any other. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/**
 * Whether an error means that the connection is gone, or was never made for a reason that may pass:
 * all that is not the server's answer to a query, and its answers while it shuts down or starts.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof GraffitiError || error instanceof TypeError || error instanceof RangeError) {
    return false;
  }
  const state = sqlState(error);
  return state === undefined || /^(08|57P|25P03)/.test(state);
}

/** The typed error for whatever the driver threw about the brain at `place`. */
export function storeFailure(error: unknown, place: string): unknown {
  if (error instanceof GraffitiError) return error;
  if (isConnectionLoss(error)) {
    return new GraffitiError(
      'ERR_BRAIN_IO',
      `The brain ${place} cannot be reached: ${said(error)}. Check that the server runs and the address.`,
      { cause: error },
    );
  }
  const state = sqlState(error);
  if (state === undefined) return error;
  const found = meanings.find(([pattern]) => pattern.test(state));
  const [, code, meaning] = found ?? [undefined, 'ERR_BRAIN_IO', `failed: ${said(error)}`];
  return new GraffitiError(code, `The brain ${place} ${meaning}.`, {
    cause: error,
  });
}

/** An attempt at several addresses of one host fails with one error that holds the others. */
function said(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  return first instanceof Error ? first.message : String(first);
}
