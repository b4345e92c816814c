import type { EngramSummary, StoredEngram } from '../store.js';
import type { Query } from './connection.js';

/** The engrams of one brain. What changes them runs within the change's transaction. */

export async function engramSummaries(query: Query, brain: number): Promise<EngramSummary[]> {
  return query<EngramSummary>(
    `SELECT name, time, model, octet_length(data) AS bytes FROM graffiti.engrams
     WHERE brain = $1 ORDER BY name COLLATE "C"`,
    brain,
  );
}

export async function findEngram(
  query: Query,
  brain: number,
  name: string,
): Promise<StoredEngram | undefined> {
  const [engram] = await query<StoredEngram>(
    'SELECT name, time, model, data FROM graffiti.engrams WHERE brain = $1 AND name = $2',
    ...[brain, name],
  );
  return engram;
}

export async function putEngram(
  query: Query,
  brain: number,
  { name, time, model, data }: StoredEngram,
): Promise<void> {
  await query(
    `INSERT INTO graffiti.engrams VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (brain, name) DO UPDATE
       SET time = excluded.time, model = excluded.model, data = excluded.data`,
    ...[brain, name, time, model],
    Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  );
}

/** @returns whether there was one. */
export async function dropEngram(query: Query, brain: number, name: string): Promise<boolean> {
  const gone = await query(
    'DELETE FROM graffiti.engrams WHERE brain = $1 AND name = $2 RETURNING name',
    ...[brain, name],
  );
  return gone.length > 0;
}
