import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { pragma } from './query.js';

/** "GRAF": marks an SQLite file as a brain (`PRAGMA application_id`). */
export const APPLICATION_ID = 0x47524146;

/** One step to a newer format. It runs inside a transaction and may not begin or end one. */
export interface Migration {
  /** Format version after the step. */
  readonly to: number;
  readonly up: (database: DatabaseSyncInstance) => void;
}

/**
 * All steps, oldest first; the first one makes a brain from nothing. Steps are only ever added.
 *
 * The words a user told are in `events` and, as what a night made of them, in `night_parts`, and
 * nowhere else (no index, no other table repeats them): forgetting rewrites these two tables, so that
 * no copy survives in the file. What is erased from a model's weights stands in `engrams`, which is rewritten
 * when one is removed. Vectors are 32-bit floats, little-endian; times are milliseconds since
 * 1970-01-01 UTC.
 */
export const migrations: readonly Migration[] = [
  {
    to: 1,
    up: (database) =>
      database.exec(`
        CREATE TABLE meta (
          name  TEXT PRIMARY KEY,   -- created, fingerprint, settings
          value TEXT NOT NULL       -- JSON
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE events (
          id         INTEGER PRIMARY KEY AUTOINCREMENT,
          text       TEXT NOT NULL,
          speaker    TEXT NOT NULL,
          tags       TEXT NOT NULL, -- JSON array of strings
          origin     TEXT NOT NULL, -- human, rule, model
          kind       TEXT NOT NULL, -- tell, tag
          time       INTEGER NOT NULL,
          importance REAL NOT NULL
        ) STRICT;

        CREATE TABLE vectors (
          event_id INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
          key      BLOB NOT NULL,
          spray    BLOB NOT NULL
        ) STRICT;

        CREATE TABLE recalled (
          event_id    INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
          position    INTEGER NOT NULL, -- 0 is the nearest
          recalled_id INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
          cosine      REAL NOT NULL,
          PRIMARY KEY (event_id, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recalled_by ON recalled (recalled_id);

        CREATE TABLE spray (          -- one row: the fold up to and including event up_to
          id      INTEGER PRIMARY KEY CHECK (id = 1),
          up_to   INTEGER NOT NULL,
          sources BLOB NOT NULL       -- pairs of event id and weight, 64-bit floats, little-endian
        ) STRICT;

        CREATE TABLE statistics (
          name  TEXT PRIMARY KEY,     -- remembered, forgotten
          value REAL NOT NULL
        ) STRICT, WITHOUT ROWID;
      `),
  },
  {
    to: 2,
    up: (database) =>
      database.exec(`
        CREATE TABLE nights (
          id        INTEGER PRIMARY KEY AUTOINCREMENT,
          time      INTEGER NOT NULL,
          method    TEXT NOT NULL,    -- head, weights
          model     TEXT NOT NULL,    -- hash of the model it is for
          separable INTEGER NOT NULL, -- 0: it goes when one of its events goes
          report    TEXT NOT NULL,    -- JSON
          common    BLOB NOT NULL     -- what all parts need, as the method packs it
        ) STRICT;

        CREATE TABLE night_parts (
          night_id INTEGER NOT NULL REFERENCES nights (id) ON DELETE CASCADE,
          event_id INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
          data     BLOB NOT NULL,     -- as the method packs it
          PRIMARY KEY (night_id, event_id)
        ) STRICT;
        CREATE INDEX night_parts_of ON night_parts (event_id);
      `),
  },
  {
    to: 3,
    up: (database) =>
      database.exec(`
        CREATE TABLE engrams (
          name  TEXT PRIMARY KEY,
          time  INTEGER NOT NULL,
          model TEXT NOT NULL,        -- fingerprint of the model whose weights it is of
          data  BLOB NOT NULL         -- its file
        ) STRICT;
      `),
  },
];

/** The format this library writes. */
export const FORMAT = 3;

/** Runs `work` as one transaction: all of it happens, or, when it throws, none of it. */
export function transaction<Result>(database: DatabaseSyncInstance, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK'); // a full disk has rolled back already
    throw error;
  }
}

/**
 * Brings a brain to the newest format, in one transaction.
 *
 * @param keepCopy called with the old format before anything is changed in a brain that has one.
 */
export function migrate(
  database: DatabaseSyncInstance,
  keepCopy: (format: number) => void,
  steps: readonly Migration[] = migrations,
): void {
  const format = pragma(database, 'user_version');
  const todo = steps.filter((step) => step.to > format);
  if (todo.length === 0) return;
  if (format > 0) keepCopy(format);
  transaction(database, () => {
    for (const step of todo) {
      step.up(database);
      database.exec(`PRAGMA user_version = ${step.to}`);
    }
  });
}
