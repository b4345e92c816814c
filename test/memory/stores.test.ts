import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Memory } from '../../lib/memory/index.js';
import { describeStores } from '../store/kinds.js';
import { FakeEncoder } from './fake-encoder.js';

const encoder = () => new FakeEncoder('one', 32);

/** What a memory says about itself that does not depend on ids, times and places. */
async function observed(memory: Memory) {
  const { state } = await memory.spray();
  const { memories } = await memory.export();
  const recalled = await memory.recall('the sea and the dog', { limit: 4 });
  return {
    state: [...state],
    texts: memories.map(({ text }) => text),
    recalled: recalled.map(({ text, score }) => [text, score]),
  };
}

describeStores('a memory', ({ fresh }) => {
  it('is the same wherever it is kept, also for a reader and after it was opened again', async (test) => {
    const words = fc.constantFrom('dog', 'sea', 'my', 'likes', 'the', 'blue', 'house');
    const step = fc.record({
      text: fc.array(words, { minLength: 1, maxLength: 6 }).map((said) => said.join(' ')),
      forget: fc.option(fc.nat(), { freq: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const location = fresh(test);
        await using plain = await Memory.open(undefined, { encoder: encoder() });
        const kept = await Memory.open(location, { encoder: encoder() });
        const ids: number[] = [];
        for (const { text, forget } of steps) {
          const { id } = await plain.remember({ text });
          assert.equal((await kept.remember({ text })).id, id);
          ids.push(id);
          if (forget === null) continue;
          const [gone] = ids.splice(forget % ids.length, 1);
          for (const memory of [plain, kept]) await memory.forget(gone!);
        }
        const expected = await observed(plain);
        assert.deepEqual(await observed(kept), expected);
        const options = { encoder: encoder(), readOnly: true };
        const reader = await Memory.open(location, options);
        assert.deepEqual(await observed(reader), expected);
        await kept.close();
        await reader.close();
        await using again = await Memory.open(location, { encoder: encoder() });
        assert.deepEqual(await observed(again), expected);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('tells its readers that its writer has changed it', async (test) => {
    const location = fresh(test);
    await using writer = await Memory.open(location, { encoder: encoder() });
    const { id } = await writer.remember({ text: 'my dog likes the sea' });
    await using reader = await Memory.open(location, { encoder: encoder(), readOnly: true });
    let heard = 0;
    reader.on('changed', () => heard++);
    const changes = [() => writer.remember({ text: 'the house is blue' }), () => writer.forget(id)];
    for (const change of changes) {
      const [before, revision]: [number, number] = [heard, reader.revision];
      await change();
      for (let wait = 0; heard === before && wait < 300; wait++) await sleep(10);
      assert.ok(heard > before);
      assert.ok(reader.revision > revision);
      assert.deepEqual((await reader.spray()).state, (await writer.spray()).state);
    }
    assert.deepEqual(
      (await reader.list()).map(({ text }) => text),
      ['the house is blue'],
    );
  });
});
