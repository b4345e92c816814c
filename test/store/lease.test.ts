import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { PostgresStore } from '../../lib/store/postgres/postgres-store.js';
import type { EventFields, Store } from '../../lib/store/index.js';
import { CutProxy } from './cut-proxy.js';
import { useCluster } from './kinds.js';
import { needsPostgres } from './postgres-cluster.js';

const locked = { code: 'ERR_BRAIN_LOCKED' };
const appender = fileURLToPath(new URL('./child-appender.ts', import.meta.url));
const base: EventFields = {
  text: '',
  speaker: 'u',
  tags: [],
  by: 'human',
  kind: 'tell',
  time: 0,
  importance: 1,
};
const vectors = { spray: new Float32Array(4), key: new Float32Array(4) };
const tell = (store: Store, text: string) =>
  store.append({ event: { ...base, text }, vectors, recalled: [] });
const texts = async (store: Store) => (await store.events()).reverse().map(({ text }) => text);

describe('the lease of a brain in PostgreSQL', needsPostgres, () => {
  const cluster = useCluster();

  it('names its owner to others, and no password', async () => {
    const address = cluster().address('mine').replace('?', '?password=hush&');
    const store = await PostgresStore.open(address);
    assert.ok(!store.location.includes('hush'));
    await assert.rejects(PostgresStore.open(address), (error: Error & { code: string }) => {
      assert.equal(error.code, 'ERR_BRAIN_LOCKED');
      assert.match(error.message, new RegExp(`in use by process ${process.pid} since 20`));
      assert.ok(!error.message.includes('hush'));
      return true;
    });
    await tell(store, 'still mine');
    await store.close();
    await (await PostgresStore.open(address)).close();
  });

  it('of different brains belong to different writers', async () => {
    // Both are there before either has a writer again.
    for (const name of ['one', 'other']) {
      await (await PostgresStore.open(cluster().address(name))).close();
    }
    const one = await PostgresStore.open(cluster().address('one'));
    const other = await PostgresStore.open(cluster().address('other'));
    await Promise.all([tell(one, 'a'), tell(other, 'b')]);
    assert.deepEqual([await texts(one), await texts(other)], [['a'], ['b']]);
    await one.close();
    await other.close();
  });

  it('keeps a writer that only idles', async () => {
    const address = cluster().address('idle');
    const store = await PostgresStore.open(address, { lease: 300 });
    await sleep(900);
    await assert.rejects(PostgresStore.open(address), locked);
    await tell(store, 'here');
    await store.close();
  });

  it('does not keep a process from ending that forgot to close, and ends with it', async () => {
    const address = cluster().address('forgotten');
    const store = new URL('../../lib/store/index.ts', import.meta.url).href;
    const script = `import { openBrain } from '${store}'; (await openBrain('${address}')).follow(() => {});`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const { status, stderr } = spawnSync(process.execPath, args, {
      timeout: 30_000,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    await (await PostgresStore.open(address)).close();
  });

  it('passes on when the owner hangs, and what the owner writes after that is refused', async (test) => {
    for (const round of [1, 2, 3]) {
      const address = cluster().address(`hung ${round}`);
      const child = spawn(process.execPath, ['--import', 'tsx', appender, address, '2000'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      test.after(() => child.kill('SIGKILL'));
      const lines = createInterface({ input: child.stdout });
      const acknowledged: string[] = [];
      let failure: string | undefined;
      lines.on('line', (line) => {
        if (line.startsWith('ERR_')) failure = line;
        else acknowledged.push(line);
      });
      while (acknowledged.length < 20) await sleep(5);
      await sleep(Math.random() * 20); // also in the middle of a transaction
      child.kill('SIGSTOP');
      const stopped = Date.now();
      await assert.rejects(PostgresStore.open(address), locked);
      let store: PostgresStore | undefined;
      while (!store) {
        store = await PostgresStore.open(address).catch((error: { code: string }) => {
          assert.equal(error.code, 'ERR_BRAIN_LOCKED');
          return undefined;
        });
        assert.ok(Date.now() - stopped < 10_000);
      }
      const found = await texts(store);
      const closed = once(child, 'close');
      child.kill('SIGCONT');
      await closed;
      assert.match(failure ?? '', /^ERR_BRAIN_LOCKED: .* was taken over by process \d+/);
      // Acknowledged before it was stopped, or on the way to it; and at most one more, that was not.
      assert.deepEqual(found.slice(0, acknowledged.length), acknowledged);
      assert.ok(found.length <= acknowledged.length + 1);
      await tell(store, 'mine now');
      assert.deepEqual(await texts(store), [...found, 'mine now']);
      await store.close();
    }
  });

  it('outlasts the end of its connection and a crash of the server', async () => {
    const address = cluster().address('crash');
    const store = await PostgresStore.open(address);
    const reader = await PostgresStore.open(address, { readOnly: true });
    const told: string[] = [];
    let heard = 0;
    await reader.follow(() => heard++);
    for (let crash = 0; crash < 3; crash++) {
      const crashing = crash === 1 ? cluster().terminateConnections() : cluster().crash();
      for (let i = 0; i < 20; i++) {
        const text = `crash ${crash} text ${i}`;
        await tell(store, text);
        told.push(text);
      }
      await crashing;
      assert.deepEqual(await texts(store), told);
      assert.deepEqual(await texts(reader), told);
      const before: number = heard;
      await tell(store, `after ${crash}`);
      told.push(`after ${crash}`);
      for (let wait = 0; heard === before && wait < 200; wait++) await sleep(10);
      assert.ok(heard > before, 'the reader follows again');
    }
    await assert.rejects(PostgresStore.open(address), locked);
    await store.close();
    await reader.close();
  });

  describe('and a connection that is cut', () => {
    let proxy: CutProxy;
    before(async () => {
      proxy = await CutProxy.start(cluster().socket);
    });
    after(() => proxy.stop());

    it('changes the brain once, wherever it is cut, also when only the answer was lost', async () => {
      let brain = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ after: fc.integer({ min: 1, max: 30 }), swallow: fc.boolean() }), {
            minLength: 1,
            maxLength: 4,
          }),
          async (cuts) => {
            const store = await PostgresStore.open(proxy.address(`cut ${++brain}`));
            const told: string[] = [];
            for (const { after: messages, swallow } of cuts) {
              const earlier = proxy.cuts;
              proxy.cutAfter = messages;
              proxy.swallowAnswer = swallow;
              for (let i = 0; proxy.cuts === earlier || i < 3; i++) {
                const text = `${told.length}`;
                assert.equal(await tell(store, text), told.length + 1);
                told.push(text);
              }
            }
            assert.deepEqual(await texts(store), told);
            const { remembered, events } = await store.summary();
            assert.deepEqual([remembered, events], [told.length, told.length]);
            await store.close();
          },
        ),
        { numRuns: 12, endOnFailure: true },
      );
    });

    it('fails the call when the server stays away, and works again when it is back', async () => {
      const address = proxy.address('away');
      const store = await PostgresStore.open(address);
      await tell(store, 'one');
      await cluster().away();
      await assert.rejects(tell(store, 'two'), {
        code: 'ERR_BRAIN_IO',
        message: /cannot be reached/,
      });
      await assert.rejects(PostgresStore.open(address), { code: 'ERR_BRAIN_IO' });
      await cluster().back();
      await tell(store, 'three');
      assert.deepEqual(await texts(store), ['one', 'three']);
      await store.close();
    });
  });
});
