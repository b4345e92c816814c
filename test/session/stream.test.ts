import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TokenEvent } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { chat, chatEnd, load, loadForSuite, needs } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 24 } as const;

suite('a streamed reply', needs(chat), () => {
  const model = loadForSuite(chat);

  test('its tokens make the text of the reply, in order', async () => {
    await using session = await model().createSession();
    const stream = session.stream('What is your favorite food?', greedy);
    const tokens: TokenEvent[] = [];
    for await (const token of stream) tokens.push(token);
    const reply = await stream.reply;
    assert.deepEqual(
      tokens.map(({ index }) => index),
      tokens.map((_, index) => index),
    );
    assert.equal(
      tokens
        .map(({ text }) => text)
        .join('')
        .trimStart(),
      reply.text,
    );
    assert.equal(reply.usage.replyTokens, tokens.length);
    for (const { logprob, id } of tokens) {
      assert.ok(logprob <= 1e-6 && Number.isFinite(logprob));
      assert.ok(Number.isInteger(id) && id >= 0 && id < model().info.vocabulary);
    }
  });

  test('tokens that came before the iteration began are not lost', async () => {
    await using session = await model().createSession();
    const stream = session.stream('Hello there.', greedy);
    const reply = await stream.reply;
    let count = 0;
    for await (const _ of stream) count++;
    assert.equal(count, reply.usage.replyTokens);
  });

  test('leaving the loop early ends the reply, and the session takes the next prompt at once', async () => {
    await using session = await model().createSession();
    // It goes on until it is left: several tokens may arrive at once.
    const stream = session.stream('Tell me a story.', {
      ...greedy,
      maxTokens: 200,
      logitBias: { [chatEnd]: -1000 },
    });
    for await (const token of stream) if (token.index === 2) break;
    const next = await session.prompt('Hello.', greedy);
    assert.ok(next.usage.replyTokens > 0);
    const left = await stream.reply;
    assert.equal(left.finish, 'stop');
    assert.ok(left.usage.replyTokens >= 3 && left.usage.replyTokens < 200);
    assert.deepEqual(
      session.history.map(({ role }) => role),
      ['user', 'assistant', 'user', 'assistant'],
    );
  });

  test('an error thrown in the loop body reaches the caller and frees the session', async () => {
    await using session = await model().createSession();
    const mine = new Error('mine');
    await assert.rejects(async () => {
      for await (const _ of session.stream('Tell me a story.', greedy)) throw mine;
    }, mine);
    await session.prompt('Hello.', greedy);
  });

  test('a second iteration is a TypeError', async () => {
    await using session = await model().createSession();
    const stream = session.stream('Hello.', greedy);
    for await (const _ of stream);
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, TypeError);
  });

  test('a second prompt while one is running is ERR_BUSY and harms nothing', async () => {
    await using session = await model().createSession();
    await using other = await model().createSession();
    const alone = await other.prompt('Tell me a story.', greedy);
    const first = session.prompt('Tell me a story.', greedy);
    await assert.rejects(session.prompt('And another.', greedy), code('ERR_BUSY'));
    assert.throws(() => session.stream('And another.', greedy), code('ERR_BUSY'));
    assert.equal((await first).text, alone.text);
    assert.equal(session.history.length, 2);
    await session.prompt('And another.', greedy);
  });
});

suite('a full queue', needs(chat), () => {
  const model = loadForSuite(chat, { sessions: 1, queueLimit: 1 });
  const long = { temperature: 0, maxTokens: 200, logitBias: { [chatEnd]: -1000 } };

  test('one more request is ERR_BUSY, and its session and the others go on', async () => {
    const graffiti = { remember: false };
    const sessions = await Promise.all([1, 2, 3].map(() => model().createSession({ graffiti })));
    const [first, second, third] = sessions as [
      (typeof sessions)[0],
      (typeof sessions)[0],
      (typeof sessions)[0],
    ];
    const running = first.stream('Tell me a long story.', long);
    const tokens = running[Symbol.asyncIterator]();
    await tokens.next(); // it has its slot
    const waiting = second.prompt('Hello.', greedy);
    await new Promise(setImmediate);
    await assert.rejects(third.prompt('Hello.', greedy), code('ERR_BUSY'));
    assert.equal(third.history.length, 0, 'what was refused is not part of the conversation');
    const told = third.prompt('My dog is named Buddy.', { ...greedy, remember: true });
    await assert.rejects(told, code('ERR_BUSY'));
    assert.equal((await third.memory.stats()).memories, 0, 'nor of the memory');
    await tokens.return(undefined);
    assert.ok((await waiting).usage.replyTokens > 0);
    assert.equal((await third.prompt('Hello.', greedy)).text, (await waiting).text);
    await Promise.all(sessions.map((session) => session.dispose()));
  });

  test('a waiting request that is aborted ends at once, not when a slot is free', async (context) => {
    const graffiti = { remember: false };
    const patient = await load(context, chat, { sessions: 1, queueLimit: 4 });
    const sessions = await Promise.all([1, 2, 3].map(() => patient.createSession({ graffiti })));
    const [first, second, third] = sessions as [
      (typeof sessions)[0],
      (typeof sessions)[0],
      (typeof sessions)[0],
    ];
    const running = first.stream('Tell me a long story.', long);
    await running[Symbol.asyncIterator]().next();
    const control = new AbortController();
    const order: string[] = [];
    const done = (name: string) => () => void order.push(name);
    const all = [
      running.reply.then(done('running'), done('running')),
      second.prompt('Hello.', greedy).then(done('second')),
      third.prompt('Hello.', { ...greedy, signal: control.signal }).catch(done('aborted')),
    ];
    await new Promise(setImmediate);
    control.abort();
    await Promise.all(all);
    assert.deepEqual(order, ['aborted', 'running', 'second']);
  });
});
