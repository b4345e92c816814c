import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { code } from '../fixtures/errors.js';
import { chat, chatEnd, load, loadForSuite, needs } from '../fixtures/models.js';

const long = { temperature: 0, maxTokens: 200, logitBias: { [chatEnd]: -1000 } } as const;
const disposed = code('ERR_DISPOSED');

suite('a disposed session', needs(chat), () => {
  const model = loadForSuite(chat);

  test('answers every call with ERR_DISPOSED, and may be disposed of again', async () => {
    const session = await model().createSession();
    await session.prompt('Hello.', { maxTokens: 2 });
    await Promise.all([session.dispose(), session.dispose()]);
    await session.dispose();
    await session[Symbol.asyncDispose]();
    await assert.rejects(session.prompt('Hello.'), disposed);
    assert.throws(() => session.stream('Hello.'), disposed);
    await assert.rejects(session.tag('Hello.'), disposed);
    assert.throws(() => (session.strength = 1), disposed);
    await assert.rejects(session.memory.recall('Hello.'), disposed);
    await assert.rejects(session.memory.remember({ text: 'Hello.' }), disposed);
    assert.equal(session.history.length, 2, 'what was said can still be read');
  });

  test('ends its reply with ERR_DISPOSED, and the model goes on', async () => {
    const session = await model().createSession();
    const stream = session.stream('Tell me a story.', long);
    const tokens = stream[Symbol.asyncIterator]();
    await tokens.next();
    const end = assert.rejects(stream.reply, disposed);
    await session.dispose();
    await end;
    await assert.rejects(async () => {
      for (;;) if ((await tokens.next()).done) break;
    }, disposed);
    await using other = await model().createSession();
    await other.prompt('Hello.', { maxTokens: 2 });
  });

  test('ends a reply that has not begun, and one that waits in the queue', async () => {
    const sessions = await Promise.all([1, 2, 3, 4].map(() => model().createSession()));
    const ends = sessions.map((session) => assert.rejects(session.prompt('Hi.', long), disposed));
    await Promise.all(sessions.map((session) => session.dispose()));
    await Promise.all(ends);
  });

  test('finishes a tag it has begun, or says that it is disposed', async () => {
    const session = await model().createSession();
    const tag = session.tag('I love dogs.').then(({ id }) => assert.equal(id, 1), disposed);
    await session.dispose();
    await tag;
  });
});

suite('a disposed model', needs(chat), () => {
  test('answers every call with ERR_DISPOSED, and may be disposed of again', async (context) => {
    const model = await load(context, chat);
    const session = await model.createSession();
    const memory = await model.openMemory();
    await Promise.all([model.dispose(), model.dispose()]);
    await model.dispose();
    await model[Symbol.asyncDispose]();
    const { loaded } = model;
    const tokens = Int32Array.of(1, 2);
    await assert.rejects(model.createSession(), disposed);
    await assert.rejects(session.prompt('Hello.'), disposed);
    await assert.rejects(memory.remember({ text: 'Hello.' }), disposed);
    await assert.rejects(loaded.calibrate(), disposed);
    await assert.rejects(loaded.encode('Hello.', 'gradient'), disposed);
    for (const call of [
      () => loaded.tokenize('Hello.'),
      () => loaded.detokenize(tokens),
      () => loaded.renderChat([]),
      () => loaded.openSession(),
      () => loaded.setSpray(1, null),
      () => loaded.setStrength(1, 1),
      () => loaded.score(tokens, 1, 1),
      () => loaded.checkInfluence(tokens, 1),
    ]) {
      assert.throws(call, disposed, String(call));
    }
    loaded.closeSession(1);
    loaded.abort(1);
    assert.equal(model.info.width, 128, 'its description can still be read');
    await memory.close();
  });

  test('ends replies, tags and encodings in flight', async (context) => {
    const model = await load(context, chat);
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => model.createSession()));
    const stream = one!.stream('Tell me a story.', long);
    await stream[Symbol.asyncIterator]().next();
    const ends = [
      assert.rejects(stream.reply, disposed),
      assert.rejects(two!.prompt('Hello.', long), disposed),
      three!.tag('I love dogs. '.repeat(200)).then(() => {}, disposed),
      model.loaded.encode('I love dogs. '.repeat(200), 'gradient').then(() => {}, disposed),
    ];
    await model.dispose();
    await Promise.all(ends);
  });
});
