import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chat, loadForSuite, needs } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 6 } as const;

suite('what a turn tells', needs(chat), () => {
  const model = loadForSuite(chat);

  test('is kept before its reply and leans from the next one on', async () => {
    await using memory = await model().openMemory();
    await using session = await model().createSession({ brain: memory });
    const first = await session.prompt('I love dogs and cats.', greedy);
    assert.ok(first.influence, 'the first text of a brain leans its own reply');
    const { revision } = memory;
    const stream = session.stream('The sea is full of fish.', greedy);
    for await (const { influence } of stream) {
      assert.equal(memory.revision, revision, 'no vectors were made for the reply');
      assert.ok(influence!.sources.every(({ id }) => id === first.remembered));
    }
    const second = await stream.reply;
    assert.equal((await memory.get(second.remembered!))?.text, 'The sea is full of fish.');
    const third = session.stream('What do you like?', greedy);
    const sources = new Set<number>();
    for await (const { influence } of third) {
      for (const { id } of influence!.sources) sources.add(id);
    }
    assert.deepEqual([...sources].sort(), [first.remembered, second.remembered]);
  });

  test('makes the same brain, bit for bit, as telling it directly', async () => {
    await using memory = await model().openMemory();
    await using direct = await model().openMemory();
    await using session = await model().createSession({ brain: memory });
    for (const text of ['I love dogs.', 'The sea is full of fish.', 'I love dogs too.']) {
      await session.prompt(text, greedy);
      await direct.remember({ text });
    }
    assert.deepEqual((await memory.spray()).state, (await direct.spray()).state);
  });
});
