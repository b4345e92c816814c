import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { Memory } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { chat, load, loadForSuite, needs, stories } from '../fixtures/models.js';
import { scratch } from '../store/scratch.js';

const greedy = { temperature: 0, maxTokens: 16 } as const;

suite('a brain and its sessions', needs(chat), () => {
  const model = loadForSuite(chat);
  const file = (context: TestContext) => join(scratch(context), 'a.graffiti');

  test('a restart keeps the spray: same reply, same influence', async (context) => {
    const brain = file(context);
    const ask = async () => {
      await using session = await model().createSession({ brain, graffiti: { remember: false } });
      return await session.prompt('What do you like?', greedy);
    };
    {
      await using session = await model().createSession({ brain });
      await session.tag('I love dogs and cats.');
      await session.prompt('The sea is full of fish.', greedy);
    }
    const [one, other] = [await ask(), await ask()];
    assert.ok(one.influence!.meanKl > 0);
    assert.equal(other.text, one.text);
    assert.deepEqual(other.influence, one.influence);
  });

  test('a tag in one session leans another that shares the brain', async () => {
    await using memory = await model().openMemory();
    const graffiti = { remember: false };
    await using one = await model().createSession({ brain: memory, graffiti });
    await using other = await model().createSession({ brain: memory, graffiti });
    assert.equal((await other.prompt('Hello.', greedy)).influence, undefined);
    const { id } = await one.tag('I love dogs.');
    const { influence } = await other.prompt('Hello.', greedy);
    assert.deepEqual(
      influence?.sources.map((source) => source.id),
      [id],
    );
    await one.dispose();
    assert.equal((await memory.list()).length, 1, 'a shared brain outlives its sessions');
  });

  test('forget takes a memory out of the spray of a live session', async () => {
    await using session = await model().createSession({ graffiti: { remember: false } });
    const dogs = await session.tag('I love dogs.');
    const fish = await session.tag('The sea is full of fish.');
    const before = await session.prompt('Hello.', greedy);
    assert.deepEqual(before.influence!.sources.map(({ id }) => id).sort(), [dogs.id, fish.id]);
    await session.memory.forget(dogs.id);
    const after = await session.prompt('Hello.', greedy);
    assert.deepEqual(
      after.influence!.sources.map(({ id }) => id),
      [fish.id],
    );
    await session.memory.forget(fish.id);
    assert.equal((await session.prompt('Hello.', greedy)).influence, undefined);
  });

  test('two sessions cannot write one file, and the second gets it when the first is gone', async (context) => {
    const brain = file(context);
    const first = await model().createSession({ brain });
    await assert.rejects(model().createSession({ brain }), code('ERR_BRAIN_LOCKED'));
    await first.dispose();
    await using second = await model().createSession({ brain });
    await second.tag('I love dogs.');
  });

  test('a brain of another writer is ERR_BRAIN_MODEL_MISMATCH', async (context) => {
    const brain = file(context);
    {
      await using session = await model().createSession({
        brain,
        graffiti: { preset: 'notebook' },
      });
      await session.tag('I love dogs.');
    }
    await assert.rejects(model().createSession({ brain }), code('ERR_BRAIN_MODEL_MISMATCH'));
    await using again = await model().createSession({ brain, graffiti: { preset: 'notebook' } });
    assert.equal((await again.memory.list()).length, 1);
    await assert.rejects(
      model().createSession({ brain: again.memory }),
      code('ERR_BRAIN_MODEL_MISMATCH'),
    );
  });

  test(
    'a brain of another model is ERR_BRAIN_MODEL_MISMATCH, and reencode makes it fit',
    needs(stories),
    async (context) => {
      const brain = file(context);
      const other = await load(context, stories);
      {
        await using session = await other.createSession({ brain });
        await session.tag('I love dogs.');
        // Sharing the open memory must not slip past the check: its vectors have another width.
        await assert.rejects(
          model().createSession({ brain: session.memory }),
          code('ERR_BRAIN_MODEL_MISMATCH'),
        );
      }
      await assert.rejects(model().createSession({ brain }), code('ERR_BRAIN_MODEL_MISMATCH'));
      {
        await using memory = await Memory.open(brain);
        await model().reencode(memory);
      }
      await using session = await model().createSession({ brain, graffiti: { remember: false } });
      assert.ok((await session.prompt('Hello.', greedy)).influence!.meanKl > 0);
    },
  );

  test('a closed memory is ERR_DISPOSED, one without a model ERR_MODEL_REQUIRED', async () => {
    const memory = await Memory.open();
    await assert.rejects(model().createSession({ brain: memory }), code('ERR_MODEL_REQUIRED'));
    await memory.close();
    await assert.rejects(model().createSession({ brain: memory }), code('ERR_DISPOSED'));
  });

  test('a failed createSession leaves the file free', async (context) => {
    const brain = file(context);
    const gone = await load(context, chat);
    const pending = gone
      .createSession({ brain })
      .then((session) => session.dispose(), code('ERR_DISPOSED'));
    await gone.dispose();
    await pending;
    await assert.rejects(gone.createSession({ brain }), code('ERR_DISPOSED'));
    await using session = await model().createSession({ brain });
    await session.tag('I love dogs.');
  });
});
