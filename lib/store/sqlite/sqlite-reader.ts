import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { type LinkRow, linksOf, tableOf, unpackPairs, type VectorRow } from '../rows.js';
import { brainSize } from './brain-file.js';
import { Connection } from './connection.js';
import { EngramTable } from './engram-table.js';
import { eventOf, eventQuery, type EventRow } from './event-rows.js';
import { NightTable } from './night-table.js';
import { pragma } from './query.js';
import type {
  BrainHead,
  EngramSummary,
  EventFilter,
  EventLinks,
  NightSummary,
  SpraySnapshot,
  StoredEngram,
  StoredEvent,
  StoredNight,
  StoreSummary,
  VectorTable,
} from '../store.js';

/** The reading half of a brain in SQLite. */
export abstract class SqliteReader {
  protected readonly connection: Connection;
  protected readonly nightTable: NightTable;
  protected readonly engramTable: EngramTable;

  protected constructor(
    database: DatabaseSyncInstance,
    readonly location: string | undefined,
    readonly readOnly: boolean,
  ) {
    this.connection = new Connection(database, location ?? 'in memory', readOnly);
    this.nightTable = new NightTable(this.connection);
    this.engramTable = new EngramTable(this.connection);
  }

  async head(): Promise<BrainHead> {
    return this.connection.work(() => ({
      format: pragma(this.connection.database, 'user_version'),
      created: this.meta<number>('created') ?? 0,
      fingerprint: this.meta('fingerprint'),
      settings: this.meta('settings'),
    }));
  }

  async revision(): Promise<number> {
    return this.connection.work(() => {
      const [row] = this.connection.all<{ data_version: number }>('PRAGMA data_version');
      return row!.data_version;
    });
  }

  async summary(): Promise<StoreSummary> {
    return this.connection.work(() => {
      const [total] = this.connection.all<{
        events: number;
        first: number | null;
        last: number | null;
      }>('SELECT count(*) AS events, min(time) AS first, max(time) AS last FROM events');
      const counts = new Map(
        this.connection
          .all<{ name: string; value: number }>('SELECT name, value FROM statistics')
          .map(({ name, value }) => [name, value]),
      );
      return {
        events: total!.events,
        firstTime: total!.first ?? undefined,
        lastTime: total!.last ?? undefined,
        tags: this.connection
          .all<{ tag: string; count: number }>(
            `SELECT value AS tag, count(*) AS count FROM events, json_each(events.tags)
           GROUP BY value ORDER BY count DESC, value`,
          )
          .map(({ tag, count }) => ({ tag, count })),
        bytes: this.location
          ? brainSize(this.location)
          : pragma(this.connection.database, 'page_count') *
            pragma(this.connection.database, 'page_size'),
        remembered: counts.get('remembered') ?? 0,
        forgotten: counts.get('forgotten') ?? 0,
      };
    });
  }

  async events(filter: EventFilter = {}): Promise<StoredEvent[]> {
    return this.connection.work(() => {
      const [sql, values] = eventQuery(filter);
      return this.connection.all<EventRow>(sql, ...values).map(eventOf);
    });
  }

  async links(after = 0): Promise<EventLinks[]> {
    return this.connection.work(() => {
      const sql = `SELECT events.id, recalled_id, cosine FROM events
                   JOIN vectors ON vectors.event_id = events.id
                   LEFT JOIN recalled ON recalled.event_id = events.id
                   WHERE events.id > ? ORDER BY events.id, position`;
      return linksOf(this.connection.all<LinkRow>(sql, after));
    });
  }

  async recallersOf(ids: readonly number[]): Promise<number[]> {
    return this.connection.work(() =>
      this.connection
        .all<{ event_id: number }>(
          `SELECT DISTINCT event_id FROM recalled
         WHERE recalled_id IN (SELECT value FROM json_each(?)) ORDER BY event_id`,
          JSON.stringify(ids),
        )
        .map((row) => row.event_id),
    );
  }

  async keys(after = 0): Promise<VectorTable> {
    const sql = 'SELECT event_id AS id, key AS vector FROM vectors WHERE event_id > ? ORDER BY id';
    return this.connection.work(() =>
      tableOf(this.connection.all<VectorRow>(sql, after), this.connection.place),
    );
  }

  async sprays(ids: readonly number[]): Promise<VectorTable> {
    const sql = `SELECT event_id AS id, spray AS vector FROM vectors
                 WHERE event_id IN (SELECT value FROM json_each(?)) ORDER BY id`;
    return this.connection.work(() =>
      tableOf(this.connection.all<VectorRow>(sql, JSON.stringify(ids)), this.connection.place),
    );
  }

  async snapshot(): Promise<SpraySnapshot | undefined> {
    return this.connection.work(() => {
      const [row] = this.connection.all<{ up_to: number; sources: Uint8Array }>(
        'SELECT * FROM spray',
      );
      return row && { upTo: row.up_to, weights: unpackPairs(row.sources) };
    });
  }

  async nights(): Promise<NightSummary[]> {
    return this.connection.work(() => this.nightTable.summaries());
  }

  async night(id: number): Promise<StoredNight | undefined> {
    return this.connection.work(() => this.nightTable.find(id));
  }

  async engrams(): Promise<EngramSummary[]> {
    return this.connection.work(() => this.engramTable.summaries());
  }

  async engram(name: string): Promise<StoredEngram | undefined> {
    return this.connection.work(() => this.engramTable.find(name));
  }

  private meta<Content>(name: string): Content | undefined {
    const [row] = this.connection.all<{ value: string }>(
      'SELECT value FROM meta WHERE name = ?',
      name,
    );
    return row && (JSON.parse(row.value) as Content);
  }
}
