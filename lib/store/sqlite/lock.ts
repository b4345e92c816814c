import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { GraffitiError } from '../../errors.js';
import {
  BUSY,
  CANNOT_OPEN,
  CORRUPT,
  isMoved,
  NOT_A_DATABASE,
  sqliteCode,
  storeFailure,
} from './failure.js';
import { queryOnce, quoted } from './query.js';

interface Owner {
  token: string;
  pid: number;
  host: string;
  since: number;
}

/** How long (ms) to wait for someone who is just reading who the owner is. */
const PATIENCE = 2000;

/**
 * The right to write to one brain, held by at most one `WriterLock` on the machine.
 *
 * It is SQLite's reserved lock on a small file beside the brain. The operating system takes it back
 * when the process ends, however it ends, so it is never stale. It also holds between two opens in
 * one process and between threads. The file's content says who the owner is, which a reserved lock
 * lets others read.
 *
 * Neither that file nor the brain is ever opened with `node:fs`: closing any descriptor of a file
 * drops every POSIX lock the process has on it.
 */
export class WriterLock {
  private constructor(
    private readonly path: string,
    private readonly database: DatabaseSyncInstance,
  ) {}

  /** @throws {GraffitiError} `ERR_BRAIN_LOCKED`, with the owner, when someone else holds it. */
  static acquire(brain: string): WriterLock {
    const path = `${brain}-lock`;
    for (;;) {
      const database = new DatabaseSync(path, { timeout: 0 });
      try {
        const token = claim(database);
        // The last owner removes the file while it still holds the lock, so the file just locked
        // may have no name any more, or the name may belong to a newer file. Only the file that the
        // name leads to counts.
        if (readOwner(path)?.token === token) return new WriterLock(path, database);
        database.close();
      } catch (error) {
        database.close();
        if (isMoved(error)) continue; // its last owner has just removed it
        throw sqliteCode(error) === BUSY
          ? lockedError(brain, path, error)
          : lockFailure(path, error);
      }
    }
  }

  /** To be called when the brain itself is closed. */
  release(): void {
    try {
      rmSync(this.path, { force: true });
    } catch {
      // Windows keeps the name of an open file; the next owner takes over the same file.
    }
    this.database.close();
  }
}

/** Takes the lock and writes the owner's name. Leaves a transaction open: that is the lock. */
function claim(database: DatabaseSyncInstance): string {
  const owner: Owner = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    since: Date.now(),
  };
  database.exec('BEGIN IMMEDIATE');
  database.exec('CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY, json TEXT NOT NULL)');
  database.exec(`INSERT OR REPLACE INTO owner VALUES (1, ${quoted(JSON.stringify(owner))})`);
  database.exec(`PRAGMA busy_timeout = ${PATIENCE}; COMMIT; PRAGMA busy_timeout = 0`);
  // Whoever comes in between wins. If it has gone again, the file names it and not us: start anew.
  database.exec('BEGIN IMMEDIATE');
  if (ownerIn(database)?.token === owner.token) return owner.token;
  database.exec('ROLLBACK');
  return claim(database);
}

function ownerIn(database: DatabaseSyncInstance): Owner | undefined {
  const [row] = queryOnce(database, 'json', 'owner');
  return row && (JSON.parse(row[0] as string) as Owner);
}

/** Who is named in the lock file at `path`; undefined when there is no such file or nobody is. */
function readOwner(path: string): Owner | undefined {
  let database: DatabaseSyncInstance | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE });
    return ownerIn(database);
  } catch (error) {
    if (sqliteCode(error) === CANNOT_OPEN) return undefined; // just removed by its last owner
    throw error;
  } finally {
    database?.close();
  }
}

function lockedError(brain: string, path: string, cause: unknown): GraffitiError {
  let who = 'another process';
  try {
    const owner = readOwner(path);
    if (owner) {
      const host = owner.host === hostname() ? '' : ` on ${owner.host}`;
      who = `process ${owner.pid}${host} since ${new Date(owner.since).toISOString()}`;
    }
  } catch {
    // The owner is writing its name just now: "another process" is still true.
  }
  return new GraffitiError(
    'ERR_BRAIN_LOCKED',
    `The brain ${brain} is in use by ${who}; close it there, or open the brain with readOnly: true.`,
    { cause },
  );
}

function lockFailure(path: string, error: unknown): unknown {
  if (sqliteCode(error) !== NOT_A_DATABASE && sqliteCode(error) !== CORRUPT) {
    return storeFailure(error, path);
  }
  return new GraffitiError(
    'ERR_BRAIN_FOREIGN',
    `${path} should be the brain's lock and is something else; move it away if no process uses the brain.`,
    { cause: error },
  );
}
