import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Memory } from '../../lib/memory/index.js';
import { SqliteStore } from '../../lib/store/index.js';
import { FakeEncoder } from './fake-encoder.js';

const words = ['dog', 'cat', 'rain', 'tea', 'ship', 'moon'];
const sentence = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 })
  .map((picked) => picked.join(' '));

const settings = {
  rate: fc.double({ min: 0.001, max: 2, noNaN: true }),
  mix: fc.double({ min: 0, max: 1, noNaN: true }),
  recallLimit: fc.nat(4),
  recallThreshold: fc.double({ min: -0.2, max: 0.9, noNaN: true }),
};

/** State, weights and recalled lists, with events named by their place and not by their id. */
async function observe(memory: Memory, store: SqliteStore) {
  const ids = (await memory.list({ limit: 1000 })).map(({ id }) => id).reverse();
  const place = new Map(ids.map((id, index) => [id, index]));
  const spray = await memory.spray({ limit: 1000 });
  return {
    texts: (await memory.export()).memories.map(({ text }) => text),
    recalled: (await store.links()).map((links) => ({
      event: place.get(links.id),
      recalled: links.recalled.map(({ id, cosine }) => ({ event: place.get(id), cosine })),
    })),
    weights: spray.sources.map(({ id, weight }) => ({ event: place.get(id), weight })),
    state: [...spray.state],
  };
}

describe('forgetting', () => {
  it('leaves a brain equal, bit for bit, to one that never heard it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: sentence, forgotten: fc.boolean() }), { maxLength: 25 }),
        fc.record(settings),
        fc.boolean(),
        async (told, chosen, oneByOne) => {
          const options = { encoder: new FakeEncoder(), ...chosen };
          const store = await SqliteStore.open();
          const neverStore = await SqliteStore.open();
          await using memory = await Memory.open(store, options);
          await using never = await Memory.open(neverStore, options);
          const gone: number[] = [];
          for (const { text, forgotten } of told) {
            const { id } = await memory.remember({ text });
            if (forgotten) gone.push(id);
            else await never.remember({ text });
          }
          if (oneByOne) for (const id of gone.reverse()) await memory.forget(id);
          else await memory.forget(gone);
          assert.deepEqual(await observe(memory, store), await observe(never, neverStore));
        },
      ),
      { numRuns: Number(process.env.GRAFFITI_FORGET_RUNS ?? 100) },
    ));

  it('holds when more is told afterwards, and for what is forgotten twice over', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.record({ tell: sentence }), fc.record({ forget: fc.nat() })), {
          maxLength: 30,
        }),
        async (steps) => {
          const encoder = new FakeEncoder();
          const store = await SqliteStore.open();
          const neverStore = await SqliteStore.open();
          await using memory = await Memory.open(store, { encoder, recallThreshold: 0.1 });
          await using never = await Memory.open(neverStore, { encoder, recallThreshold: 0.1 });
          const kept: { id: number; text: string }[] = [];
          for (const step of steps) {
            if ('tell' in step) kept.push(await memory.remember({ text: step.tell }));
            else if (kept.length > 0) {
              const [out] = kept.splice(step.forget % kept.length, 1);
              await memory.forget(out!.id);
              await assert.rejects(memory.forget(out!.id), { code: 'ERR_MEMORY_NOT_FOUND' });
            }
          }
          for (const { text } of kept) await never.remember({ text });
          assert.deepEqual(await observe(memory, store), await observe(never, neverStore));
        },
      ),
      { numRuns: 50 },
    ));

  it('by tag or speaker takes all of them, and none is no error', async () => {
    await using memory = await Memory.open(undefined, { encoder: new FakeEncoder() });
    await memory.remember({ text: 'one', tags: ['Pets'] });
    await memory.remember({ text: 'two', tags: ['pets', 'home'], speaker: 'ann' });
    await memory.remember({ text: 'three', speaker: 'ann' });
    assert.deepEqual(await memory.forget({ tag: ' PETS ' }), { ids: [1, 2], erased: true });
    assert.deepEqual(await memory.forget({ tag: 'pets' }), { ids: [], erased: true });
    assert.deepEqual((await memory.forget({ speaker: 'ann' })).ids, [3]);
    assert.deepEqual(await memory.list(), []);
  });

  it('of an unknown id forgets nothing at all', async () => {
    await using memory = await Memory.open(undefined, { encoder: new FakeEncoder() });
    const { id } = await memory.remember({ text: 'kept' });
    await assert.rejects(memory.forget([id, 77]), { code: 'ERR_MEMORY_NOT_FOUND', message: /77/ });
    assert.equal((await memory.get(id))?.text, 'kept');
  });

  it('never gives an id a second time', async () => {
    await using memory = await Memory.open(undefined, { encoder: new FakeEncoder() });
    await memory.remember({ text: 'one' });
    const { id } = await memory.remember({ text: 'two' });
    await memory.forget([1, 2]);
    assert.ok((await memory.remember({ text: 'three' })).id > id);
  });

  it('works without a model', async () => {
    const store = await SqliteStore.open();
    const withModel = await Memory.open(store, { encoder: new FakeEncoder() });
    for (const text of ['the dog', 'the dog again', 'a dog']) await withModel.remember({ text });
    const without = await Memory.open(store);
    await without.forget(1);
    await using never = await Memory.open(undefined, { encoder: new FakeEncoder() });
    for (const text of ['the dog again', 'a dog']) await never.remember({ text });
    assert.deepEqual((await without.spray()).state, (await never.spray()).state);
    await without.close();
  });
});
