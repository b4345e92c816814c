import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { spawnSync } from 'node:child_process';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { Memory } from '../../lib/memory/index.js';
import { FakeEncoder } from '../memory/fake-encoder.js';
import { scratch } from './scratch.js';

/**
 * Names of the files in `folder` that hold `text`, looked up in another process: to open and close a
 * brain's file here would drop SQLite's locks on it.
 */
function filesWith(folder: string, text: string): string[] {
  const look = `const { readdirSync, readFileSync } = require('fs'); const [folder, text] = process.argv.slice(1);
    console.log(JSON.stringify(readdirSync(folder).filter((name) => readFileSync(folder + '/' + name).includes(text))))`;
  const { stdout } = spawnSync(process.execPath, ['-e', look, folder, text], { encoding: 'utf8' });
  return JSON.parse(stdout) as string[];
}

const encoder = () => new FakeEncoder('one', 64);

describe('what is forgotten', () => {
  it('is gone from every file as soon as that is acknowledged', async (test) => {
    const folder = scratch(test);
    await using memory = await Memory.open(join(folder, 'brain.graffiti'), { encoder: encoder() });
    const secret = 'the vault opens with 7319-ZEBRA';
    const { id } = await memory.remember({
      text: secret,
      speaker: 'QQSPEAKERQQ',
      tags: ['qqtagqq'],
    });
    for (let i = 0; i < 30; i++) await memory.remember({ text: `the vault and other things ${i}` });
    assert.notDeepEqual(filesWith(folder, '7319-ZEBRA'), []);
    assert.deepEqual(await memory.forget(id), { ids: [id], erased: true });
    for (const trace of [secret, '7319-ZEBRA', 'QQSPEAKERQQ', 'qqtagqq']) {
      assert.deepEqual(filesWith(folder, trace), []);
    }
    assert.deepEqual(filesWith(folder, 'other things 29'), ['brain.graffiti']);
  });

  it('is gone when it is larger than a page', async (test) => {
    const folder = scratch(test);
    await using memory = await Memory.open(join(folder, 'brain.graffiti'), { encoder: encoder() });
    const marks = Array.from({ length: 200 }, (_, i) => `MARK${i}OF${i * 7919}`);
    const { id } = await memory.remember({ text: marks.join(` ${'x'.repeat(100)} `) });
    await memory.remember({ text: 'short' });
    await memory.forget(id);
    const bytes = readdirSync(folder).filter((name) => filesWith(folder, 'MARK1').includes(name));
    assert.deepEqual(bytes, []);
    assert.deepEqual(filesWith(folder, 'xxxxxxxxxx'), []);
  });

  it('leaves no copy behind, whatever moved between pages before', (test) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ length: fc.integer({ min: 1, max: 900 }), forget: fc.nat() }), {
          minLength: 40,
          maxLength: 120,
        }),
        async (steps) => {
          const folder = scratch(test);
          const path = join(folder, 'brain.graffiti');
          const memory = await Memory.open(path, { encoder: encoder(), recallLimit: 0 });
          const kept: { id: number; mark: string }[] = [];
          const gone: string[] = [];
          for (const [turn, { length, forget }] of steps.entries()) {
            const mark = `<mark ${turn}>`;
            const { id } = await memory.remember({ text: `${mark} ${'y'.repeat(length)}` });
            kept.push({ id, mark });
            if (forget % 3 === 0) {
              const [out] = kept.splice(forget % kept.length, 1);
              assert.ok((await memory.forget(out!.id)).erased);
              gone.push(out!.mark);
            }
          }
          await memory.close();
          const bytes = readFileSync(path);
          assert.deepEqual(
            gone.filter((mark) => bytes.includes(mark)),
            [],
          );
          assert.deepEqual(
            kept.filter(({ mark }) => !bytes.includes(mark)),
            [],
          );
          assert.deepEqual(readdirSync(folder), ['brain.graffiti']);
        },
      ),
      { numRuns: 15, endOnFailure: true },
    ));

  it('waits for a reader that still needs an older state, and then goes', async (test) => {
    const folder = scratch(test);
    const path = join(folder, 'brain.graffiti');
    await using memory = await Memory.open(path, { encoder: encoder() });
    const { id } = await memory.remember({ text: 'SECRET' });
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec('BEGIN; SELECT * FROM events');
    assert.deepEqual(await memory.forget(id), { ids: [id], erased: false });
    reader.exec('COMMIT');
    await memory.remember({ text: 'something else' });
    assert.deepEqual(filesWith(folder, 'SECRET'), []);
    reader.close();
  });

  it('is gone from the copies that migrations keep, and from no other file', async (test) => {
    const folder = scratch(test);
    await using memory = await Memory.open(join(folder, 'brain.graffiti'), { encoder: encoder() });
    const { id } = await memory.remember({ text: 'secret' });
    for (const name of ['brain.graffiti-v0', 'brain.graffiti-vacation', 'other.graffiti-v0']) {
      writeFileSync(join(folder, name), 'secret');
    }
    await memory.forget(id);
    assert.deepEqual(filesWith(folder, 'secret'), ['brain.graffiti-vacation', 'other.graffiti-v0']);
  });
});
