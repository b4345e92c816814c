import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { code } from '../fixtures/errors.js';
import { builtIn, loadForSuite, needs } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 12 } as const;

suite('a conversation that is taken up', needs(builtIn), () => {
  const model = loadForSuite(builtIn);
  const conversation = [
    { role: 'system', content: 'You are friendly.' },
    { role: 'user', content: 'I have a cat.' },
    { role: 'assistant', content: 'How nice! What is its name?' },
  ];

  test('gives the reply of the session that had it, and remembers only what is said then', async () => {
    await using one = await model().createSession({ system: 'You are friendly.' });
    await using other = await model().createSession();
    one.resume(conversation);
    other.resume(conversation);
    const [first, second] = [await one.prompt('Tom.', greedy), await other.prompt('Tom.', greedy)];
    assert.equal(first.text, second.text);
    assert.deepEqual(
      (await other.memory.list()).map(({ text }) => text),
      ['Tom.'],
    );
    assert.equal(first.remembered, 1);
  });

  test('is not run again when it was run before', async () => {
    await using session = await model().createSession();
    session.resume(conversation);
    const reply = await session.prompt('Tom.', greedy);
    session.resume([
      ...conversation,
      { role: 'user', content: 'Tom.' },
      { role: 'assistant', content: reply.text },
    ]);
    const { usage } = await session.prompt('He is white.', greedy);
    assert.ok(usage.cachedTokens >= reply.usage.promptTokens + reply.usage.replyTokens - 2);
  });

  test('waits for the running reply', async () => {
    await using session = await model().createSession();
    const stream = session.stream('Hello.', greedy);
    assert.throws(() => session.resume([]), code('ERR_BUSY'));
    await stream.reply;
    session.resume([]);
    assert.deepEqual(session.history, []);
  });
});

suite('a raw continuation', needs(builtIn), () => {
  const model = loadForSuite(builtIn);

  test('of a text and of its tokens are the same, and nothing is remembered', async () => {
    await using session = await model().createSession();
    const text = 'My dog and I';
    const spoken = await session.complete(text, greedy).reply;
    const tokens = model().loaded.tokenize(text, { special: true });
    const fromTokens = await session.complete(tokens, greedy).reply;
    assert.equal(spoken.text, fromTokens.text);
    assert.equal(spoken.usage.promptTokens, tokens.length);
    assert.equal(spoken.remembered, undefined);
    assert.deepEqual(await session.memory.list(), []);
    assert.deepEqual(session.history, []);
  });

  test('leans towards what was told', async () => {
    await using session = await model().createSession({ graffiti: { strength: 4 } });
    await session.tag('I love dogs. My dog plays with me in the park.');
    const { influence } = await session.complete('Today I saw', greedy).reply;
    assert.ok(influence!.meanKl > 0);
  });

  test('ends when its signal says so', async () => {
    await using session = await model().createSession();
    const controller = new AbortController();
    const stream = session.complete('One', {
      maxTokens: 400,
      logitBias: { 2: -1000 }, // no end of its own
      signal: controller.signal,
    });
    await assert.rejects(async () => {
      for await (const token of stream) if (token.index === 2) controller.abort();
    }, code('ERR_ABORTED'));
    await session.complete('Two', greedy).reply;
  });
});
