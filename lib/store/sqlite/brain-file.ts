import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { GraffitiError } from '../../errors.js';
import { guarded } from './failure.js';
import { pragma, queryOnce, quoted } from './query.js';
import { APPLICATION_ID, FORMAT, migrate, migrations, transaction } from './schema.js';

// The brain itself is only ever opened by SQLite, never by node:fs: closing any descriptor of a
// file drops every POSIX lock that this process has on it, SQLite's own included.

/** Brains up to this size (bytes) are checked page by page at every open, larger ones after a crash. */
const CHECKED_SIZE = 256 * 1024 * 1024;

/** The one path of a brain, so that two names of it (relative, links) share its lock and its log. */
export function brainPath(location: string | URL): string {
  let path = resolve(location instanceof URL ? fileURLToPath(location) : location);
  for (let hop = 0; hop < 40; hop++) {
    try {
      return realpathSync.native(path);
    } catch {
      const entry = lstatSync(path, { throwIfNoEntry: false });
      if (!entry?.isSymbolicLink()) break;
      path = resolve(dirname(path), readlinkSync(path)); // a link to a file that is yet to be made
    }
  }
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new GraffitiError(
      'ERR_BRAIN_NOT_FOUND',
      `There is no folder ${folder} for the brain ${basename(path)}; make the folder first.`,
    );
  }
  return join(realpathSync.native(folder), basename(path));
}

/** Size in bytes of the brain's write-ahead log, 0 when it has none. */
function logSize(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** Size in bytes of the brain with its log. */
export function brainSize(path: string): number {
  return statSync(path).size + logSize(path);
}

/** Reads without any lock and without making files beside the brain. Sees no write-ahead log. */
function openWithoutLog(path: string): DatabaseSyncInstance {
  return new DatabaseSync(`${pathToFileURL(path).href}?mode=ro&immutable=1`, { readOnly: true });
}

/**
 * To look at a brain before anything may write to it. A file with a log is read together with it:
 * when a checkpoint was cut short, the file alone is half old and half new.
 */
function openProbe(path: string): DatabaseSyncInstance {
  if (logSize(path) === 0) return openWithoutLog(path);
  return new DatabaseSync(path, { readOnly: true, timeout: 5000 });
}

/**
 * Looks whether there is a brain at `path`, without changing anything.
 *
 * @returns false when there is nothing.
 * @throws {GraffitiError} `ERR_BRAIN_FOREIGN`, `ERR_BRAIN_CORRUPT` or `ERR_BRAIN_VERSION`.
 */
export function inspectBrain(path: string): boolean {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return false;
  if (!entry.isFile()) {
    const what = entry.isDirectory() ? 'a folder' : 'not a regular file';
    throw new GraffitiError('ERR_BRAIN_FOREIGN', `${path} is ${what}; name a file for the brain.`);
  }
  if (entry.size === 0) {
    throw new GraffitiError(
      'ERR_BRAIN_CORRUPT',
      `The brain ${path} is an empty file; delete it to begin a new brain, or restore it from a copy.`,
    );
  }
  const database = guarded(path, () => openProbe(path));
  try {
    guarded(path, () => checkFormat(database, path));
  } finally {
    database.close();
  }
  return true;
}

function checkFormat(database: DatabaseSyncInstance, path: string): void {
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    throw new GraffitiError(
      'ERR_BRAIN_FOREIGN',
      `${path} is the database of another program, not a brain; choose another path.`,
    );
  }
  const format = pragma(database, 'user_version');
  if (format > FORMAT) {
    throw new GraffitiError(
      'ERR_BRAIN_VERSION',
      `The brain ${path} has format ${format} and this version of neural-graffiti reads up to ${FORMAT}; update neural-graffiti.`,
    );
  }
}

/** What tables a brain has, from which format on. */
const TABLES: readonly (readonly [since: number, names: readonly string[]])[] = [
  [1, ['meta', 'events', 'vectors', 'recalled', 'spray', 'statistics']],
  [2, ['nights', 'night_parts']],
  [3, ['engrams']],
];

/** Every table there, and for brains of a usual size every page sound. */
function checkSoundness(database: DatabaseSyncInstance, path: string, evenIfLarge: boolean): void {
  checkFormat(database, path);
  const damage = (detail: string): GraffitiError =>
    new GraffitiError(
      'ERR_BRAIN_CORRUPT',
      `The brain ${path} is damaged (${detail}); restore it from a copy. The file was left as it is.`,
    );
  const tables = queryOnce(database, 'name', `sqlite_schema WHERE type = 'table'`).flat();
  const format = pragma(database, 'user_version');
  for (const [since, names] of TABLES) {
    for (const name of format < since ? [] : names) {
      if (!tables.includes(name)) throw damage(`table ${name} is missing`);
    }
  }
  if (evenIfLarge || statSync(path).size <= CHECKED_SIZE) {
    const [row] = queryOnce(database, 'quick_check', 'pragma_quick_check');
    if (row?.[0] !== 'ok') throw damage(String(row?.[0]));
  }
}

/** @throws {GraffitiError} `ERR_BRAIN_READ_ONLY` or `ERR_BRAIN_LINKED`. */
export function checkWritable(path: string, exists: boolean): void {
  try {
    accessSync(dirname(path), constants.W_OK);
    if (exists) accessSync(path, constants.W_OK);
  } catch (error) {
    throw new GraffitiError(
      'ERR_BRAIN_READ_ONLY',
      `The brain ${path} or its folder cannot be written; change the rights, or open it with readOnly: true.`,
      { cause: error },
    );
  }
  if (exists && statSync(path).nlink > 1) {
    throw new GraffitiError(
      'ERR_BRAIN_LINKED',
      `The brain ${path} has ${statSync(path).nlink} names (hard links), and its log follows only one of them; copy it to a file of its own, or open it with readOnly: true.`,
    );
  }
}

/** A new brain appears at `path` complete or not at all. The caller holds the writer lock. */
export function createBrain(path: string): void {
  const draft = `${path}-new`;
  for (const leftover of [draft, `${draft}-journal`]) rmSync(leftover, { force: true });
  const database = new DatabaseSync(draft);
  try {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    initialise(database);
  } catch (error) {
    database.close();
    rmSync(draft, { force: true });
    throw error;
  }
  database.close();
  renameSync(draft, path);
  if (process.platform !== 'win32') {
    const folder = openSync(dirname(path), 'r'); // a new name is safe once its folder is on disk
    fsyncSync(folder);
    closeSync(folder);
  }
}

/** Tables and date of birth. */
export function initialise(database: DatabaseSyncInstance): void {
  migrate(database, () => undefined);
  transaction(database, () => database.exec(`INSERT INTO meta VALUES ('created', ${Date.now()})`));
}

/** Settings of every connection that writes. */
export function configure(database: DatabaseSyncInstance): void {
  database.exec(`
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;   -- freed bytes are overwritten with zeros
    PRAGMA temp_store = MEMORY;  -- told texts never reach a temporary file
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
  `);
}

/** Opens an existing brain to write. The caller holds the writer lock. */
export function openWriter(path: string): DatabaseSyncInstance {
  const crashed = logSize(path) > 0;
  // Checked before the first connection that could write, and so could spread the damage.
  const probe = openProbe(path);
  try {
    checkSoundness(probe, path, crashed);
  } finally {
    probe.close();
  }
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    configure(database);
    // NORMAL: SQLite flushes the log before it moves it into the file. What is acknowledged is flushed by WriteAheadLog, which
    // does not stop the thread for it.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    migrate(database, (format) => keepCopy(database, path, format), migrations);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Opens an existing brain to read, also while a writer has it and where nothing can be written. */
export function openReader(path: string): DatabaseSyncInstance {
  let database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    pragma(database, 'user_version');
  } catch (error) {
    database.close();
    // A folder without write permission has no place for the log's index. Without a log there is
    // nothing to index, and no writer.
    if (logSize(path) > 0) throw error;
    database = openWithoutLog(path);
  }
  try {
    checkSoundness(database, path, false);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/**
 * Closes a writer's connection, and makes the brain one file again: in SQLite's rollback mode it
 * needs no log beside it, and readers leave none behind.
 */
export function closeWriter(database: DatabaseSyncInstance): void {
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    database.exec('PRAGMA journal_mode = DELETE');
  } catch {
    // A reader has the log open, or the disk is full. What was acknowledged is safe in the log, and
    // the next writer tidies up.
  } finally {
    database.close();
  }
}

const copyName = (path: string, format: number): string => `${path}-v${format}`;

function keepCopy(database: DatabaseSyncInstance, path: string, format: number): void {
  const copy = copyName(path, format);
  rmSync(copy, { force: true }); // of a migration that did not end
  database.exec(`VACUUM INTO ${quoted(copy)}`);
}

/** Removes the copies that migrations kept: they hold the texts that are to be forgotten. */
export function removeCopies(path: string): void {
  const folder = dirname(path);
  const prefix = `${basename(path)}-v`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))) {
      rmSync(join(folder, name), { force: true });
    }
  }
}
