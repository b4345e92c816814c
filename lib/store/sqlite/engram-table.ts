import type { EngramSummary, StoredEngram } from '../store.js';
import type { Connection } from './connection.js';
import { pragma } from './query.js';

/** The format that brought engrams. Brains that are only read may be older. */
const ENGRAMS_FORMAT = 3;

/** The engrams of a brain in SQLite. Every method runs in a task of the connection. */
export class EngramTable {
  constructor(private readonly connection: Connection) {}

  summaries(): EngramSummary[] {
    if (this.missing()) return [];
    return this.connection
      .all<EngramSummary>(
        'SELECT name, time, model, length(data) AS bytes FROM engrams ORDER BY name',
      )
      .map((summary) => ({ ...summary }));
  }

  find(name: string): StoredEngram | undefined {
    if (this.missing()) return undefined;
    const [engram] = this.connection.all<StoredEngram>(
      'SELECT name, time, model, data FROM engrams WHERE name = ?',
      name,
    );
    return engram && { ...engram };
  }

  /** @returns whether it replaced another. */
  put({ name, time, model, data }: StoredEngram): boolean {
    const replaced = this.remove(name);
    this.connection.run('INSERT INTO engrams VALUES (?, ?, ?, ?)', name, time, model, data);
    return replaced;
  }

  /** @returns false when there is none. */
  remove(name: string): boolean {
    if (this.connection.run('DELETE FROM engrams WHERE name = ?', name).changes === 0) return false;
    // Written anew for the same reason as the events.
    this.connection.database.exec(`
      CREATE TEMP TABLE kept AS SELECT * FROM main.engrams;
      DELETE FROM main.engrams;
      INSERT INTO main.engrams SELECT * FROM temp.kept;
      DROP TABLE temp.kept;
    `);
    return true;
  }

  private missing(): boolean {
    return pragma(this.connection.database, 'user_version') < ENGRAMS_FORMAT;
  }
}
