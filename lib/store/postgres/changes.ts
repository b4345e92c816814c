import { GraffitiError } from '../../errors.js';
import { bytes, packPairs } from '../rows.js';
import type { EventFields, EventLinks, EventVectors, SpraySnapshot, Store } from '../store.js';
import type { Query } from './connection.js';

/** The parts of a change to one brain, each within the change's transaction. */

/** Rows sent in one statement. */
const ROWS_AT_ONCE = 256;

const blob = (vector: Float32Array): Buffer => {
  const { buffer, byteOffset, byteLength } = bytes(vector);
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
};

/**
 * Adds an event, which gets the id after the last one, with all that belongs to it.
 *
 * @returns its id. @throws {GraffitiError} `ERR_BRAIN_FULL` beyond `maxBytes`.
 */
export async function putEvent(
  query: Query,
  brain: number,
  { event, vectors, recalled = [] }: Parameters<Store['append']>[0],
  maxBytes: number | undefined,
): Promise<number> {
  const { text, speaker, tags, by, kind, time, importance } = event;
  const [row] = await query<{ id: number; bytes: number }>(
    `WITH brain AS (
       UPDATE graffiti.brains
       SET last_event = last_event + 1, remembered = remembered + 1, bytes = bytes + $2
       WHERE id = $1 RETURNING id, last_event, bytes
     ), event AS (
       INSERT INTO graffiti.events SELECT id, last_event, $3, $4, $5, $6, $7, $8, $9 FROM brain
     ), vectors AS (
       INSERT INTO graffiti.vectors
       SELECT id, last_event, $10, $11 FROM brain WHERE $10::bytea IS NOT NULL
     ), links AS (
       INSERT INTO graffiti.recalled
       SELECT brain.id, last_event, place - 1, earlier.id, cosine
       FROM brain, unnest($12::bigint[], $13::double precision[])
         WITH ORDINALITY AS earlier (id, cosine, place)
     )
     SELECT last_event AS id, bytes FROM brain`,
    ...[brain, bytesOf(event) + (vectors ? encodingBytes(vectors, recalled.length) : 0)],
    ...[text, speaker, tags, by, kind, time, importance],
    ...[vectors ? blob(vectors.key) : null, vectors ? blob(vectors.spray) : null],
    recalled.map(({ id }) => id),
    recalled.map(({ cosine }) => cosine),
  );
  checkSize(row!.bytes, maxBytes);
  return row!.id;
}

export async function putVectors(
  query: Query,
  brain: number,
  vectors: readonly (EventVectors & { readonly id: number })[],
): Promise<void> {
  for (let start = 0; start < vectors.length; start += ROWS_AT_ONCE) {
    const some = vectors.slice(start, start + ROWS_AT_ONCE);
    await query(
      `INSERT INTO graffiti.vectors
       SELECT $1, * FROM unnest($2::bigint[], $3::bytea[], $4::bytea[])
       ON CONFLICT (brain, event) DO UPDATE SET key = excluded.key, spray = excluded.spray`,
      brain,
      some.map(({ id }) => id),
      some.map(({ key }) => blob(key)),
      some.map(({ spray }) => blob(spray)),
    );
  }
}

/** Gives events their recalled lists; they must have none. */
export async function putLinks(
  query: Query,
  brain: number,
  links: readonly EventLinks[],
): Promise<void> {
  const rows = links.flatMap(({ id, recalled }) =>
    recalled.map((earlier, position) => ({ event: id, position, ...earlier })),
  );
  if (rows.length === 0) return;
  await query(
    `INSERT INTO graffiti.recalled
     SELECT $1, * FROM unnest($2::bigint[], $3::integer[], $4::bigint[], $5::double precision[])`,
    brain,
    rows.map(({ event }) => event),
    rows.map(({ position }) => position),
    rows.map(({ id }) => id),
    rows.map(({ cosine }) => cosine),
  );
}

export async function putSnapshot(
  query: Query,
  brain: number,
  { upTo, weights }: SpraySnapshot,
): Promise<void> {
  await query(
    `INSERT INTO graffiti.spray VALUES ($1, $2, $3)
     ON CONFLICT (brain) DO UPDATE SET up_to = excluded.up_to, sources = excluded.sources`,
    brain,
    upTo,
    Buffer.from(packPairs(weights)),
  );
}

/** What a link takes: two ids, or an id and a cosine. */
const LINK_BYTES = 16;

/** What an event adds to the size of its brain, as `countBytes` counts it. */
function bytesOf({ text, speaker, tags }: EventFields): number {
  return [text, speaker, ...tags].reduce((sum, one) => sum + Buffer.byteLength(one), 0);
}

/** What its vectors and links add. */
export function encodingBytes({ key, spray }: EventVectors, links: number): number {
  return key.byteLength + spray.byteLength + LINK_BYTES * links;
}

/** Counts what was added. @throws {GraffitiError} `ERR_BRAIN_FULL` beyond `maxBytes`. */
export async function addBytes(
  query: Query,
  brain: number,
  added: number,
  maxBytes: number | undefined,
): Promise<void> {
  const [row] = await query<{ bytes: number }>(
    'UPDATE graffiti.brains SET bytes = bytes + $2 WHERE id = $1 RETURNING bytes',
    ...[brain, added],
  );
  checkSize(row!.bytes, maxBytes);
}

/** Counts the brain's size anew. @throws {GraffitiError} `ERR_BRAIN_FULL` beyond `maxBytes`. */
export async function countBytes(
  query: Query,
  brain: number,
  maxBytes: number | undefined,
): Promise<void> {
  const [row] = await query<{ bytes: number }>(
    `UPDATE graffiti.brains SET bytes =
       (SELECT coalesce(sum(octet_length(text) + octet_length(speaker) +
          octet_length(array_to_string(tags, ''))), 0) FROM graffiti.events WHERE brain = $1)
       + (SELECT coalesce(sum(octet_length(key) + octet_length(spray)), 0)
          FROM graffiti.vectors WHERE brain = $1)
       + (SELECT ${LINK_BYTES} * count(*) FROM graffiti.recalled WHERE brain = $1)
       + (SELECT coalesce(sum(octet_length(common)), 0) FROM graffiti.nights WHERE brain = $1)
       + (SELECT coalesce(sum(octet_length(data)), 0) FROM graffiti.night_parts WHERE brain = $1)
       + (SELECT coalesce(sum(octet_length(data)), 0) FROM graffiti.engrams WHERE brain = $1)
     WHERE id = $1 RETURNING bytes`,
    brain,
  );
  checkSize(row!.bytes, maxBytes);
}

function checkSize(size: number, maxBytes: number | undefined): void {
  if (maxBytes === undefined || size <= maxBytes) return;
  throw new GraffitiError(
    'ERR_BRAIN_FULL',
    `The brain has no room left; nothing was changed. It would take ${size} bytes of ${maxBytes}: raise maxBytes, or forget something.`,
  );
}
