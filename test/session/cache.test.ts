import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { code } from '../fixtures/errors.js';
import { chat, loadForSuite, needs } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 12 } as const;

suite('the prompt cache', needs(chat), () => {
  const model = loadForSuite(chat);

  test('a turn encodes only what is new, although memory changes every turn', async () => {
    await using session = await model().createSession();
    let before = await session.prompt('Hello, how are you?', greedy);
    assert.equal(before.usage.cachedTokens, 0);
    for (const text of ['I have a dog.', 'His name is Buddy.', 'Do you like him?']) {
      const reply = await session.prompt(text, greedy);
      const known = before.usage.promptTokens + before.usage.replyTokens;
      assert.equal(reply.usage.droppedMessages, 0);
      // The last token of a reply cut by maxTokens has not been run.
      assert.ok(
        reply.usage.cachedTokens >= known - 1 && reply.usage.cachedTokens <= known,
        `${reply.usage.cachedTokens} of ${known} cached`,
      );
      before = reply;
    }
  });

  test('sessions with the same system prompt share its encoding', async () => {
    const system = 'You are a friendly small robot who lives in a big garden with many flowers.';
    await using one = await model().createSession({ system });
    await using other = await model().createSession({ system });
    await one.prompt('Hello.', greedy);
    const { cachedTokens } = (await other.prompt('Good morning.', greedy)).usage;
    assert.ok(cachedTokens >= model().loaded.tokenize(system).length - 1, `${cachedTokens} cached`);
  });
});

suite('a conversation longer than the context', needs(chat), () => {
  const model = loadForSuite(chat);

  test('goes on for 60 turns: the oldest turns are dropped, the newest stay', async () => {
    await using session = await model().createSession({ graffiti: { remember: false } });
    let dropped = 0;
    for (let turn = 1; turn <= 60; turn++) {
      const text = `This is line number ${turn} of our talk.`;
      const { usage } = await session.prompt(text, greedy);
      dropped += usage.droppedMessages;
      assert.ok(usage.promptTokens < model().info.contextSize);
      assert.equal(session.history.at(-2)!.content, text);
      assert.equal(session.history[0]!.role, 'user');
    }
    assert.ok(dropped > 0);
    assert.equal(session.history.length, 120 - dropped);
  });

  test('one message too long is ERR_CONTEXT_OVERFLOW, and was not said', async () => {
    await using session = await model().createSession();
    await session.prompt('Hello.', greedy);
    for (const text of ['word '.repeat(300), 'x'.repeat(1 << 20)]) {
      await assert.rejects(session.prompt(text, greedy), code('ERR_CONTEXT_OVERFLOW'));
    }
    assert.equal(session.history.length, 2);
    assert.equal((await session.memory.list()).length, 1);
    await session.prompt('Hello again.', greedy);
  });

  test('a reply that reaches the end of the context ends there', async () => {
    await using session = await model().createSession();
    const almost = 'word '.repeat(230);
    const { finish, usage } = await session.prompt(almost, {
      maxTokens: 1000,
      logitBias: { 14018: -1000 },
    });
    assert.equal(finish, 'context');
    assert.equal(usage.promptTokens + usage.replyTokens, model().info.contextSize);
  });
});
