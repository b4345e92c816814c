import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { openBrain, SqliteStore, type Store } from '../../lib/store/index.js';
import { describeStores } from './kinds.js';
import { scratch } from './scratch.js';

const locked = { code: 'ERR_BRAIN_LOCKED' };
const opener = fileURLToPath(new URL('./child-opener.ts', import.meta.url));

/** Opens once the server has noticed that the last owner's process has ended, which takes it a moment. */
async function openSoon(path: string): Promise<Store> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openBrain(path);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_BRAIN_LOCKED' || attempt > 200) throw error;
      await sleep(10);
    }
  }
}

interface Opener {
  child: ChildProcess;
  nextLine: () => Promise<string>;
}

async function startOpener(path: string): Promise<Opener> {
  const child = spawn(process.execPath, ['--import', 'tsx', opener, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  assert.equal(await nextLine(), 'ready');
  return { child, nextLine };
}

describeStores('writer lock', ({ name, fresh }) => {
  it('lets exactly one of several processes win, and the next one in after a kill', async (test) => {
    const path = fresh(test);
    let openers = await Promise.all(Array.from({ length: 3 }, () => startOpener(path)));
    for (let round = 0; round < 3; round++) {
      for (const { child } of openers) child.stdin!.write('go\n');
      const answers = await Promise.all(openers.map(({ nextLine }) => nextLine()));
      const winner = openers[answers.indexOf('opened')]!;
      assert.ok(winner, answers.join('; '));
      const losers = answers.filter((answer) => answer !== 'opened');
      assert.equal(losers.length, openers.length - 1);
      for (const answer of losers) {
        assert.match(
          answer,
          /^ERR_BRAIN_LOCKED: .* is in use by (process \d+ since|another process)/,
        );
      }
      await assert.rejects(openBrain(path), {
        ...locked,
        message: new RegExp(`process ${winner.child.pid} since`),
      });
      const next = round < 2 ? await Promise.all([startOpener(path), startOpener(path)]) : [];
      winner.child.kill('SIGKILL');
      await once(winner.child, 'close');
      // A stale file that locks nobody out.
      if (name === 'SQLite') assert.ok(existsSync(`${path}-lock`));
      openers = next;
    }
    await (await openSoon(path)).close();
    if (name === 'SQLite') assert.ok(!existsSync(`${path}-lock`));
  });

  it('passes from one owner to the next without two owners or a dead end', async (test) => {
    const path = fresh(test);
    let owners = 0;
    let turns = 0;
    const contend = async () => {
      while (turns < 60) {
        try {
          const store = await openBrain(path);
          assert.equal(++owners, 1);
          turns++;
          await new Promise((done) => setImmediate(done));
          owners--;
          await store.close();
        } catch (error) {
          assert.equal((error as { code: string }).code, 'ERR_BRAIN_LOCKED');
        }
        await new Promise((done) => setImmediate(done));
      }
    };
    await Promise.all([contend(), contend(), contend()]);
    assert.ok(turns >= 60);
  });
});

describe('writer lock of a file', () => {
  it('refuses a second writer in the same process, by any name of the file', async (test) => {
    const folder = scratch(test);
    const path = join(folder, 'brain.graffiti');
    symlinkSync(path, join(folder, 'link.graffiti')); // made before the brain it leads to
    symlinkSync(folder, join(folder, 'here'));
    const store = await SqliteStore.open(join(folder, 'link.graffiti'));
    for (const name of [
      path,
      join(folder, 'link.graffiti'),
      join(folder, 'here', 'brain.graffiti'),
    ]) {
      await assert.rejects(SqliteStore.open(name), locked);
    }
    // The refused attempts must not have taken the lock from its owner.
    await assert.rejects(SqliteStore.open(path), {
      ...locked,
      message: new RegExp(`process ${process.pid} since 20.*readOnly: true`),
    });
    await store.close();
    await (await SqliteStore.open(path)).close();
    assert.deepEqual(readdirSync(folder).sort(), ['brain.graffiti', 'here', 'link.graffiti']);
  });

  it('refuses a brain with two names, of which the lock could protect one', async (test) => {
    const folder = scratch(test);
    const path = join(folder, 'brain.graffiti');
    await (await SqliteStore.open(path)).close();
    linkSync(path, join(folder, 'other.graffiti'));
    await assert.rejects(SqliteStore.open(path), { code: 'ERR_BRAIN_LINKED' });
    await (await SqliteStore.open(path, { readOnly: true })).close();
  });

  it('refuses a writer in a worker thread, and is free when the thread is gone', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const source = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('tsx/esm/api').then(({ tsImport }) => tsImport(workerData.module, workerData.parent))
        .then(({ SqliteStore }) => SqliteStore.open(workerData.path))
        .then((store) => { globalThis.store = store; return 'opened'; }, (error) => error.code)
        .then((result) => { parentPort.postMessage(result); setInterval(() => {}, 1000); });`;
    const workerData = {
      path,
      module: new URL('../../lib/store/index.ts', import.meta.url).href,
      parent: import.meta.url,
    };
    const openInWorker = async () => {
      const worker = new Worker(source, { eval: true, workerData, execArgv: [] });
      const [result] = (await once(worker, 'message')) as [string];
      return { worker, result };
    };
    const store = await SqliteStore.open(path);
    const refused = await openInWorker();
    await refused.worker.terminate();
    assert.equal(refused.result, 'ERR_BRAIN_LOCKED');
    await assert.rejects(SqliteStore.open(path), locked); // still ours
    await store.close();

    const owner = await openInWorker();
    assert.equal(owner.result, 'opened');
    await assert.rejects(SqliteStore.open(path), locked);
    await owner.worker.terminate(); // without closing
    await (await SqliteStore.open(path)).close();
  });

  it('says what is wrong when its file is something else', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    writeFileSync(`${path}-lock`, 'not a lock '.repeat(100));
    await assert.rejects(SqliteStore.open(path), { code: 'ERR_BRAIN_FOREIGN', message: /-lock/ });
  });
});
