import { parseDatabase } from './address.js';
import { PostgresConnection } from './connection.js';
import { checkFormat } from './schema.js';

/** How long (ms) the one transaction may wait for this process. */
const IDLE_LIMIT = 10_000;

/**
 * Names of all brains in a database, in order; none where nobody has made any.
 *
 * @throws {RangeError} for what is no PostgreSQL address.
 * @throws {GraffitiError} `ERR_BRAIN_VERSION`, `ERR_BRAIN_IO` when the server cannot be reached.
 */
export async function storedBrains(store: string | URL): Promise<string[]> {
  const { database, shown } = parseDatabase(store);
  const connection = new PostgresConnection(database, shown, IDLE_LIMIT, async () => {});
  try {
    return await connection.work(async (query) => {
      if (!(await checkFormat(query, shown))) return [];
      const rows = await query<{ name: string }>('SELECT name FROM graffiti.brains ORDER BY name');
      return rows.map(({ name }) => name);
    });
  } finally {
    await connection.close(async () => {});
  }
}
