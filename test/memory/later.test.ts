import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Memory, type MemoryEncoder } from '../../lib/memory/index.js';
import { describeStores } from '../store/kinds.js';
import { FakeEncoder } from './fake-encoder.js';

const encoder = () => new FakeEncoder('one', 32);

/** Everything about a memory that does not depend on ids, times and places. */
async function observed(memory: Memory) {
  const ids = (await memory.list({ limit: 1000 })).map(({ id }) => id).reverse();
  const { state, sources } = await memory.spray({ limit: 1000 });
  const recalled = await memory.recall('the sea and the dog', { limit: 4 });
  return {
    state: [...state],
    weights: sources.map(({ id, weight }) => [ids.indexOf(id), weight]),
    texts: (await memory.export()).memories.map(({ text }) => text),
    recalled: recalled.map(({ text, score, cosine }) => [text, score, cosine]),
    norm: (await memory.stats()).sprayNorm,
  };
}

/** Encodes until it is broken. */
class Breakable implements MemoryEncoder {
  broken = false;
  private readonly inner = encoder();
  readonly fingerprint = this.inner.fingerprint;
  async encode(text: string) {
    if (this.broken || text.includes('poison')) throw new Error('no vectors today');
    return this.inner.encode(text);
  }
}

describeStores('a memory told now and encoded later', ({ fresh }) => {
  it('is, bit for bit, one that was told the same at once, whenever it settles, forgets or is opened again', async (test) => {
    const words = fc.constantFrom('dog', 'sea', 'my', 'likes', 'the', 'blue', 'house');
    const step = fc.record({
      text: fc.array(words, { minLength: 1, maxLength: 6 }).map((said) => said.join(' ')),
      later: fc.boolean(),
      then: fc.constantFrom('settle', 'reopen', 'forget', 'nothing', 'nothing'),
      which: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const location = fresh(test);
        const breakable = new Breakable();
        await using plain = await Memory.open(undefined, { encoder: encoder() });
        let memory = await Memory.open(location, { encoder: breakable });
        const ids: number[] = [];
        for (const { text, later, then, which } of steps) {
          await plain.remember({ text });
          ids.push((await memory.remember({ text }, { later })).id);
          if (then === 'settle') await memory.settle();
          if (then === 'forget') {
            const [gone] = ids.splice(which % ids.length, 1);
            await memory.forget(gone!);
            await plain.forget(gone!);
          }
          if (then === 'reopen') {
            breakable.broken = true; // what waits is still waiting when the brain is opened again
            await memory.close();
            breakable.broken = false;
            memory = await Memory.open(location, { encoder: breakable });
          }
        }
        assert.deepEqual(await observed(memory), await observed(plain));
        await memory.close();
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('answers from the words at once, and leans when it has settled', async (test) => {
    await using memory = await Memory.open(fresh(test), { encoder: encoder() });
    const told: number[] = [];
    memory.on('remembered', ({ id }) => told.push(id));
    await memory.remember({ text: 'hello there' }, { later: true });
    const { revision } = memory;
    assert.equal(revision, 1, 'the first text of a brain gets its vectors at once');
    const { id } = await memory.remember({ text: 'my dog is named Buddy' }, { later: true });
    assert.equal(memory.revision, revision);
    assert.equal((await memory.ask('what is my dog called?'))?.values[0], 'Buddy');
    await memory.settle();
    assert.equal(memory.revision, revision + 1);
    assert.ok((await memory.spray()).sources.some((source) => source.id === id));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(told, [1, id]);
  });

  it('loses nothing when vectors cannot be made, and says so when more is told', async (test) => {
    const breakable = new Breakable();
    await using memory = await Memory.open(fresh(test), { encoder: breakable });
    await memory.remember({ text: 'the sea is blue' });
    const { id } = await memory.remember({ text: 'poison is green' }, { later: true });
    await assert.rejects(memory.settle(), /no vectors today/);
    await assert.rejects(memory.remember({ text: 'the dog' }), /no vectors today/);
    assert.equal((await memory.get(id))?.text, 'poison is green');
    assert.equal((await memory.recall('green'))[0]?.id, id, 'found by its words');
    await memory.forget(id);
    await memory.remember({ text: 'the dog' });
    assert.deepEqual(
      (await memory.list()).map(({ text }) => text),
      ['the dog', 'the sea is blue'],
    );
  });

  it('is read by others without what waits, and by those without a model', async (test) => {
    const location = fresh(test);
    const breakable = new Breakable();
    const memory = await Memory.open(location, { encoder: breakable });
    await memory.remember({ text: 'the sea' });
    const before = [...(await memory.spray()).state];
    breakable.broken = true;
    await memory.remember({ text: 'the blue house' }, { later: true });
    await using reader = await Memory.open(location, { readOnly: true });
    assert.deepEqual([...(await reader.spray()).state], before);
    assert.equal((await reader.list()).length, 2);
    await memory.close();
    await using without = await Memory.open(location);
    assert.deepEqual([...(await without.spray()).state], before);
    assert.equal((await without.stats()).memories, 2);
    await without.forget(1);
    assert.deepEqual([...(await without.spray()).state], new Array(32).fill(0));
  });
});
