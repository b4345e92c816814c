import {
  type NightPart,
  type NightSummary,
  NIGHTS_KEPT,
  type Store,
  type StoredNight,
} from '../store.js';
import type { Query } from './connection.js';

/** The nights of one brain. What changes them runs within the change's transaction. */

/** Bytes of parts sent in one statement, about. */
const BYTES_AT_ONCE = 4 * 1024 * 1024;

const blob = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

const COLUMNS = 'id, time, method, model, separable, report';

export async function nightSummaries(query: Query, brain: number): Promise<NightSummary[]> {
  return query<NightSummary>(
    `SELECT ${COLUMNS}, count(event)::integer AS memories,
       (octet_length(common) + coalesce(sum(octet_length(data)), 0))::double precision AS bytes
     FROM graffiti.nights LEFT JOIN graffiti.night_parts AS part
       ON part.brain = nights.brain AND night = id
     WHERE nights.brain = $1 GROUP BY nights.brain, id ORDER BY id DESC`,
    brain,
  );
}

export async function findNight(
  query: Query,
  brain: number,
  id: number,
): Promise<StoredNight | undefined> {
  const [night] = await query<Omit<StoredNight, 'parts'>>(
    `SELECT ${COLUMNS}, common FROM graffiti.nights WHERE brain = $1 AND id = $2`,
    ...[brain, id],
  );
  if (!night) return undefined;
  const parts = await query<NightPart>(
    `SELECT event, data FROM graffiti.night_parts WHERE brain = $1 AND night = $2 ORDER BY event`,
    ...[brain, id],
  );
  return { ...night, parts };
}

/** @returns its id, undefined when it is not separable and one of its events is gone. */
export async function putNight(
  query: Query,
  brain: number,
  { time, method, model, separable, report, common, parts }: Parameters<Store['addNight']>[0],
): Promise<number | undefined> {
  const events = await query<{ id: number }>(
    'SELECT id FROM graffiti.events WHERE brain = $1 AND id = ANY($2::bigint[])',
    brain,
    parts.map(({ event }) => event),
  );
  const present = new Set(events.map(({ id }) => id));
  const kept = parts.filter(({ event }) => present.has(event));
  if (!separable && kept.length < parts.length) return undefined;
  const [night] = await query<{ id: number }>(
    `WITH brain AS (
       UPDATE graffiti.brains SET last_night = last_night + 1 WHERE id = $1 RETURNING last_night
     )
     INSERT INTO graffiti.nights SELECT $1, last_night, $2, $3, $4, $5, $6, $7 FROM brain
     RETURNING id`,
    ...[brain, time, method, model, String(separable), report, blob(common)],
  );
  const { id } = night!;
  for (let start = 0; start < kept.length;) {
    let end = start;
    for (let bytes = 0; end < kept.length && bytes < BYTES_AT_ONCE; end++) {
      bytes += kept[end]!.data.byteLength;
    }
    const some = kept.slice(start, end);
    await query(
      `INSERT INTO graffiti.night_parts
       SELECT $1, $2, * FROM unnest($3::bigint[], $4::bytea[])`,
      ...[brain, id],
      some.map(({ event }) => event),
      some.map(({ data }) => blob(data)),
    );
    start = end;
  }
  await query(
    `DELETE FROM graffiti.nights WHERE brain = $1 AND id NOT IN
       (SELECT id FROM graffiti.nights WHERE brain = $1 ORDER BY id DESC LIMIT ${NIGHTS_KEPT})`,
    brain,
  );
  return id;
}

export async function dropNight(query: Query, brain: number, id: number): Promise<boolean> {
  const gone = await query(
    'DELETE FROM graffiti.nights WHERE brain = $1 AND id = $2 RETURNING id',
    ...[brain, id],
  );
  return gone.length > 0;
}

/** Removes the nights that cannot be had without one of the events. */
export async function dropNightsOf(
  query: Query,
  brain: number,
  events: readonly number[],
): Promise<void> {
  await query(
    `DELETE FROM graffiti.nights WHERE brain = $1 AND NOT separable AND id IN
       (SELECT night FROM graffiti.night_parts WHERE brain = $1 AND event = ANY($2::bigint[]))`,
    ...[brain, events],
  );
}
