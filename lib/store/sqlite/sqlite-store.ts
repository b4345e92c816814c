import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { checkNumber } from '../../validate.js';
import { brainNotFound } from '../failures.js';
import {
  brainPath,
  checkWritable,
  closeWriter,
  configure,
  createBrain,
  initialise,
  inspectBrain,
  openReader,
  openWriter,
  removeCopies,
} from './brain-file.js';
import { guarded } from './failure.js';
import { WriterLock } from './lock.js';
import { pragma } from './query.js';
import { bytes, packPairs } from '../rows.js';
import { SqliteReader } from './sqlite-reader.js';
import type {
  EventLinks,
  EventVectors,
  SpraySnapshot,
  Store,
  StoredEngram,
  StoreOptions,
} from '../store.js';
import { WriteAheadLog } from './write-ahead-log.js';

/** How often, and how many ms apart, to ask for the log to be emptied while a reader is in it. */
const ERASE_ATTEMPTS = 50;
const ERASE_PAUSE = 100;

/** How often (ms) a follower looks whether someone has written: SQLite tells nobody. */
const FOLLOW_PAUSE = 100;

/** A brain in one SQLite file, or in RAM. See `schema.ts` for the format. */
export class SqliteStore extends SqliteReader implements Store {
  private eraseLater = false;
  private watch: NodeJS.Timeout | undefined;
  /** Undefined in RAM. */
  private readonly log: WriteAheadLog | undefined;

  private constructor(
    database: DatabaseSyncInstance,
    location: string | undefined,
    readOnly: boolean,
    private readonly lock: WriterLock | undefined,
  ) {
    super(database, location, readOnly);
    this.log = location === undefined || readOnly ? undefined : new WriteAheadLog(location);
  }

  /**
   * Opens the brain at `location`, and makes it when there is none. Without a location, or at
   * ':memory:', the brain is in RAM and ends with the store.
   *
   * @throws {GraffitiError} `ERR_BRAIN_LOCKED`, `ERR_BRAIN_FOREIGN`, `ERR_BRAIN_CORRUPT`,
   *   `ERR_BRAIN_VERSION`, `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_LINKED`, `ERR_BRAIN_NOT_FOUND`,
   *   `ERR_BRAIN_FULL`. A file that is refused is left as it was.
   */
  static async open(
    location?: string | URL,
    { readOnly = false, maxBytes }: StoreOptions = {},
  ): Promise<SqliteStore> {
    if (maxBytes !== undefined) checkNumber('maxBytes', maxBytes, { min: 65536, integer: true });
    if (location === undefined || location === ':memory:') {
      const database = new DatabaseSync(':memory:');
      configure(database);
      initialise(database);
      limitSize(database, maxBytes);
      return new SqliteStore(database, undefined, readOnly, undefined);
    }
    const path = brainPath(location);
    const exists = inspectBrain(path);
    if (readOnly) {
      if (!exists) throw brainNotFound(path);
      return new SqliteStore(
        guarded(path, () => openReader(path)),
        path,
        true,
        undefined,
      );
    }
    checkWritable(path, exists);
    const lock = WriterLock.acquire(path);
    try {
      const database = guarded(path, () => {
        if (!inspectBrain(path)) createBrain(path);
        return openWriter(path);
      });
      limitSize(database, maxBytes);
      return new SqliteStore(database, path, false, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async follow(listener: () => void): Promise<void> {
    let seen = await this.revision();
    const look = async (): Promise<void> => {
      const now = await this.revision();
      if (now !== seen) listener();
      seen = now;
    };
    clearInterval(this.watch);
    // Nobody called. What is wrong with the file, the next call finds out and says.
    this.watch = setInterval(() => void look().catch(() => {}), FOLLOW_PAUSE).unref();
  }

  async append(entry: Parameters<Store['append']>[0]): Promise<number> {
    const { text, speaker, tags, by, kind, time, importance } = entry.event;
    const id = await this.write(() => {
      const { id: added } = this.connection.run(
        `INSERT INTO events (text, speaker, tags, origin, kind, time, importance)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[text, speaker, JSON.stringify(tags), by, kind, time, importance],
      );
      if (entry.vectors) this.putVectors(added, entry.vectors);
      this.putLinks({ id: added, recalled: entry.recalled ?? [] });
      this.count('remembered', 1);
      return added;
    });
    await this.eraseIfDue();
    return id;
  }

  async encode({ id, vectors, recalled }: Parameters<Store['encode']>[0]): Promise<void> {
    this.connection.write(() => {
      this.putVectors(id, vectors);
      this.putLinks({ id, recalled });
    });
  }

  async saveSnapshot(snapshot: SpraySnapshot): Promise<void> {
    this.connection.write(() => this.putSnapshot(snapshot));
  }

  async remove({ ids, relinked, snapshot }: Parameters<Store['remove']>[0]): Promise<boolean> {
    const list = JSON.stringify(ids);
    const some = '(SELECT value FROM json_each(?))';
    this.connection.work(() => {
      // Off, because the rows of `events` are about to be moved and not to be deleted with all that
      // refers to them. SQLite changes this setting outside transactions only.
      this.connection.database.exec('PRAGMA foreign_keys = OFF');
      try {
        this.connection.write(() => {
          for (const { id } of relinked)
            this.connection.run('DELETE FROM recalled WHERE event_id = ?', id);
          this.connection.run(`DELETE FROM recalled WHERE event_id IN ${some}`, list);
          this.connection.run(
            `UPDATE vectors SET key = zeroblob(length(key)), spray = zeroblob(length(spray))
             WHERE event_id IN ${some}`,
            list,
          );
          this.connection.run(`DELETE FROM vectors WHERE event_id IN ${some}`, list);
          this.nightTable.forget(list);
          // `secure_delete` overwrites a deleted row but not copies of it that were left in the free
          // space of a page when rows were moved between pages. So the table with the texts is
          // written anew: its old pages are freed as a whole, and freed pages are overwritten.
          const forgotten = this.connection.run(
            `DELETE FROM events WHERE id IN ${some}`,
            list,
          ).changes;
          this.connection.database.exec(`
            CREATE TEMP TABLE kept AS SELECT * FROM main.events;
            DELETE FROM main.events;
            INSERT INTO main.events SELECT * FROM temp.kept ORDER BY id;
            DROP TABLE temp.kept;
          `);
          for (const links of relinked) this.putLinks(links);
          this.putSnapshot(snapshot);
          this.count('forgotten', forgotten);
        });
      } finally {
        this.connection.database.exec('PRAGMA foreign_keys = ON');
      }
    });
    await this.flush();
    return this.eraseNow();
  }

  async derive(change: Parameters<Store['derive']>[0]): Promise<void> {
    await this.write(() => {
      if (change.fingerprint) this.putMeta('fingerprint', change.fingerprint);
      if (change.settings) this.putMeta('settings', change.settings);
      for (const { id, ...vectors } of change.vectors ?? []) this.putVectors(id, vectors);
      if (change.links) {
        this.connection.run('DELETE FROM recalled');
        for (const links of change.links) this.putLinks(links);
      }
      if (change.snapshot) this.putSnapshot(change.snapshot);
    });
  }

  async addNight(night: Parameters<Store['addNight']>[0]): Promise<number | undefined> {
    const id = await this.write(() => this.nightTable.add(night));
    await this.eraseIfDue();
    return id;
  }

  async removeNight(id: number): Promise<boolean> {
    const removed = await this.write(() => this.nightTable.remove(id));
    await this.eraseIfDue();
    return removed;
  }

  async putEngram(engram: StoredEngram): Promise<void> {
    if (await this.write(() => this.engramTable.put(engram))) await this.eraseNow();
    else await this.eraseIfDue();
  }

  async removeEngram(name: string): Promise<boolean | undefined> {
    return (await this.write(() => this.engramTable.remove(name))) ? this.eraseNow() : undefined;
  }

  async close(): Promise<void> {
    const { database } = this.connection;
    if (!database.isOpen) return;
    clearInterval(this.watch);
    if (this.readOnly) return database.close();
    closeWriter(database);
    this.lock?.release();
    await this.log?.close();
  }

  /** One transaction that survives the machine when this resolves. */
  private async write<Result>(change: () => Result): Promise<Result> {
    const result = this.connection.write(change);
    await this.flush();
    return result;
  }

  /** What a disk holds that has failed nobody knows: the store is then closed. */
  private async flush(): Promise<void> {
    try {
      await this.log?.flush();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Moves the log into the file and empties it. Never throws, because what it follows has already
   * happened.
   *
   * @returns false while a reader still needs the log, or the disk has no room.
   */
  private async erase(attempts = ERASE_ATTEMPTS): Promise<boolean> {
    if (!this.location) return true;
    const { database } = this.connection;
    for (let attempt = 1; ; attempt++) {
      try {
        removeCopies(this.location);
        database.exec('PRAGMA busy_timeout = 0');
        const [row] = this.connection.all<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
        if (row!.busy === 0) return true;
      } catch {
        // To be tried again like a log that is in use.
      } finally {
        database.exec('PRAGMA busy_timeout = 5000');
      }
      if (attempt >= attempts) return false;
      await sleep(ERASE_PAUSE);
    }
  }

  /** @returns false when it has to be done later. */
  private async eraseNow(): Promise<boolean> {
    this.eraseLater = !(await this.erase());
    return !this.eraseLater;
  }

  private async eraseIfDue(): Promise<void> {
    if (this.eraseLater) this.eraseLater = !(await this.erase(1));
  }

  private putMeta(name: string, value: unknown): void {
    this.connection.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', name, JSON.stringify(value));
  }

  private putVectors(id: number, { key, spray }: EventVectors): void {
    this.connection.run(
      'INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)',
      id,
      bytes(key),
      bytes(spray),
    );
  }

  private putLinks({ id, recalled }: EventLinks): void {
    recalled.forEach(({ id: recalledId, cosine }, position) => {
      this.connection.run(
        'INSERT INTO recalled VALUES (?, ?, ?, ?)',
        id,
        position,
        recalledId,
        cosine,
      );
    });
  }

  private putSnapshot({ upTo, weights }: SpraySnapshot): void {
    this.connection.run('INSERT OR REPLACE INTO spray VALUES (1, ?, ?)', upTo, packPairs(weights));
  }

  private count(name: string, more: number): void {
    this.connection.run(
      `INSERT INTO statistics VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`,
      name,
      more,
    );
  }
}

function limitSize(database: DatabaseSyncInstance, maxBytes: number | undefined): void {
  if (maxBytes === undefined) return;
  const pages = Math.floor(maxBytes / pragma(database, 'page_size'));
  database.exec(`PRAGMA max_page_count = ${pages}`);
}
