import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Memory } from '../../lib/memory/index.js';
import { FakeEncoder } from '../memory/fake-encoder.js';
import { PostgresCluster } from './postgres-cluster.js';

export interface KillReport {
  rounds: number;
  /** Memories whose `remember` had resolved before the kill. */
  acknowledged: number;
  /** Of those: missing from the brain, or with another text. */
  lost: number;
  /** Memories whose `forget` had resolved, and that are in the brain again. */
  resurrected: number;
  /** Openings after a kill that failed. */
  failedOpens: number;
  /** Spray states after a kill that differ from the fold from nothing. */
  wrongStates: number;
  /** How long (ms) the next writer took to open the brain after the kill. */
  takeoverMedian: number;
  takeoverMost: number;
}

const child = fileURLToPath(new URL('./child-teller.ts', import.meta.url));

/** How long (ms) the next writer may have to wait: the lease of a shared brain. */
const LEASE = 15_000;

/** Rounds in one brain: its check grows with it. */
const ROUNDS_PER_BRAIN = 25;

/**
 * Kills a process with SIGKILL at a random moment while it tells a brain, again and again.
 *
 * @param fresh gives the location of a brain that does not exist yet
 */
export async function killRounds(fresh: () => string, rounds: number): Promise<KillReport> {
  const expected = new Map<number, string>();
  const forgotten = new Set<number>();
  const takeovers: number[] = [];
  let path = '';
  const report = {
    rounds,
    acknowledged: 0,
    lost: 0,
    resurrected: 0,
    failedOpens: 0,
    wrongStates: 0,
  };
  for (let round = 0; round < rounds; round++) {
    if (round % ROUNDS_PER_BRAIN === 0) {
      expected.clear();
      forgotten.clear();
      path = fresh();
    }
    const teller = spawn(process.execPath, ['--import', 'tsx', child, path, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(teller, 'close');
    const lines = createInterface({ input: teller.stdout });
    // Every fourth round dies while it opens the brain, the others while they tell and forget.
    const whileOpening = round % 4 === 3;
    lines.on('line', (line) => {
      const [word = '', ...rest] = line.split(' ');
      if (word === 'opening' || word === 'open') {
        if (whileOpening !== (word === 'opening')) return;
        const moment = Math.random() * (whileOpening ? 15 : 250);
        void sleep(moment).then(() => teller.kill('SIGKILL'));
      } else if (word === 'forgetting') {
        expected.delete(Number(rest[0])); // from here on either outcome is right
      } else if (word === 'forgot') {
        forgotten.add(Number(rest[0]));
      } else {
        expected.set(Number(word), rest.join(' '));
        report.acknowledged++;
      }
    });
    const [, signal] = (await closed) as [number | null, string | null];
    if (signal !== 'SIGKILL') throw new Error('The process that tells ended by itself.');
    const begun = performance.now();
    const memory = await openNext(path);
    takeovers.push(performance.now() - begun);
    if (memory) await check(memory, expected, forgotten, report);
    else report.failedOpens++;
  }
  takeovers.sort((one, other) => one - other);
  return {
    ...report,
    takeoverMedian: Math.round(takeovers[takeovers.length >> 1] ?? 0),
    takeoverMost: Math.round(takeovers[takeovers.length - 1] ?? 0),
  };
}

/** Opens the brain as the next writer, within the time of a lease; undefined when that failed. */
async function openNext(path: string): Promise<Memory | undefined> {
  const deadline = performance.now() + LEASE;
  for (;;) {
    try {
      return await Memory.open(path, { encoder: new FakeEncoder('one', 64) });
    } catch (error) {
      const locked = (error as { code?: string }).code === 'ERR_BRAIN_LOCKED';
      if (!locked || performance.now() > deadline) return undefined;
    }
  }
}

async function check(
  memory: Memory,
  expected: ReadonlyMap<number, string>,
  forgotten: ReadonlySet<number>,
  report: Omit<KillReport, 'takeoverMedian' | 'takeoverMost'>,
): Promise<void> {
  const { memories } = await memory.export();
  const texts = new Map(memories.map(({ id, text }) => [id, text]));
  for (const [id, text] of expected) if (texts.get(id) !== text) report.lost++;
  for (const id of forgotten) if (texts.has(id)) report.resurrected++;
  const { state } = await memory.spray();
  await memory.close();
  const fresh = await Memory.open(undefined, { encoder: new FakeEncoder('one', 64) });
  for (const { text } of memories) await fresh.remember({ text });
  const refolded = (await fresh.spray()).state;
  await fresh.close();
  if (state.some((value, i) => value !== refolded[i])) report.wrongStates++;
}

/** `kill-rounds.ts [rounds] [postgres]`: prints the report for brain files, or for a private PostgreSQL server. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rounds = '200', kind = 'sqlite'] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-kill-'));
  const cluster = kind === 'postgres' ? await PostgresCluster.start() : undefined;
  let brains = 0;
  const fresh = (): string =>
    cluster?.address(`brain ${++brains}`) ?? join(folder, `brain-${++brains}.graffiti`);
  try {
    const report = await killRounds(fresh, Number(rounds));
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } finally {
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  }
}
