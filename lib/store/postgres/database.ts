import { addressOf } from './address.js';
import { PostgresConnection, type Query } from './connection.js';
import { checkFormat } from './schema.js';

/** What a database says about itself. */
export interface DatabaseReport {
  /** Version of the server, like "15.18". */
  readonly server: string;
  readonly encoding: string;
  /** Whether the server keeps what it has acknowledged when its machine fails. */
  readonly durable: boolean;
  /** Brains in it; undefined while it has no tables for them. */
  readonly brains: number | undefined;
}

/** How long (ms) a transaction may idle; nothing here has one. */
const IDLE_LIMIT = 15_000;

/** @throws {RangeError} for what is no PostgreSQL address. @throws {GraffitiError} `ERR_BRAIN_IO`, … */
export async function inspectDatabase(location: string | URL): Promise<DatabaseReport> {
  return look(location, async (query, place) => {
    const [row] = await query<{ server: string; encoding: string; durable: boolean }>(
      `SELECT split_part(current_setting('server_version'), ' ', 1) AS server,
         current_setting('server_encoding') AS encoding,
         current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean AS durable`,
    );
    const [counted] = (await checkFormat(query, place))
      ? await query<{ brains: number }>('SELECT count(*) AS brains FROM graffiti.brains')
      : [];
    return { ...row!, brains: counted?.brains };
  });
}

/** The names of the brains in a database, in order. @throws {RangeError | GraffitiError} as `inspectDatabase`. */
export async function brainNames(location: string | URL): Promise<string[]> {
  return look(location, async (query, place) => {
    if (!(await checkFormat(query, place))) return [];
    const sql = 'SELECT name FROM graffiti.brains ORDER BY name COLLATE "C"';
    return (await query<{ name: string }>(sql)).map(({ name }) => name);
  });
}

/** Whether the database has a brain of that name. @throws {RangeError | GraffitiError} as `inspectDatabase`. */
export async function hasBrain(location: string | URL, name: string): Promise<boolean> {
  return look(location, async (query, place) => {
    if (!(await checkFormat(query, place))) return false;
    return (await query('SELECT 1 FROM graffiti.brains WHERE name = $1', name)).length > 0;
  });
}

/** One look, over a connection of its own. */
async function look<Seen>(
  location: string | URL,
  see: (query: Query, place: string) => Promise<Seen>,
): Promise<Seen> {
  const { database, shown } = addressOf(location);
  const connection = new PostgresConnection(database, shown, IDLE_LIMIT, async () => {});
  try {
    return await connection.work((query) => see(query, shown));
  } finally {
    await connection.close(async () => {});
  }
}
