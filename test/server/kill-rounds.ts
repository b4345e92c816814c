import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PostgresCluster } from '../store/postgres-cluster.js';
import { ServedProcess } from './served-process.js';
import { MODEL } from './server.js';

export interface ServerKillReport {
  readonly rounds: number;
  /** Memories whose sender had been told that they are kept before the server was killed. */
  readonly acknowledged: number;
  /** Of those: not in the brain when the next server has it, or with another text. */
  readonly lost: number;
  /** Memories whose sender had been told that they are forgotten, and that are there again. */
  readonly resurrected: number;
  /** Brains that the next server could not open within the lease. */
  readonly failedTakeovers: number;
  /** Answers that a server which lives should not give. */
  readonly wrongAnswers: number;
  /** From the kill to the next server's first acknowledged memory in the brain, ms. */
  readonly takeoverMedian: number;
  readonly takeoverMost: number;
}

/** How long (ms) the next server may have to wait for a brain: the lease of a shared one. */
const LEASE = 15_000;

/** Rounds with the same brains: their checks grow. */
const ROUNDS_PER_BRAIN = 25;

/** What is acknowledged in one round. */
const MOST_TOLD = 30;

const CALLERS = ['ann', 'bob', 'eve'] as const;

/** What the callers of one brain have been told. */
interface Told {
  readonly kept: Map<number, string>;
  readonly forgotten: Set<number>;
}

/**
 * Kills a server that holds brains at a random moment while callers talk to it, tell it things and make it forget, again and
 * again; another one that waits beside it goes on with the brains.
 *
 * @param place of the brains, as `graffiti serve` takes it
 * @param command arguments of node that run `graffiti`; default: from its sources
 */
export async function serverKillRounds(
  place: string,
  rounds: number,
  command?: readonly string[],
): Promise<ServerKillReport> {
  const takeovers: number[] = [];
  const sum = { acknowledged: 0, lost: 0, resurrected: 0, failedTakeovers: 0, wrongAnswers: 0 };
  let told = new Map<string, Told>();
  let serving = await ServedProcess.start(place, command);
  let waiting: ServedProcess | undefined;
  try {
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_BRAIN === 0) {
        const names = CALLERS.map((caller) => `${caller}-${round / ROUNDS_PER_BRAIN}`);
        told = new Map(names.map((name) => [name, { kept: new Map(), forgotten: new Set() }]));
      }
      waiting = await ServedProcess.start(place, command);
      const gone = new AbortController();
      const callers = Promise.all(
        [...told].map(([brain, known]) => call(serving, brain, known, round, gone.signal, sum)),
      );
      // Every fourth server dies while it opens the brains, the others after some more has been told.
      const enough = round % 4 === 3 ? 0 : sum.acknowledged + Math.random() * MOST_TOLD;
      const toldEnough = async () => {
        while (sum.acknowledged < enough) await sleep(5);
        await sleep(Math.random() * 100);
      };
      await Promise.race([callers, toldEnough()]);
      gone.abort();
      await serving.kill();
      const killed = performance.now();
      await callers;
      for (const [brain, known] of told) {
        const took = await takeOver(waiting, brain, known, `round ${round} goes on`, killed);
        if (took === undefined) sum.failedTakeovers++;
        else takeovers.push(took);
        await check(waiting, brain, known, sum);
      }
      serving = waiting;
      waiting = undefined;
    }
  } finally {
    await serving.kill();
    await waiting?.kill();
  }
  takeovers.sort((one, other) => one - other);
  return {
    rounds,
    ...sum,
    takeoverMedian: Math.round(takeovers[takeovers.length >> 1] ?? 0),
    takeoverMost: Math.round(takeovers.at(-1) ?? 0),
  };
}

/** Tells, talks and makes forget in turn until the server is gone. */
async function call(
  server: ServedProcess,
  brain: string,
  { kept, forgotten }: Told,
  round: number,
  gone: AbortSignal,
  sum: { acknowledged: number; wrongAnswers: number },
): Promise<void> {
  const path = `/v1/graffiti/brains/${brain}`;
  const keep = (id: number, text: string) => {
    kept.set(id, text);
    sum.acknowledged++;
  };
  for (let turn = 0; !gone.aborted; turn++) {
    const text = `In round ${round} and turn ${turn} ${brain} saw the sea.`;
    try {
      if (turn % 3 === 1) {
        const { remembered, wrong } = await talk(server, brain, text);
        if (remembered !== null) keep(remembered, text);
        if (wrong) sum.wrongAnswers++;
        continue;
      }
      const answer = await server.send(`${path}/memories`, { text });
      if (answer.status !== 201) sum.wrongAnswers++;
      else keep(((await answer.json()) as { id: number }).id, text);
      const [oldest] = kept.keys();
      if (turn % 6 === 5 && oldest !== undefined) {
        kept.delete(oldest); // from here on either outcome is right
        const done = await server.send(`${path}/forget`, { ids: [oldest] });
        await done.text();
        if (done.status === 200) forgotten.add(oldest);
        else sum.wrongAnswers++;
      }
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  }
}

/** A streamed reply; the memory its prompt became, once the server has said so. */
async function talk(
  server: ServedProcess,
  user: string,
  content: string,
): Promise<{ remembered: number | null; wrong: boolean }> {
  const answer = await server.send('/v1/chat/completions', {
    ...{ model: MODEL, user, stream: true, max_tokens: 8 },
    messages: [{ role: 'user', content }],
  });
  const remembered = /"remembered":(\d+)/.exec(await answer.text())?.[1];
  return {
    remembered: remembered === undefined ? null : Number(remembered),
    wrong: answer.status !== 200,
  };
}

/** ms from the kill until the server has told the brain something; undefined when the lease has run out before. */
async function takeOver(
  server: ServedProcess,
  brain: string,
  { kept }: Told,
  text: string,
  killed: number,
): Promise<number | undefined> {
  for (;;) {
    const answer = await server.send(`/v1/graffiti/brains/${brain}/memories`, { text });
    const body = (await answer.json()) as { id?: number; error?: { code: string } };
    const took = performance.now() - killed;
    if (answer.status === 201 && body.id !== undefined) {
      kept.set(body.id, text);
      return took;
    }
    if (body.error?.code !== 'brain_locked' || took > LEASE) return undefined;
    await sleep(20);
  }
}

async function check(
  server: ServedProcess,
  brain: string,
  { kept, forgotten }: Told,
  sum: { lost: number; resurrected: number },
): Promise<void> {
  const answer = await server.get(`/v1/graffiti/brains/${brain}/export`);
  const { memories } = (await answer.json()) as { memories: { id: number; text: string }[] };
  const texts = new Map(memories.map(({ id, text }) => [id, text]));
  for (const [id, text] of kept) if (texts.get(id) !== text) sum.lost++;
  for (const id of forgotten) if (texts.has(id)) sum.resurrected++;
}

/**
 * `kill-rounds.ts [rounds] [postgres]`: prints the report for a folder of brains, or for a private PostgreSQL server. Runs the
 * command as `npm run build` has made it, which starts in half the time.
 */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rounds = '100', kind = 'sqlite'] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-kill-'));
  const cluster = kind === 'postgres' ? await PostgresCluster.start() : undefined;
  try {
    const command = [fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))];
    const report = await serverKillRounds(cluster?.store() ?? folder, Number(rounds), command);
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } finally {
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  }
}
