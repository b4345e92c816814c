import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { GraffitiError } from '../../errors.js';
import type { Query } from './connection.js';
import { FORMAT, LOCK_CLASS, newerFormat } from './schema.js';

interface Owner {
  pid: number;
  host: string;
  since: number;
}

/** How long (ms) to wait for a server process that was told to end, and how often to look. */
const TAKEOVER_PATIENCE = 5000;
const PAUSE = 20;

/** How long (ms) to wait for the server to notice that the owner's process has just ended. */
const GRACE = 200;

/** The lock of a brain, as `pg_locks` shows it. */
const LOCK_HOLDER = `
  SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND classid = ${LOCK_CLASS} AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/**
 * The right to write to one brain.
 *
 * Three things make it, each for a fault of its own:
 * - An advisory lock of the connection. The server takes it back when the connection ends, so after
 *   a crash the brain is free at once.
 * - A lease, renewed while the process works. When it runs out, the owner hangs or cannot be
 *   reached: another may end the owner's connection and take over.
 * - A fence, which grows with every owner and is checked by every change. An owner that comes to
 *   after it was replaced can change nothing.
 */
export class WriterLease {
  private constructor(
    private readonly brain: number,
    private readonly place: string,
    private readonly fence: number,
    private readonly duration: number,
    private backend: number,
  ) {}

  /**
   * @param duration of the lease, ms
   * @throws {GraffitiError} `ERR_BRAIN_LOCKED`, with the owner, when someone else holds it.
   */
  static async acquire(
    query: Query,
    brain: number,
    place: string,
    duration: number,
  ): Promise<WriterLease> {
    const owner: Owner = { pid: process.pid, host: hostname(), since: Date.now() };
    const claim = async (row: string) => {
      const [claimed] = await query<{ fence: number; backend: number; before: number | null }>(
        `UPDATE graffiti.brains AS brain
         SET fence = brain.fence + 1, owner = $2, backend = pg_backend_pid(),
           lease_until = clock_timestamp() + $3 * interval '1 ms'
         FROM (SELECT id, backend FROM graffiti.brains WHERE id = $1 ${row}) AS earlier
         WHERE brain.id = earlier.id
         RETURNING brain.fence, brain.backend, earlier.backend AS before`,
        ...[brain, JSON.stringify(owner), duration],
      );
      return claimed;
    };
    const deadline = Date.now() + GRACE;
    for (;;) {
      const isFree = await tryLock(query, brain);
      const claimed = isFree
        ? await claim('FOR UPDATE')
        : // A hanging owner may hold the row, too: until the server ends its transaction.
          await claim('AND lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED');
      if (claimed) {
        const lease = new WriterLease(brain, place, claimed.fence, duration, claimed.backend);
        if (!isFree) await lease.takeLock(query, claimed.before);
        return lease;
      }
      if (Date.now() > deadline) throw await lockedError(query, brain, place);
      await sleep(PAUSE);
    }
  }

  /** Takes the lock again, on a new connection. @throws {GraffitiError} when someone else was faster. */
  async reclaim(query: Query): Promise<void> {
    await this.checkFence(query);
    // The last connection may not know yet that it is lost, and may hold the brain's row.
    await this.takeLock(query, this.backend);
    const [brain] = await query<{ backend: number }>(
      `UPDATE graffiti.brains
       SET backend = pg_backend_pid(), lease_until = clock_timestamp() + $3 * interval '1 ms'
       WHERE id = $1 AND fence = $2 RETURNING backend`,
      ...[this.brain, this.fence, this.duration],
    );
    if (!brain) throw await takenOver(query, this.brain, this.place);
    this.backend = brain.backend;
  }

  private async checkFence(query: Query): Promise<void> {
    const [brain] = await query(
      'SELECT id FROM graffiti.brains WHERE id = $1 AND fence = $2',
      ...[this.brain, this.fence],
    );
    if (!brain) throw await takenOver(query, this.brain, this.place);
  }

  async renew(query: Query): Promise<void> {
    const [brain] = await query(
      `UPDATE graffiti.brains SET lease_until = clock_timestamp() + $3 * interval '1 ms'
       WHERE id = $1 AND fence = $2 RETURNING id`,
      ...[this.brain, this.fence, this.duration],
    );
    if (!brain) throw await takenOver(query, this.brain, this.place);
  }

  /**
   * Begins a change: to be called in its transaction, first. The brain then has revision `from` + 1.
   *
   * @returns false when that change has happened already, and only its acknowledgement was lost.
   * @throws {GraffitiError} `ERR_BRAIN_LOCKED` when someone else has taken over,
   *   `ERR_BRAIN_VERSION` when the tables have become too new.
   */
  async begin(query: Query, from: number): Promise<boolean> {
    const [brain] = await query(
      `UPDATE graffiti.brains SET revision = revision + 1,
         lease_until = clock_timestamp() + $4 * interval '1 ms'
       WHERE id = $1 AND fence = $2 AND revision = $3
         AND (SELECT compatible FROM graffiti.format) <= ${FORMAT}
       RETURNING id, pg_notify('${channelOf(this.brain)}', '')`,
      ...[this.brain, this.fence, from, this.duration],
    );
    if (brain) return true;
    const [now] = await query<{ fence: number; revision: number }>(
      'SELECT fence, revision FROM graffiti.brains WHERE id = $1',
      this.brain,
    );
    if (now?.fence !== this.fence) throw await takenOver(query, this.brain, this.place);
    if (now.revision === from + 1) return false;
    const [format] = await query<{ version: number }>('SELECT version FROM graffiti.format');
    throw newerFormat(this.place, format!.version);
  }

  /** Gives the brain back. Harmless when it is no longer ours. */
  async release(query: Query): Promise<void> {
    await query(
      `UPDATE graffiti.brains SET owner = NULL, backend = NULL, lease_until = NULL
       WHERE id = $1 AND fence = $2`,
      ...[this.brain, this.fence],
    );
    await query('SELECT pg_advisory_unlock_all()');
  }

  /** Takes the lock from the server process that held it for the owner before, or for us before. */
  private async takeLock(query: Query, before: number | null): Promise<void> {
    const deadline = Date.now() + TAKEOVER_PATIENCE;
    while (!(await tryLock(query, this.brain))) {
      if (Date.now() > deadline) throw await lockedError(query, this.brain, this.place);
      await this.checkFence(query);
      // Only that very process: meanwhile another may have got the lock by right.
      await query(
        `SELECT pg_terminate_backend(pid) FROM (${LOCK_HOLDER} AND objid = $1 AND pid = $2) AS holder`,
        ...[this.brain, before],
      );
      await sleep(PAUSE);
    }
  }
}

async function tryLock(query: Query, brain: number): Promise<boolean> {
  const sql = `SELECT pg_try_advisory_lock(${LOCK_CLASS}, $1) AS taken`;
  const [lock] = await query<{ taken: boolean }>(sql, brain);
  return lock!.taken;
}

/** Where changes of a brain are announced. */
export function channelOf(brain: number): string {
  return `graffiti_${brain}`;
}

async function ownerOf(query: Query, brain: number): Promise<string> {
  const [row] = await query<{ owner: Owner | null }>(
    'SELECT owner FROM graffiti.brains WHERE id = $1',
    brain,
  );
  const owner = row?.owner;
  if (!owner) return 'another process';
  const host = owner.host === hostname() ? '' : ` on ${owner.host}`;
  return `process ${owner.pid}${host} since ${new Date(owner.since).toISOString()}`;
}

async function lockedError(query: Query, brain: number, place: string): Promise<GraffitiError> {
  return new GraffitiError(
    'ERR_BRAIN_LOCKED',
    `The brain ${place} is in use by ${await ownerOf(query, brain)}; close it there, or open the brain with readOnly: true.`,
  );
}

async function takenOver(query: Query, brain: number, place: string): Promise<GraffitiError> {
  return new GraffitiError(
    'ERR_BRAIN_LOCKED',
    `The brain ${place} was taken over by ${await ownerOf(query, brain)}, because this process did not answer in time; open it again.`,
  );
}
