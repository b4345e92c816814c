import { GraffitiError } from '../../errors.js';
import { type LinkRow, linksOf, tableOf, unpackPairs, type VectorRow } from '../rows.js';
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
import type { PostgresConnection } from './connection.js';
import { eventOf, eventQuery, type EventRow } from './event-query.js';
import { engramSummaries, findEngram } from './engrams.js';
import { findNight, nightSummaries } from './nights.js';

/** Vectors fetched in one task, so that a long load does not hold up the renewal of the lease. */
const VECTORS_AT_ONCE = 4096;

/** The reading half of a brain in PostgreSQL. */
export abstract class PostgresReader {
  protected constructor(
    protected readonly connection: PostgresConnection,
    /** Id of the brain in the database. */
    protected readonly brain: number,
    readonly location: string,
    readonly readOnly: boolean,
  ) {}

  async head(): Promise<BrainHead> {
    return this.connection.work(async (query) => {
      const [row] = await query<{
        version: number;
        created: number;
        fingerprint: BrainHead['fingerprint'] | null;
        settings: BrainHead['settings'] | null;
      }>(
        'SELECT version, created, fingerprint, settings FROM graffiti.brains, graffiti.format WHERE id = $1',
        this.brain,
      );
      const { version, created, fingerprint, settings } = this.found(row);
      return {
        format: version,
        created,
        fingerprint: fingerprint ?? undefined,
        settings: settings ?? undefined,
      };
    });
  }

  async revision(): Promise<number> {
    return this.connection.work(async (query) => {
      const [row] = await query<{ revision: number }>(
        'SELECT revision FROM graffiti.brains WHERE id = $1',
        this.brain,
      );
      return this.found(row).revision;
    });
  }

  async summary(): Promise<StoreSummary> {
    return this.connection.work(async (query) => {
      const [total] = await query<{
        events: number;
        first: number | null;
        last: number | null;
        bytes: number;
        remembered: number;
        forgotten: number;
      }>(
        `SELECT count(events.id) AS events, min(time) AS first, max(time) AS last,
           bytes, remembered, forgotten
         FROM graffiti.brains LEFT JOIN graffiti.events ON brain = brains.id
         WHERE brains.id = $1 GROUP BY brains.id`,
        this.brain,
      );
      const { events, first, last, bytes, remembered, forgotten } = this.found(total);
      const tags = await query<{ tag: string; count: number }>(
        `SELECT tag, count(*) AS count FROM graffiti.events, unnest(tags) AS tag
         WHERE brain = $1 GROUP BY tag ORDER BY count DESC, tag COLLATE "C"`,
        this.brain,
      );
      return {
        events,
        firstTime: first ?? undefined,
        lastTime: last ?? undefined,
        tags,
        ...{ bytes, remembered, forgotten },
      };
    });
  }

  async events(filter: EventFilter = {}): Promise<StoredEvent[]> {
    const [sql, values] = eventQuery(this.brain, filter);
    return this.connection.work(async (query) =>
      (await query<EventRow>(sql, ...values)).map(eventOf),
    );
  }

  async links(after = 0): Promise<EventLinks[]> {
    const sql = `SELECT id, recalled AS recalled_id, cosine FROM graffiti.events
                 JOIN graffiti.vectors ON vectors.brain = events.brain AND vectors.event = id
                 LEFT JOIN graffiti.recalled
                   ON recalled.brain = events.brain AND recalled.event = id
                 WHERE events.brain = $1 AND id > $2 ORDER BY id, position`;
    return this.connection.work(async (query) =>
      linksOf(await query<LinkRow>(sql, this.brain, after)),
    );
  }

  async recallersOf(ids: readonly number[]): Promise<number[]> {
    const sql = `SELECT DISTINCT event FROM graffiti.recalled
                 WHERE brain = $1 AND recalled = ANY($2::bigint[]) ORDER BY event`;
    return this.connection.work(async (query) =>
      (await query<{ event: number }>(sql, this.brain, ids)).map(({ event }) => event),
    );
  }

  async keys(after = 0): Promise<VectorTable> {
    const sql = `SELECT event AS id, key AS vector FROM graffiti.vectors
                 WHERE brain = $1 AND event > $2 ORDER BY event LIMIT ${VECTORS_AT_ONCE}`;
    const found: VectorRow[] = [];
    for (;;) {
      const last = found[found.length - 1]?.id ?? after;
      const rows = await this.connection.work((query) => query<VectorRow>(sql, this.brain, last));
      for (const row of rows) found.push(row);
      if (rows.length < VECTORS_AT_ONCE) return tableOf(found, this.location);
    }
  }

  async sprays(ids: readonly number[]): Promise<VectorTable> {
    const sql = `SELECT event AS id, spray AS vector FROM graffiti.vectors
                 WHERE brain = $1 AND event = ANY($2::bigint[]) ORDER BY event`;
    const wanted = [...ids].sort((one, other) => one - other);
    const found: VectorRow[] = [];
    for (let start = 0; start < wanted.length; start += VECTORS_AT_ONCE) {
      const some = wanted.slice(start, start + VECTORS_AT_ONCE);
      const rows = await this.connection.work((query) => query<VectorRow>(sql, this.brain, some));
      for (const row of rows) found.push(row);
    }
    return tableOf(found, this.location);
  }

  async snapshot(): Promise<SpraySnapshot | undefined> {
    return this.connection.work(async (query) => {
      const [row] = await query<{ up_to: number; sources: Uint8Array }>(
        'SELECT up_to, sources FROM graffiti.spray WHERE brain = $1',
        this.brain,
      );
      return row && { upTo: row.up_to, weights: unpackPairs(row.sources) };
    });
  }

  async nights(): Promise<NightSummary[]> {
    return this.connection.work((query) => nightSummaries(query, this.brain));
  }

  async night(id: number): Promise<StoredNight | undefined> {
    return this.connection.work((query) => findNight(query, this.brain, id));
  }

  async engrams(): Promise<EngramSummary[]> {
    return this.connection.work((query) => engramSummaries(query, this.brain));
  }

  async engram(name: string): Promise<StoredEngram | undefined> {
    return this.connection.work((query) => findEngram(query, this.brain, name));
  }

  /** @throws {GraffitiError} `ERR_BRAIN_NOT_FOUND` when the brain's row has gone from the database. */
  private found<Row>(row: Row | undefined): Row {
    if (row === undefined) {
      throw new GraffitiError('ERR_BRAIN_NOT_FOUND', `The brain ${this.location} was removed.`);
    }
    return row;
  }
}
