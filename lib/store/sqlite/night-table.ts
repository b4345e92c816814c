import {
  type NightPart,
  type NightSummary,
  NIGHTS_KEPT,
  type Store,
  type StoredNight,
} from '../store.js';
import type { Connection } from './connection.js';
import { pragma } from './query.js';

/** The format that brought nights. Brains that are only read may be older. */
const NIGHTS_FORMAT = 2;

interface NightRow {
  id: number;
  time: number;
  method: string;
  model: string;
  separable: number;
  report: string;
}

/** The nights of a brain in SQLite. Every method runs in a task of the connection. */
export class NightTable {
  constructor(private readonly connection: Connection) {}

  summaries(): NightSummary[] {
    if (pragma(this.connection.database, 'user_version') < NIGHTS_FORMAT) return [];
    const sql = `SELECT id, time, method, model, separable, report, count(event_id) AS memories,
                   length(common) + coalesce(sum(length(data)), 0) AS bytes
                 FROM nights LEFT JOIN night_parts ON night_id = id
                 GROUP BY id ORDER BY id DESC`;
    return this.connection
      .all<NightRow & { memories: number; bytes: number }>(sql)
      .map(({ separable, ...night }) => ({ ...night, separable: separable !== 0 }));
  }

  find(id: number): StoredNight | undefined {
    if (pragma(this.connection.database, 'user_version') < NIGHTS_FORMAT) return undefined;
    const [night] = this.connection.all<NightRow & { common: Uint8Array }>(
      'SELECT * FROM nights WHERE id = ?',
      id,
    );
    if (!night) return undefined;
    const parts = this.connection.all<NightPart>(
      'SELECT event_id AS event, data FROM night_parts WHERE night_id = ? ORDER BY event_id',
      id,
    );
    return { ...night, separable: night.separable !== 0, parts };
  }

  add(night: Parameters<Store['addNight']>[0]): number | undefined {
    const { time, method, model, separable, report, common, parts } = night;
    const present = new Set(
      this.connection.all<{ id: number }>('SELECT id FROM events').map(({ id }) => id),
    );
    const kept = parts.filter(({ event }) => present.has(event));
    if (!separable && kept.length < parts.length) return undefined;
    const { id } = this.connection.run(
      `INSERT INTO nights (time, method, model, separable, report, common)
       VALUES (?, ?, ?, ?, ?, ?)`,
      ...[time, method, model, Number(separable), report, common],
    );
    for (const { event, data } of kept) {
      this.connection.run('INSERT INTO night_parts VALUES (?, ?, ?)', id, event, data);
    }
    this.connection.run(
      'DELETE FROM nights WHERE id NOT IN (SELECT id FROM nights ORDER BY id DESC LIMIT ?)',
      NIGHTS_KEPT,
    );
    return id;
  }

  remove(id: number): boolean {
    return this.connection.run('DELETE FROM nights WHERE id = ?', id).changes > 0;
  }

  /**
   * Removes what events left in the nights. Foreign keys are off meanwhile.
   *
   * @param list the events' ids, a JSON array
   */
  forget(list: string): void {
    const some = '(SELECT value FROM json_each(?))';
    this.connection.run(
      `DELETE FROM nights WHERE NOT separable
         AND id IN (SELECT night_id FROM night_parts WHERE event_id IN ${some})`,
      list,
    );
    this.connection.run(
      `DELETE FROM night_parts
       WHERE event_id IN ${some} OR night_id NOT IN (SELECT id FROM nights)`,
      list,
    );
    // They hold the words of what was told: written anew for the same reason as the events.
    this.connection.database.exec(`
      CREATE TEMP TABLE kept AS SELECT * FROM main.night_parts;
      DELETE FROM main.night_parts;
      INSERT INTO main.night_parts SELECT * FROM temp.kept ORDER BY night_id, event_id;
      DROP TABLE temp.kept;
    `);
  }
}
