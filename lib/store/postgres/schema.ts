import { GraffitiError } from '../../errors.js';
import { inTransaction, type Query } from './connection.js';

/**
 * First key of all our advisory locks ("GRAF"). The second is a brain's id, or 0 while the schema
 * is changed.
 */
export const LOCK_CLASS = 0x47524146;

/** How long (ms) a migration waits for those who are just using the tables. */
const MIGRATION_PATIENCE = 10_000;

/** One step to a newer format. It runs inside a transaction and may not begin or end one. */
export interface Migration {
  /** Format version after the step. */
  readonly to: number;
  /** Oldest format whose programs still work with the tables after this step. */
  readonly compatible: number;
  readonly sql: string;
}

/**
 * All steps, oldest first; the first one makes the tables. Steps are only ever added, and they only
 * ever add: a program of the last version may be at work while a newer one takes a step. New columns
 * have a default. Where that cannot be, `compatible` is raised, and older programs stop writing.
 *
 * Vectors are 32-bit floats, little-endian; times are ms since 1970-01-01 UTC. Ids of events count
 * up in each brain by itself and are never used twice.
 */
export const migrations: readonly Migration[] = [
  {
    to: 1,
    compatible: 1,
    sql: `
      CREATE TABLE graffiti.brains (
        id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name        text NOT NULL UNIQUE,
        created     bigint NOT NULL,
        fingerprint json,
        settings    json,
        revision    bigint NOT NULL DEFAULT 0,   -- grows with every change
        last_event  bigint NOT NULL DEFAULT 0,   -- id given last
        remembered  bigint NOT NULL DEFAULT 0,
        forgotten   bigint NOT NULL DEFAULT 0,
        bytes       bigint NOT NULL DEFAULT 0,   -- of its texts, vectors, links, nights and engrams
        fence       bigint NOT NULL DEFAULT 0,   -- grows with every writer; only the last may write
        owner       json,                        -- the writer: process, host, since
        backend     integer,                     -- the server process that serves the writer
        lease_until timestamptz                  -- by the server's clock; NULL: no writer
      );

      CREATE TABLE graffiti.events (
        brain      integer NOT NULL REFERENCES graffiti.brains ON DELETE CASCADE,
        id         bigint NOT NULL,
        text       text NOT NULL,
        speaker    text NOT NULL,
        tags       text[] NOT NULL,
        origin     text NOT NULL,                -- human, rule, model
        kind       text NOT NULL,                -- tell, tag
        time       bigint NOT NULL,
        importance double precision NOT NULL,
        PRIMARY KEY (brain, id)
      );

      CREATE TABLE graffiti.vectors (
        brain integer NOT NULL,
        event bigint NOT NULL,
        key   bytea NOT NULL,
        spray bytea NOT NULL,
        PRIMARY KEY (brain, event),
        FOREIGN KEY (brain, event) REFERENCES graffiti.events ON DELETE CASCADE
      );
      -- Floats of a trained model do not compress.
      ALTER TABLE graffiti.vectors ALTER key SET STORAGE EXTERNAL, ALTER spray SET STORAGE EXTERNAL;

      CREATE TABLE graffiti.recalled (
        brain    integer NOT NULL,
        event    bigint NOT NULL,
        position integer NOT NULL,               -- 0 is the nearest
        recalled bigint NOT NULL,
        cosine   double precision NOT NULL,
        PRIMARY KEY (brain, event, position),
        FOREIGN KEY (brain, event) REFERENCES graffiti.events ON DELETE CASCADE,
        FOREIGN KEY (brain, recalled) REFERENCES graffiti.events ON DELETE CASCADE
      );
      CREATE INDEX recalled_by ON graffiti.recalled (brain, recalled);

      CREATE TABLE graffiti.spray (              -- the fold up to and including event up_to
        brain   integer PRIMARY KEY REFERENCES graffiti.brains ON DELETE CASCADE,
        up_to   bigint NOT NULL,
        sources bytea NOT NULL                   -- pairs of event id and weight, 64-bit floats
      );
    `,
  },
  {
    to: 2,
    compatible: 2, // a program that knows no nights would forget an event and keep what a night made of it
    sql: `
      CREATE TABLE graffiti.nights (
        brain      integer NOT NULL REFERENCES graffiti.brains ON DELETE CASCADE,
        id         bigint NOT NULL,
        time       bigint NOT NULL,
        method     text NOT NULL,                -- head, weights
        model      text NOT NULL,                -- hash of the model it is for
        separable  boolean NOT NULL,             -- false: it goes when one of its events goes
        report     text NOT NULL,                -- JSON
        common     bytea NOT NULL,               -- what all parts need, as the method packs it
        PRIMARY KEY (brain, id)
      );

      CREATE TABLE graffiti.night_parts (
        brain integer NOT NULL,
        night bigint NOT NULL,
        event bigint NOT NULL,
        data  bytea NOT NULL,                    -- as the method packs it
        PRIMARY KEY (brain, night, event),
        FOREIGN KEY (brain, night) REFERENCES graffiti.nights ON DELETE CASCADE,
        FOREIGN KEY (brain, event) REFERENCES graffiti.events ON DELETE CASCADE
      );
      CREATE INDEX night_parts_of ON graffiti.night_parts (brain, event);
      ALTER TABLE graffiti.nights ALTER common SET STORAGE EXTERNAL;
      ALTER TABLE graffiti.night_parts ALTER data SET STORAGE EXTERNAL;
      ALTER TABLE graffiti.brains ADD COLUMN last_night bigint NOT NULL DEFAULT 0; -- id given last
    `,
  },
  {
    to: 3,
    compatible: 2, // what a program that knows no engrams does to a brain leaves them as they are
    sql: `
      CREATE TABLE graffiti.engrams (
        brain integer NOT NULL REFERENCES graffiti.brains ON DELETE CASCADE,
        name  text NOT NULL,
        time  bigint NOT NULL,
        model text NOT NULL,                     -- fingerprint of the model whose weights it is of
        data  bytea NOT NULL,                    -- its file
        PRIMARY KEY (brain, name)
      );
      ALTER TABLE graffiti.engrams ALTER data SET STORAGE EXTERNAL;
    `,
  },
];

/** The format this library writes. */
export const FORMAT = 3;

interface Format {
  version: number;
  compatible: number;
}

/** What format the database's tables have, undefined when there are none. */
async function formatOf(query: Query): Promise<Format | undefined> {
  const [there] = await query(`SELECT 1 WHERE to_regclass('graffiti.format') IS NOT NULL`);
  if (!there) return undefined;
  const [format] = await query<Format>('SELECT version, compatible FROM graffiti.format');
  return format;
}

/** The newest format that `steps` lead to. */
const newest = (steps: readonly Migration[]): number => steps[steps.length - 1]!.to;

export function newerFormat(place: string, version: number): GraffitiError {
  return new GraffitiError(
    'ERR_BRAIN_VERSION',
    `The database of ${place} has format ${version} and this version of neural-graffiti works with up to ${FORMAT}; update neural-graffiti.`,
  );
}

/**
 * Whether the tables are there to be read.
 *
 * @throws {GraffitiError} `ERR_BRAIN_VERSION` when they are too new, or not new enough yet.
 */
export async function checkFormat(
  query: Query,
  place: string,
  steps: readonly Migration[] = migrations,
): Promise<boolean> {
  const format = await formatOf(query);
  if (!format) return false;
  if (format.compatible > newest(steps)) throw newerFormat(place, format.version);
  if (format.version < newest(steps)) {
    throw new GraffitiError(
      'ERR_BRAIN_VERSION',
      `The database of ${place} has format ${format.version} and this version of neural-graffiti reads ${newest(steps)}; open any brain in it once to write, which brings it up to date.`,
    );
  }
  return true;
}

/**
 * Brings the database to the newest format, in one transaction; whoever else wants to waits, and
 * then finds it done. A database that is newer but compatible is left as it is.
 *
 * @throws {GraffitiError} `ERR_BRAIN_VERSION` when the tables are too new.
 */
export async function migrate(
  query: Query,
  place: string,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    const format = await formatOf(query);
    return format !== undefined && format.version >= newest(steps);
  };
  if (!(await isDone())) {
    await inTransaction(query, async () => {
      await query(`SET LOCAL lock_timeout = ${MIGRATION_PATIENCE}`);
      await query('SELECT pg_advisory_xact_lock($1, 0)', LOCK_CLASS);
      if (await isDone()) return;
      await checkEncoding(query, place);
      await query('CREATE SCHEMA IF NOT EXISTS graffiti');
      await query(`CREATE TABLE IF NOT EXISTS graffiti.format (
        version    integer NOT NULL,
        compatible integer NOT NULL -- the oldest program format that may work with these tables
      )`);
      const [format] = await query<Format>('SELECT version, compatible FROM graffiti.format');
      // Changes that have begun end first, and those that wait then see what format there is.
      if (format) await query('LOCK TABLE graffiti.brains IN SHARE ROW EXCLUSIVE MODE');
      for (const { to, sql } of steps) if (to > (format?.version ?? 0)) await query(sql);
      const { to, compatible } = steps[steps.length - 1]!;
      await query('DELETE FROM graffiti.format');
      await query('INSERT INTO graffiti.format VALUES ($1, $2)', to, compatible);
    });
  }
  await checkFormat(query, place, steps);
}

/** Told texts are Unicode. */
async function checkEncoding(query: Query, place: string): Promise<void> {
  const [encoding] = await query<{ server_encoding: string }>('SHOW server_encoding');
  if (encoding!.server_encoding === 'UTF8') return;
  throw new GraffitiError(
    'ERR_BRAIN_FOREIGN',
    `The database of ${place} has the encoding ${encoding!.server_encoding}; make another with createdb --encoding UTF8 --template template0.`,
  );
}
