import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TokenEvent } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { builtIn, loadForSuite, needs } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 12 } as const;
const long = `1${' + 1'.repeat(200)}`;

suite('a question that a region answers', needs(builtIn), () => {
  const model = loadForSuite(builtIn);

  test('a plain sum is the adder’s: streamed, said so, not leaned, not remembered', async () => {
    await using session = await model().createSession();
    await session.tag('I love dogs.');
    const stream = session.stream('what is 1,234 plus 25?');
    const tokens: TokenEvent[] = [];
    for await (const token of stream) tokens.push(token);
    const { text, region, finish, usage, influence, seconds } = await stream.reply;
    assert.equal(text, '1234 + 25 = 1259.');
    assert.equal(region, 'adder');
    assert.equal(finish, 'end');
    assert.equal(influence, undefined);
    assert.ok(seconds.prompt === 0 && seconds.reply > 0);
    assert.ok(tokens.length > 1);
    assert.equal(tokens.map((token) => token.text).join(''), text);
    assert.deepEqual(
      tokens.map(({ index, id, logprob, influence: figures }) => [index, id, logprob, figures]),
      tokens.map((_, index) => [index, -1, 0, undefined]),
    );
    const { length: replyTokens } = tokens;
    assert.deepEqual(usage, { promptTokens: 0, cachedTokens: 0, replyTokens, droppedMessages: 0 });
    assert.equal((await session.memory.list()).length, 1);
  });

  test('what the adder does not take it declines, and says why', async () => {
    await using session = await model().createSession();
    const said = async (text: string) => {
      const { region, text: reply } = await session.prompt(text);
      assert.equal(region, 'adder');
      return reply;
    };
    assert.equal(
      await said('what is 123456789 + 1?'),
      'I add numbers of up to 7 digits; 123456789 has 9.',
    );
    assert.equal(
      await said('9999999 + 1 + 1'),
      '9999999 + 1 = 10000000. I add numbers of up to 7 digits; 10000000 has 8.',
    );
    assert.equal(await said('add 1, 2 and 3'), '1 + 2 + 3 = 6.');
  });

  test('the turns that follow know of it, and everything else is the model’s', async () => {
    await using session = await model().createSession({ graffiti: { remember: false } });
    const first = await session.prompt('Hello.', greedy);
    await session.prompt('17 + 25');
    const next = await session.prompt('What did you say?', greedy);
    assert.equal(first.region, undefined);
    assert.equal(next.region, undefined);
    assert.deepEqual(
      session.history.map(({ content }) => content),
      ['Hello.', first.text, '17 + 25', '17 + 25 = 42.', 'What did you say?', next.text],
    );
    const messages = session.history.slice(0, -1);
    const { tokens } = model().loaded.renderChat(messages);
    assert.equal(next.usage.promptTokens, tokens.length);
    assert.ok(next.usage.cachedTokens > 0, 'what was said before the sum is still in the cache');
  });

  test('regions: false leaves everything to the model', async () => {
    await using session = await model().createSession({ regions: false });
    const { region, usage } = await session.prompt('17 + 25', greedy);
    assert.equal(region, undefined);
    assert.ok(usage.promptTokens > 0);
    assert.equal((await session.memory.list()).length, 1);
    await assert.rejects(model().createSession({ regions: 'no' as never }), TypeError);
  });

  test('it is one prompt at a time, and can be aborted and left', async () => {
    await using session = await model().createSession();
    const stream = session.stream(long);
    assert.throws(() => session.stream('1 + 1'), code('ERR_BUSY'));
    for await (const token of stream) if (token.index === 3) break;
    const left = await stream.reply;
    assert.equal(left.finish, 'stop');
    assert.equal(left.text, '1 + 1 + 1 + 1');
    assert.deepEqual(session.history.at(-1), { role: 'assistant', content: left.text });

    const reason = new Error('my reason');
    const gone = { signal: AbortSignal.abort(reason) };
    await assert.rejects(session.prompt('1 + 1', gone), code('ERR_ABORTED'));
    assert.equal(session.history.length, 2, 'what was aborted before it began was not said');
    const control = new AbortController();
    const aborted = session.stream(long, { signal: control.signal });
    await assert.rejects(
      async () => {
        for await (const token of aborted) if (token.index === 3) control.abort(reason);
      },
      (error: Error) => code('ERR_ABORTED')(error) && error.cause === reason,
    );
    assert.equal((await session.prompt('1 + 1')).text, '1 + 1 = 2.');
  });

  test('disposing of the session ends it', async () => {
    const session = await model().createSession();
    const stream = session.stream(long);
    await stream[Symbol.asyncIterator]().next();
    const end = assert.rejects(stream.reply, code('ERR_DISPOSED'));
    await session.dispose();
    await end;
    assert.throws(() => session.stream('1 + 1'), code('ERR_DISPOSED'));
  });
});
