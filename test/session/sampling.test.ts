import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { PromptOptions, SamplingOptions } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { chat, chatEnd, loadForSuite, needs } from '../fixtures/models.js';

suite('sampling', needs(chat), () => {
  const model = loadForSuite(chat);

  async function say(options: PromptOptions, text = 'What is your favorite food?') {
    await using session = await model().createSession();
    const stream = session.stream(text, { maxTokens: 16, ...options });
    const ids: number[] = [];
    for await (const { id } of stream) ids.push(id);
    return { ...(await stream.reply), ids };
  }

  test('a seed reproduces the reply, other seeds give others', async () => {
    const replies = [];
    for (const seed of [7, 7, 8, 9, 10]) replies.push((await say({ seed, temperature: 1.5 })).text);
    assert.equal(replies[0], replies[1]);
    assert.ok(new Set(replies).size > 2);
  });

  test('temperature 0 always says the same, and so does topK 1', async () => {
    const first = await say({ temperature: 0 });
    assert.equal((await say({ temperature: 0, seed: 5 })).text, first.text);
    assert.equal((await say({ topK: 1, temperature: 3 })).text, first.text);
  });

  test('maxTokens is the number of tokens, and finish says so', async () => {
    for (const maxTokens of [1, 2, 5]) {
      const reply = await say({ maxTokens, temperature: 0, logitBias: { [chatEnd]: -1000 } });
      assert.equal(reply.usage.replyTokens, maxTokens);
      assert.equal(reply.finish, 'length');
    }
  });

  test('logitBias forces and forbids tokens', async () => {
    const word = model().loaded.tokenize(' dog')[0]!;
    const forced = await say({ temperature: 0, maxTokens: 4, logitBias: { [word]: 1000 } });
    assert.deepEqual(forced.ids, [word, word, word, word]);
    const free = await say({ temperature: 0 });
    const forbidden = await say({ temperature: 0, logitBias: { [free.ids[0]!]: -1000 } });
    assert.ok(!forbidden.ids.includes(free.ids[0]!));
  });

  test('a reply ends before any stop string, wherever tokens end', async () => {
    const free = (await say({ temperature: 0 })).text;
    assert.ok(free.length > 12);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: free.length - 2 }),
        fc.integer({ min: 1, max: 8 }),
        async (start, length) => {
          const stop = free.slice(start, start + length);
          const reply = await say({ temperature: 0, stop: ['never said', stop] });
          const expected = free.slice(0, free.indexOf(stop)).trimStart();
          assert.equal(reply.text, expected);
          assert.equal(reply.finish, 'stop');
        },
      ),
      { numRuns: 12, seed: 1 },
    );
  });

  test('the next turn after a stop string goes on well', async () => {
    await using session = await model().createSession();
    await session.prompt('Hello.', { temperature: 0, stop: 'o' });
    assert.ok((await session.prompt('Why?', { temperature: 0, maxTokens: 8 })).text.length > 0);
  });

  for (const [name, options, error] of [
    ['temperature NaN', { temperature: NaN }, RangeError],
    ['temperature −1', { temperature: -1 }, RangeError],
    ['temperature Infinity', { temperature: Infinity }, RangeError],
    ['temperature as a string', { temperature: '1' }, TypeError],
    ['topK 1.5', { topK: 1.5 }, RangeError],
    ['topP 2', { topP: 2 }, RangeError],
    ['minP −0.1', { minP: -0.1 }, RangeError],
    ['maxTokens 0', { maxTokens: 0 }, RangeError],
    ['maxTokens 1e12', { maxTokens: 1e12 }, RangeError],
    ['seed −1', { seed: -1 }, RangeError],
    ['repetitionPenalty 0', { repetitionPenalty: 0 }, RangeError],
    ['frequencyPenalty NaN', { frequencyPenalty: NaN }, RangeError],
    ['penaltyTokens −1', { penaltyTokens: -1 }, RangeError],
    ['stop as a number', { stop: 5 }, TypeError],
    ['stop with a number', { stop: ['a', 5] }, TypeError],
    ['a bias on no token', { logitBias: { 14019: 1 } }, RangeError],
    ['a bias on a word', { logitBias: { dog: 1 } }, RangeError],
    ['a bias of NaN', { logitBias: { 5: NaN } }, RangeError],
    ['logitBias null', { logitBias: null }, TypeError],
    ['grammar as a number', { grammar: 5 }, TypeError],
    ['a grammar of another engine', { grammar: '%llguidance {}' }, RangeError],
    [
      'a grammar too deep',
      { grammar: `root ::= ${'('.repeat(1e5)}"a"${')'.repeat(1e5)}` },
      RangeError,
    ],
    ['a grammar too long', { grammar: `root ::= ${'"a" '.repeat(1e5)}` }, RangeError],
    ['grammar and schema', { grammar: 'root ::= "a"', jsonSchema: {} }, TypeError],
    ['jsonSchema as a string', { jsonSchema: '{}' }, TypeError],
    ['an unknown option', { temprature: 1 }, TypeError],
    ['signal as an object', { signal: {} }, TypeError],
    ['remember as a number', { remember: 1 }, TypeError],
  ] as [string, unknown, typeof Error][]) {
    test(`${name} is a ${error.name}, and nothing was said`, async () => {
      await using session = await model().createSession();
      await assert.rejects(session.prompt('Hello.', options as SamplingOptions), error);
      assert.equal(session.history.length, 0);
      await session.prompt('Hello.', { maxTokens: 1 });
    });
  }

  test('a grammar shapes the reply', async () => {
    const grammar = 'root ::= ("yes" | "no") " " [0-9] [0-9]';
    for (const seed of [1, 2, 3])
      assert.match((await say({ seed, grammar })).text, /^(yes|no) \d\d$/);
  });

  test('a JSON schema gives JSON that fits it', async () => {
    const jsonSchema = {
      type: 'object',
      properties: { pet: { enum: ['dog', 'cat'] }, small: { type: 'boolean' } },
      required: ['pet', 'small'],
      additionalProperties: false,
    };
    let complete = 0;
    for (const seed of [1, 2, 3]) {
      const { text, finish } = await say({ seed, jsonSchema, maxTokens: 250 });
      if (finish !== 'end') continue; // white space may fill the context
      complete++;
      const { pet, small } = JSON.parse(text) as { pet: string; small: unknown };
      assert.ok(['dog', 'cat'].includes(pet) && typeof small === 'boolean');
    }
    assert.ok(complete > 0);
  });

  for (const [name, options] of [
    ['a grammar that does not parse', { grammar: '][' }],
    ['a grammar without a root', { grammar: 'other ::= "a"' }],
    ['a grammar that recurs to the left', { grammar: 'root ::= root "a"' }],
    ['a rule that is not there', { grammar: 'root ::= other' }],
    ['a repetition without end', { grammar: 'root ::= "a"{1000000}' }],
    ['a schema of an unknown type', { jsonSchema: { type: 'nonsense' } }],
    ['a schema that refers to nothing', { jsonSchema: { $ref: '#/nothing' } }],
    ['a schema that refers to a server', { jsonSchema: { $ref: 'http://localhost:1/x' } }],
    ['a schema with a broken pattern', { jsonSchema: { type: 'string', pattern: '^[$' } }],
    ['a schema with a huge length', { jsonSchema: { type: 'string', minLength: 1e9 } }],
    ['an array as schema', { jsonSchema: [] }],
  ] as [string, SamplingOptions][]) {
    test(`${name} is a typed error, and the session goes on`, async () => {
      await using session = await model().createSession({ graffiti: { remember: false } });
      await assert.rejects(session.prompt('Hello.', options), code('ERR_NATIVE'));
      assert.equal(session.history.length, 0);
      assert.ok((await session.prompt('Hello.', { maxTokens: 3 })).usage.replyTokens > 0);
    });
  }
});
