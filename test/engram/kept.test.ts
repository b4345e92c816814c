import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Engram, Memory } from '../../lib/index.js';
import { FakeEncoder } from '../memory/fake-encoder.js';
import { code } from '../fixtures/errors.js';
import { load, needs, stories } from '../fixtures/models.js';
import { scratch } from '../store/scratch.js';

/** Of the model with this fingerprint: changes a little of the first layer. */
const engramOf = (fingerprint: string, size = 0.5): Engram =>
  new Engram(
    {
      ...{ method: 'filtered', scaling: 'plain', weights: '', rank: 1, strength: 1 },
      ...{ fingerprint, architecture: 'llama', target: [{ prompt: 'a', answer: 'b' }] },
      reference: [],
    },
    [
      {
        ...{ name: 'blk.0.ffn_down.weight', inputs: 172, outputs: 64, experts: 0, rank: 1 },
        a: new Float32Array(172).fill(size),
        b: new Float32Array(64).fill(size),
      },
    ],
  );

test('a brain keeps engrams by name, and tells what is wrong with a name', async (context) => {
  const path = join(scratch(context), 'brain.graffiti');
  const memory = await Memory.open(path, { encoder: new FakeEncoder('one', 64) });
  const kept = await memory.engrams.save('vasquez', engramOf('ab'));
  assert.deepEqual(await memory.engrams.list(), [kept]);
  assert.deepEqual([kept.name, kept.model], ['vasquez', 'ab']);
  const back = Engram.fromBytes(await memory.engrams.read('vasquez'));
  assert.deepEqual(back.origin, engramOf('ab').origin);
  await memory.engrams.save('vasquez', engramOf('cd'));
  assert.deepEqual(
    (await memory.engrams.list()).map(({ model }) => model),
    ['cd'],
  );
  for (const bad of ['', ' a', 'a\nb', 'a\0', '\ud800', 'x'.repeat(201)]) {
    await assert.rejects(memory.engrams.save(bad, engramOf('ab')), RangeError);
  }
  await assert.rejects(memory.engrams.save(7 as never, engramOf('ab')), TypeError);
  await assert.rejects(memory.engrams.save('x', {} as never), TypeError);
  await assert.rejects(memory.engrams.read('x'), code('ERR_ENGRAM_NOT_FOUND'));
  await assert.rejects(memory.engrams.delete('x'), code('ERR_ENGRAM_NOT_FOUND'));
  const reader = await Memory.open(path, { readOnly: true });
  assert.equal((await reader.engrams.list()).length, 1);
  await assert.rejects(reader.engrams.save('other', engramOf('ab')), code('ERR_BRAIN_READ_ONLY'));
  await assert.rejects(reader.engrams.delete('vasquez'), code('ERR_BRAIN_READ_ONLY'));
  await reader.close();
  assert.deepEqual(await memory.engrams.delete('vasquez'), { erased: true });
  assert.deepEqual(await memory.engrams.list(), []);
  await memory.close();
  await assert.rejects(memory.engrams.list(), code('ERR_DISPOSED'));
  await assert.rejects(memory.engrams.save('x', engramOf('ab')), code('ERR_DISPOSED'));
});

test('a session runs under an engram of its brain by its name', needs(stories), async (context) => {
  const model = await load(context, stories);
  await using session = await model.createSession({ graffiti: { remember: false } });
  const { engrams } = session.memory;
  const mine = engramOf(model.info.fingerprint);
  await engrams.save('mine', mine);
  await engrams.save("another's", engramOf('00'));
  const score = async () => Array.from((await session.score('there was a girl', 'Once')).base);
  const plain = await score();
  await session.engrams.set([{ engram: mine, weight: -1 }]);
  const erased = await score();
  await session.engrams.set([]);
  assert.deepEqual(await score(), plain);
  await session.engrams.set([{ engram: 'mine', weight: -1 }]);
  assert.deepEqual(await score(), erased);
  assert.notDeepEqual(erased, plain);
  const wrong = (engram: unknown, weight = -1) =>
    session.engrams.set([{ engram, weight } as never]);
  await assert.rejects(wrong("another's"), code('ERR_ENGRAM_MODEL_MISMATCH'));
  await assert.rejects(wrong('nobody'), code('ERR_ENGRAM_NOT_FOUND'));
  await assert.rejects(wrong(5), TypeError);
  await assert.rejects(wrong('mine', 101), RangeError);
  assert.deepEqual(await score(), erased, 'what was on stays on');
  await engrams.delete('mine');
  assert.deepEqual(await score(), erased, 'deleting takes nothing off a session');
  assert.equal((await model.engrams.loadFrom({ read: async () => mine.toBytes() }, 'x')).rank, 1);
});
