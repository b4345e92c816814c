import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { GraffitiError } from '../../errors.js';
import { SerialQueue } from '../../serial-queue.js';
import { storeClosed } from '../failures.js';
import { isConnectionLoss, storeFailure } from './failure.js';

/** What the driver takes as a parameter. */
export type Value = string | number | null | Buffer | readonly (string | number | Buffer)[];

/** Runs one statement and returns its rows. */
export type Query = <Row extends object = object>(
  sql: string,
  ...values: Value[]
) => Promise<Row[]>;

/** How long (ms) a lost connection is tried again before the call fails. */
const RECONNECT_PATIENCE = 10_000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;
/** How long (ms) the server may take to accept a connection, and to answer a statement. */
const CONNECT_TIMEOUT = 5000;
const STATEMENT_TIMEOUT = 120_000;

/** OID of the type bigint, which the driver would give as text: no number of ours is that large. */
const BIGINT = 20;

/** The driver's, for two methods that its types leave out. */
type Client = pg.Client & { ref(): void; unref(): void };

/**
 * A store's one connection to its server. Tasks have it to themselves, one after the other. When it
 * is lost it is made anew and the task begins again from the start, so a task must see for itself
 * what of it has already happened.
 *
 * An idle connection does not keep the process alive.
 */
export class PostgresConnection {
  private readonly queue = new SerialQueue();
  private client: Client | undefined;
  /** Whether the server has ever answered: from then on a loss may pass. */
  private wasConnected = false;
  private closed = false;
  private condemned: GraffitiError | undefined;

  /**
   * @param database address as the driver takes it
   * @param place what to call the brain in a message
   * @param idleLimit how long (ms) a transaction may wait for this process before the server ends it
   * @param prepare runs first on every new connection
   * @param onNotification called for whatever the connection listens to
   */
  constructor(
    private readonly database: string,
    readonly place: string,
    private readonly idleLimit: number,
    private readonly prepare: (query: Query) => Promise<void>,
    private readonly onNotification: () => void = () => {},
  ) {}

  /** @throws {GraffitiError} `ERR_DISPOSED` when closed, or what the driver's error means. */
  work<Result>(task: (query: Query) => Promise<Result>): Promise<Result> {
    return this.queue.run(async () => {
      if (this.closed) throw storeClosed();
      if (this.condemned) throw this.condemned;
      try {
        return await this.persist(task);
      } catch (error) {
        throw storeFailure(error, this.place);
      }
    });
  }

  /** Lets every later task fail with `error`. The connection can still be closed. */
  condemn(error: GraffitiError): void {
    this.condemned = error;
  }

  /** Ends the connection, after `farewell` if it is still there. Harmless when closed already. */
  close(farewell: (query: Query) => Promise<void>): Promise<void> {
    return this.queue.run(async () => {
      if (this.closed) return;
      this.closed = true;
      const { client } = this;
      if (!client) return;
      client.ref();
      try {
        await farewell(queryOf(client));
      } catch (error) {
        // What the farewell gives back, the server takes back by itself from a lost connection.
        if (!isConnectionLoss(error)) throw storeFailure(error, this.place);
      } finally {
        await this.drop();
      }
    });
  }

  private async persist<Result>(task: (query: Query) => Promise<Result>): Promise<Result> {
    let deadline: number | undefined;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const client = (this.client ??= await this.connect());
        this.wasConnected = true;
        client.ref();
        const result = await task(queryOf(client));
        client.unref();
        return result;
      } catch (error) {
        if (!isConnectionLoss(error)) {
          this.client?.unref();
          throw error;
        }
        if (!this.wasConnected) throw error;
        await this.drop();
        deadline ??= Date.now() + RECONNECT_PATIENCE;
        if (Date.now() + pause > deadline) throw error;
        await sleep(pause);
      }
    }
  }

  private async connect(): Promise<Client> {
    const client = new pg.Client({
      connectionString: this.database,
      application_name: 'neural-graffiti',
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: STATEMENT_TIMEOUT,
      keepAlive: true,
      idle_in_transaction_session_timeout: this.idleLimit,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === BIGINT ? Number : (pg.types.getTypeParser(oid, format) as unknown),
      },
    }) as Client;
    // A loss while idle: the next task finds it out and connects anew.
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    client.on('notification', this.onNotification);
    try {
      await client.connect();
      const query = queryOf(client);
      // What is acknowledged is on disk, also where the server's own setting would not wait for that.
      await query(
        `SELECT set_config('synchronous_commit', 'on', false)
         WHERE current_setting('synchronous_commit') = 'off'`,
      );
      await this.prepare(query);
      return client;
    } catch (error) {
      await end(client);
      throw error;
    }
  }

  private async drop(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client) await end(client);
  }
}

/** A connection that is lost already has nothing left to end. */
async function end(client: Client): Promise<void> {
  await client.end().catch(() => {});
}

function queryOf(client: Client): Query {
  return async <Row extends object>(sql: string, ...values: Value[]) =>
    (await client.query<Row>(sql, values)).rows;
}

/** Runs `change` as one transaction: all of it happens, or, when it throws, none of it. */
export async function inTransaction<Result>(
  query: Query,
  change: (query: Query) => Promise<Result>,
): Promise<Result> {
  await query('BEGIN');
  try {
    const result = await change(query);
    await query('COMMIT');
    return result;
  } catch (error) {
    // A lost connection has rolled back by itself.
    if (!isConnectionLoss(error)) await query('ROLLBACK');
    throw error;
  }
}
