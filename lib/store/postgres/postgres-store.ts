import { GraffitiError } from '../../errors.js';
import { checkNumber } from '../../validate.js';
import { brainNotFound, openedReadOnly } from '../failures.js';
import type { SpraySnapshot, Store, StoredEngram, StoreOptions } from '../store.js';
import { brainOf } from './address.js';
import {
  addBytes,
  countBytes,
  encodingBytes,
  putEvent,
  putLinks,
  putSnapshot,
  putVectors,
} from './changes.js';
import { inTransaction, PostgresConnection, type Query } from './connection.js';
import { dropEngram, putEngram } from './engrams.js';
import { channelOf, WriterLease } from './lease.js';
import { dropNight, dropNightsOf, putNight } from './nights.js';
import { PostgresReader } from './postgres-reader.js';
import { checkFormat, migrate } from './schema.js';

export interface PostgresStoreOptions extends StoreOptions {
  /**
   * After so many ms without a sign of life from a writer another may take over, 300 to 3 600 000.
   * A writer whose process ended is replaced at once. Default 15 000.
   */
  readonly lease?: number | undefined;
}

const DEFAULT_LEASE = 15_000;
/** Signs of life in the time of a lease. */
const BEATS = 3;

interface BrainRow {
  id: number;
  revision: number;
}

/** A brain in a PostgreSQL database, among others. See `schema.ts` for the tables. */
export class PostgresStore extends PostgresReader implements Store {
  private readonly heart: NodeJS.Timeout;
  private beating = false;
  private follower: (() => void) | undefined;

  private constructor(
    connection: PostgresConnection,
    brain: number,
    location: string,
    /** Undefined for a reader. */
    private readonly lease: WriterLease | undefined,
    /** Of the brain after the last change made here. */
    private lastRevision: number,
    private readonly maxBytes: number | undefined,
    beat: number,
  ) {
    super(connection, brain, location, lease === undefined);
    this.heart = setInterval(() => void this.showLife(), beat).unref();
  }

  /**
   * Opens the brain at an address like `postgres://user@host:5432/database?brain=NAME`, and makes
   * it, and the tables, when there are none.
   *
   * @throws {TypeError | RangeError} for wrong arguments.
   * @throws {GraffitiError} `ERR_BRAIN_LOCKED`, `ERR_BRAIN_NOT_FOUND`, `ERR_BRAIN_VERSION`,
   *   `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_IO` when the server cannot be reached.
   */
  static async open(
    location: string | URL,
    { readOnly = false, maxBytes, lease: duration = DEFAULT_LEASE }: PostgresStoreOptions = {},
  ): Promise<PostgresStore> {
    if (maxBytes !== undefined) checkNumber('maxBytes', maxBytes, { min: 65536, integer: true });
    checkNumber('lease', duration, { min: 300, max: 3_600_000, integer: true });
    const { database, brain: name, shown } = brainOf(location);

    // What a new connection needs to go on with: nothing until the store is open.
    let store: PostgresStore | undefined;
    const onChange = () => store?.follower?.();
    const resume = async (query: Query) => store?.resume(query);
    const connection = new PostgresConnection(database, shown, duration, resume, onChange);
    try {
      return (store = await connection.work(async (query) => {
        if (readOnly) {
          const found = (await checkFormat(query, shown)) && (await findBrain(query, name));
          if (!found) throw brainNotFound(shown);
          return new PostgresStore(connection, found.id, shown, undefined, 0, maxBytes, duration);
        }
        await migrate(query, shown);
        const { id } = await makeBrain(query, name);
        const lease = await WriterLease.acquire(query, id, shown, duration);
        // Only now: until here the last owner may still have changed something.
        const { revision } = (await findBrain(query, name))!;
        const beat = duration / BEATS;
        return new PostgresStore(connection, id, shown, lease, revision, maxBytes, beat);
      }));
    } catch (error) {
      await connection.close(async () => {});
      throw error;
    }
  }

  async follow(listener: () => void): Promise<void> {
    this.follower = listener;
    await this.connection.work((query) => this.listen(query));
  }

  async append(entry: Parameters<Store['append']>[0]): Promise<number> {
    return this.change(
      (query) => putEvent(query, this.brain, entry, this.maxBytes),
      (query) => this.lastGiven(query, 'last_event'),
    );
  }

  async encode({ id, vectors, recalled }: Parameters<Store['encode']>[0]): Promise<void> {
    await this.change(async (query) => {
      await putVectors(query, this.brain, [{ id, ...vectors }]);
      await putLinks(query, this.brain, [{ id, recalled }]);
      await addBytes(query, this.brain, encodingBytes(vectors, recalled.length), this.maxBytes);
    });
  }

  async saveSnapshot(snapshot: SpraySnapshot): Promise<void> {
    await this.change((query) => putSnapshot(query, this.brain, snapshot));
  }

  async remove({ ids, relinked, snapshot }: Parameters<Store['remove']>[0]): Promise<boolean> {
    await this.change(async (query) => {
      await query(
        'DELETE FROM graffiti.recalled WHERE brain = $1 AND event = ANY($2::bigint[])',
        this.brain,
        relinked.map(({ id }) => id),
      );
      await dropNightsOf(query, this.brain, ids);
      const gone = await query(
        'DELETE FROM graffiti.events WHERE brain = $1 AND id = ANY($2::bigint[]) RETURNING id',
        ...[this.brain, ids],
      );
      await query(
        'UPDATE graffiti.brains SET forgotten = forgotten + $2 WHERE id = $1',
        ...[this.brain, gone.length],
      );
      await putLinks(query, this.brain, relinked);
      await putSnapshot(query, this.brain, snapshot);
      await countBytes(query, this.brain, undefined);
    });
    return false; // the server keeps dead rows until VACUUM, and a log
  }

  async derive(change: Parameters<Store['derive']>[0]): Promise<void> {
    const { fingerprint, settings, vectors, links, snapshot } = change;
    await this.change(async (query) => {
      await query(
        `UPDATE graffiti.brains SET fingerprint = coalesce($2, fingerprint),
           settings = coalesce($3, settings) WHERE id = $1`,
        this.brain,
        fingerprint === undefined ? null : JSON.stringify(fingerprint),
        settings === undefined ? null : JSON.stringify(settings),
      );
      if (vectors) await putVectors(query, this.brain, vectors);
      if (links) {
        await query('DELETE FROM graffiti.recalled WHERE brain = $1', this.brain);
        await putLinks(query, this.brain, links);
      }
      if (snapshot) await putSnapshot(query, this.brain, snapshot);
      if (vectors ?? links) await countBytes(query, this.brain, this.maxBytes);
    });
  }

  async addNight(night: Parameters<Store['addNight']>[0]): Promise<number | undefined> {
    return this.change(
      async (query) => {
        const id = await putNight(query, this.brain, night);
        await countBytes(query, this.brain, this.maxBytes);
        return id;
      },
      (query) => this.lastGiven(query, 'last_night'),
    );
  }

  async removeNight(id: number): Promise<boolean> {
    return this.change(
      async (query) => {
        const removed = await dropNight(query, this.brain, id);
        await countBytes(query, this.brain, undefined);
        return removed;
      },
      async () => true,
    );
  }

  async putEngram(engram: StoredEngram): Promise<void> {
    await this.change(async (query) => {
      await putEngram(query, this.brain, engram);
      await countBytes(query, this.brain, this.maxBytes);
    });
  }

  async removeEngram(name: string): Promise<boolean | undefined> {
    const removed = await this.change(
      async (query) => {
        const found = await dropEngram(query, this.brain, name);
        await countBytes(query, this.brain, undefined);
        return found;
      },
      async () => true,
    );
    return removed ? false : undefined; // the server keeps dead rows until VACUUM, and a log
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    this.follower = undefined;
    await this.connection.close(async (query) => this.lease?.release(query));
  }

  /** One transaction. */
  private change(make: (query: Query) => Promise<void>): Promise<void>;
  private change<Result>(
    make: (query: Query) => Promise<Result>,
    made: (query: Query) => Promise<Result>,
  ): Promise<Result>;
  /**
   * It happens once, also when its acknowledgement was lost with the connection.
   *
   * @param made what it returned, where it turns out to have happened
   */
  private async change<Result>(
    make: (query: Query) => Promise<Result>,
    made?: (query: Query) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { lease } = this;
    if (!lease) throw openedReadOnly(this.location);
    return this.connection.work(async (query) => {
      const result = await inTransaction(query, async () => {
        const isNew = await this.asOwner(lease.begin(query, this.lastRevision));
        return isNew ? make(query) : made?.(query);
      });
      this.lastRevision++;
      return result;
    });
  }

  /** The id that the brain gave last. */
  private async lastGiven(query: Query, column: 'last_event' | 'last_night'): Promise<number> {
    const sql = `SELECT ${column} AS id FROM graffiti.brains WHERE id = $1`;
    const [row] = await query<{ id: number }>(sql, this.brain);
    return row!.id;
  }

  /** For whatever fails when someone else has become the writer: this store is then of no use. */
  private async asOwner<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof GraffitiError) this.connection.condemn(error);
      throw error;
    }
  }

  /** On a connection made anew: takes back what the last one had. */
  private async resume(query: Query): Promise<void> {
    if (this.lease) await this.asOwner(this.lease.reclaim(query));
    if (!this.follower) return;
    await this.listen(query);
    this.follower(); // something may have happened meanwhile
  }

  private async listen(query: Query): Promise<void> {
    await query(`LISTEN ${channelOf(this.brain)}`);
  }

  /** Renews a writer's lease; brings back a follower whose connection was lost while it was idle. */
  private async showLife(): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    try {
      await this.connection.work(async (query) => {
        if (this.lease) await this.asOwner(this.lease.renew(query));
      });
    } catch {
      // Nobody called. What is wrong, the next call finds out and says.
    } finally {
      this.beating = false;
    }
  }
}

async function findBrain(query: Query, name: string): Promise<BrainRow | undefined> {
  const sql = 'SELECT id, revision FROM graffiti.brains WHERE name = $1';
  const [row] = await query<BrainRow>(sql, name);
  return row;
}

async function makeBrain(query: Query, name: string): Promise<BrainRow> {
  const found = await findBrain(query, name);
  if (found) return found;
  await query(
    'INSERT INTO graffiti.brains (name, created) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
    ...[name, Date.now()],
  );
  return (await findBrain(query, name))!;
}
