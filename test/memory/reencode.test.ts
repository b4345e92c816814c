import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Memory } from '../../lib/memory/index.js';
import { scratch } from '../store/scratch.js';
import { FakeEncoder } from './fake-encoder.js';

const texts = Array.from({ length: 25 }, (_, i) => `dog ${i % 5} and tea ${i % 3}`);
const first = () => new FakeEncoder('one', 16);
const second = () => new FakeEncoder('two', 40);

async function makeBrain(path: string): Promise<void> {
  await using memory = await Memory.open(path, { encoder: first() });
  for (const text of texts) await memory.remember({ text });
}

describe('a brain of another model', () => {
  it('is refused with the names of both', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    for (const readOnly of [false, true]) {
      await assert.rejects(Memory.open(path, { encoder: second(), readOnly }), {
        code: 'ERR_BRAIN_MODEL_MISMATCH',
        message: /fake-one.*fake-two.*Memory\.reencode/,
      });
    }
    await (await Memory.open(path, { encoder: first() })).close(); // the lock was given back
  });

  it('is the same model by another name', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    const renamed = first();
    Object.assign(renamed.fingerprint, { name: 'renamed.gguf' });
    await (await Memory.open(path, { encoder: renamed })).close();
    const otherWriter = first();
    Object.assign(otherWriter.fingerprint, { writer: 'fake/2' });
    await assert.rejects(Memory.open(path, { encoder: otherWriter }), {
      code: 'ERR_BRAIN_MODEL_MISMATCH',
    });
  });

  it('is taken over while it is empty', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await (await Memory.open(path, { encoder: first() })).close();
    await using memory = await Memory.open(path, { encoder: second() });
    await memory.remember({ text: 'x' });
    assert.equal((await memory.stats()).model?.name, 'fake-two');
  });

  it('becomes as if it had been told to the new one', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    const progress: number[] = [];
    await Memory.reencode(path, second(), {
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    assert.deepEqual([progress.length, progress.at(-1)], [texts.length, 1]);
    await using memory = await Memory.open(path, { encoder: second() });
    await using fresh = await Memory.open(undefined, { encoder: second() });
    for (const text of texts) await fresh.remember({ text });
    assert.deepEqual(await memory.spray(), await fresh.spray());
    const one = await memory.remember({ text: 'dog 3 again' });
    const other = await fresh.remember({ text: 'dog 3 again' });
    assert.equal(one.id, other.id);
    assert.deepEqual(await memory.spray(), await fresh.spray());
  });

  it('stays as it was when re-encoding is aborted or fails', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    await using memory = await Memory.open(path, { encoder: first() });
    const before = await memory.spray();
    const stop = new AbortController();
    const aborted = memory.reencode(second(), {
      signal: stop.signal,
      onProgress: ({ done }) => done === 10 && stop.abort(),
    });
    await assert.rejects(aborted, { code: 'ERR_ABORTED' });
    const failing = second();
    failing.encode = () => Promise.reject(new Error('device lost'));
    await assert.rejects(memory.reencode(failing), /device lost/);
    assert.deepEqual(await memory.spray(), before);
    assert.equal((await memory.stats()).model?.name, 'fake-one');
    await memory.remember({ text: 'goes on' });
  });
});
