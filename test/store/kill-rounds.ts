import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Memory } from '../../lib/memory/index.js';
import { FakeEncoder } from '../memory/fake-encoder.js';

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
}

const child = fileURLToPath(new URL('./child-teller.ts', import.meta.url));

/** Rounds in one brain: its check grows with it. */
const ROUNDS_PER_BRAIN = 25;

/** Kills a process with SIGKILL at a random moment while it tells a brain in `folder`, again and again. */
export async function killRounds(folder: string, rounds: number): Promise<KillReport> {
  const expected = new Map<number, string>();
  const forgotten = new Set<number>();
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
    }
    const path = join(folder, `brain-${Math.floor(round / ROUNDS_PER_BRAIN)}.graffiti`);
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
    await closed;
    await check(path, expected, forgotten, report);
  }
  return report;
}

async function check(
  path: string,
  expected: ReadonlyMap<number, string>,
  forgotten: ReadonlySet<number>,
  report: KillReport,
): Promise<void> {
  let memory: Memory;
  try {
    memory = await Memory.open(path, { encoder: new FakeEncoder('one', 64) });
  } catch {
    report.failedOpens++;
    return;
  }
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-kill-'));
  const report = await killRounds(folder, Number(process.argv[2] ?? 200));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  rmSync(folder, { recursive: true });
}
