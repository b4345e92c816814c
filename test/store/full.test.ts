import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it, type TestContext } from 'node:test';
import { Memory } from '../../lib/memory/index.js';
import { FakeEncoder } from '../memory/fake-encoder.js';
import { describeStores } from './kinds.js';

/** Tells until the brain is full; what it then holds is exactly what was acknowledged. */
async function fillUp(
  path: string,
  { maxBytes, makeRoom }: { maxBytes?: number; makeRoom?: () => void } = {},
): Promise<void> {
  const encoder = new FakeEncoder('one', 256);
  const memory = await Memory.open(path, { encoder, maxBytes });
  const acknowledged: string[] = [];
  const state = async (): Promise<number[]> => [...(await memory.spray()).state];
  const full = { code: 'ERR_BRAIN_FULL', message: /no room left; nothing was changed/ };
  for (let i = 0; ; i++) {
    const before = await state();
    const text = `memory ${i} ${'z'.repeat(i % 7 === 0 ? 9000 : 10)}`;
    try {
      await memory.remember({ text });
      acknowledged.push(text);
    } catch (error) {
      assert.match((error as Error).message, full.message);
      assert.equal((error as { code: string }).code, full.code);
      assert.deepEqual(await state(), before);
      break;
    }
    assert.ok(i < 10_000);
  }
  assert.ok(acknowledged.length > 10);
  await assert.rejects(memory.remember({ text: 'z'.repeat(20_000) }), full);
  assert.deepEqual(
    (await memory.export()).memories.map(({ text }) => text),
    acknowledged,
  );
  await memory.close();

  makeRoom?.();
  await using again = await Memory.open(path, { encoder: new FakeEncoder('one', 256) });
  assert.deepEqual(
    (await again.export()).memories.map(({ text }) => text),
    acknowledged,
  );
  await using fresh = await Memory.open(undefined, { encoder: new FakeEncoder('one', 256) });
  for (const text of acknowledged) await fresh.remember({ text });
  assert.deepEqual((await again.spray()).state, (await fresh.spray()).state);
}

describeStores('a full brain', ({ fresh }) => {
  it('refuses more, keeps what it has, and works again with a larger limit', async (test) => {
    const path = fresh(test);
    await fillUp(path, { maxBytes: 256 * 1024 });
    await using memory = await Memory.open(path, { encoder: new FakeEncoder('one', 256) });
    await memory.remember({ text: 'there is room again' });
  });
});

describe('a full disk', () => {
  it('is like the limit of a brain in RAM', async () => {
    const encoder = new FakeEncoder('one', 256);
    await using memory = await Memory.open(undefined, { encoder, maxBytes: 65536 + 65536 });
    const long = { text: 'z'.repeat(200_000) };
    await assert.rejects(memory.remember(long), { code: 'ERR_BRAIN_FULL' });
    await memory.remember({ text: 'short' });
    assert.equal((await memory.list()).length, 1);
  });

  const mounted: string[] = [];
  afterEach(() => {
    for (const disk of mounted.splice(0)) spawnSync('umount', ['-l', disk]);
  });

  const smallDisk = (test: TestContext, size: string): string | undefined => {
    const disk = mkdtempSync(join(tmpdir(), 'graffiti-disk-'));
    test.after(() => rmSync(disk, { recursive: true, force: true }));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]).status !== 0) {
      test.skip('cannot mount a small disk here');
      return undefined;
    }
    mounted.push(disk);
    return disk;
  };

  it('refuses more and keeps what there is', async (test) => {
    const disk = smallDisk(test, '1m');
    if (!disk) return;
    // Room that is given back at the end, so that the brain can be opened and looked at.
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(200 * 1024));
    const path = join(disk, 'brain.graffiti');
    await fillUp(path, { makeRoom: () => rmSync(ballast) });
  });

  it('has no room to begin a brain', async (test) => {
    const disk = smallDisk(test, '64k');
    if (!disk) return;
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(40 * 1024));
    await assert.rejects(Memory.open(join(disk, 'brain.graffiti')), { code: 'ERR_BRAIN_FULL' });
    const { stdout } = spawnSync('ls', [disk], { encoding: 'utf8' });
    assert.equal(stdout, 'ballast\n');
  });
});
