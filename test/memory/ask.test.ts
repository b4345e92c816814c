import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Memory } from '../../lib/memory/index.js';
import { SqliteStore } from '../../lib/store/index.js';
import { code } from '../fixtures/errors.js';
import { FakeEncoder } from './fake-encoder.js';

async function told(...texts: string[]): Promise<Memory> {
  const memory = await Memory.open(undefined, { encoder: new FakeEncoder() });
  for (const text of texts) await memory.remember({ text });
  return memory;
}

describe('asking a memory', () => {
  it('gives the answer with the memory it stands in', async () => {
    await using memory = await told('hello', 'my dog is named Buddy');
    const answer = await memory.ask("what is my dog's name?");
    const { kind, answer: sentence, note, values, memories } = answer!;
    assert.deepEqual([kind, sentence, values], ['value', 'Your dog is named Buddy.', ['Buddy']]);
    assert.equal(note, "The user's dog is named Buddy.");
    const [{ id, text, score, time }] = memories as [(typeof memories)[number]];
    assert.deepEqual([id, text, score], [2, 'my dog is named Buddy', 1]);
    assert.ok(time > 0);
    const untold = await memory.ask("what is my cat's name?");
    assert.deepEqual([untold!.kind, untold!.memories, untold!.note], ['nothing', [], undefined]);
    for (const other of [
      'how are you?',
      "what is your cat's name?",
      'what should i cook?',
      'hello',
    ]) {
      assert.equal(await memory.ask(other), undefined, other);
    }
    assert.equal(await memory.ask(''), undefined);
    await assert.rejects(memory.ask(3 as never), TypeError);
  });

  it('keeps in step with what is told and forgotten', async () => {
    await using memory = await told('my dog is named Rex');
    const name = async () => (await memory.ask("what is my dog's name?"))?.values[0];
    assert.equal(await name(), 'Rex');
    const { id } = await memory.remember({ text: 'my dog is named Max now' });
    assert.equal(await name(), 'Max');
    await memory.forget(id);
    assert.equal(await name(), 'Rex', 'the older value comes back');
    await memory.forget({ query: "my dog's name" });
    assert.equal(await name(), undefined);
  });

  it('works without a model, and sees what a writer of the same store adds', async () => {
    const store = await SqliteStore.open();
    const writer = await Memory.open(store, { encoder: new FakeEncoder() });
    await writer.remember({ text: 'my pin is 4452' });
    const reader = await Memory.open(store);
    assert.equal((await reader.ask('what is my pin?'))?.values[0], '4452');
    await reader.close();
    await assert.rejects(reader.ask('what is my pin?'), code('ERR_DISPOSED'));
  });

  it('forgets by words only what the words name', async () => {
    await using memory = await told(
      'my password is swordfish',
      'my sister lives in Oslo',
      'is my password swordfish?',
    );
    assert.deepEqual((await memory.forget({ query: 'my phone number' })).ids, []);
    assert.deepEqual((await memory.forget({ query: 'my password' })).ids, [1, 3]);
    assert.deepEqual(
      (await memory.list()).map(({ id }) => id),
      [2],
    );
    await assert.rejects(memory.forget({ query: 'x', tag: 'y' }), TypeError);
    await assert.rejects(memory.forget({ query: 3 } as never), TypeError);
  });

  it('lists what contradicts itself', async () => {
    await using memory = await told('my pin is 1', 'my pin is 2');
    assert.deepEqual((await memory.audit()).contradictions, [
      { ids: [1, 2], sentences: ["The user's pin is 1.", "The user's pin is 2."] },
    ]);
  });
});
