import { GraffitiError, type GraffitiErrorCode } from '../../errors.js';

/** SQLite's primary result codes. */
export const BUSY = 5;
export const CORRUPT = 11;
export const CANNOT_OPEN = 14;
export const NOT_A_DATABASE = 26;

/** Those that have a meaning for the owner of a brain. */
const meanings: Record<number, readonly [GraffitiErrorCode, string]> = {
  5: ['ERR_BUSY', 'is being changed by another process; try again'],
  8: ['ERR_BRAIN_READ_ONLY', 'cannot be written; check the rights of the file and its folder'],
  10: ['ERR_BRAIN_IO', 'could not be read or written; check the disk'],
  11: ['ERR_BRAIN_CORRUPT', 'is damaged; restore it from a copy. The file was left as it is'],
  13: [
    'ERR_BRAIN_FULL',
    'has no room left; nothing was changed. Free disk space or raise maxBytes',
  ],
  14: ['ERR_BRAIN_IO', 'could not be opened; check the rights of the file and its folder'],
  26: ['ERR_BRAIN_FOREIGN', 'is not a brain file; choose another path. The file was left as it is'],
};

/** errno of a full disk and of a used-up quota, which SQLite reports as an input/output error. */
const ENOSPC = 28;
const EDQUOT = 122;

/** Whether the file was removed or replaced while SQLite had it open (SQLITE_READONLY_DBMOVED). */
export function isMoved(error: unknown): boolean {
  return (error as { sqliteExtendedCode?: unknown } | null)?.sqliteExtendedCode === 1032;
}

/** SQLite's primary result code of an error, undefined when the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** The typed error for whatever SQLite threw about the brain at `place`; other errors pass through. */
export function storeFailure(error: unknown, place: string): unknown {
  let code = sqliteCode(error);
  if (code === undefined) return error;
  const { systemErrno } = error as { systemErrno?: number };
  if (code === 10 && (systemErrno === ENOSPC || systemErrno === EDQUOT)) code = 13;
  const [name, meaning] = meanings[code] ?? ['ERR_BRAIN_IO', `failed: ${(error as Error).message}`];
  return new GraffitiError(name, `The brain ${place} ${meaning}.`, { cause: error });
}

/** Runs `work` on the brain at `place`, with SQLite's errors made typed. */
export function guarded<Result>(place: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw storeFailure(error, place);
  }
}
