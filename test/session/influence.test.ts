import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TokenEvent } from '../../lib/index.js';
import { chat, chatEnd, loadForSuite, needs, stories } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 24, logitBias: { [chatEnd]: -1000 } } as const;
const near = (one: number, other: number, tolerance: number) =>
  assert.ok(Math.abs(one - other) <= tolerance, `${one} is not ${other} ± ${tolerance}`);

suite('the figures of influence', needs(chat), () => {
  const model = loadForSuite(chat);

  test('are consistent with each other, token by token and over the reply', async () => {
    await using session = await model().createSession({ graffiti: { strength: 2, sources: 65 } });
    const memories = [
      await session.tag('I love dogs and cats.'),
      await session.tag('The sea is full of fish.'),
    ];
    const stream = session.stream('What do you like?', greedy);
    const tokens: TokenEvent[] = [];
    for await (const token of stream) tokens.push(token);
    const { influence } = await stream.reply;
    const figures = tokens.map((token) => token.influence!);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    near(influence!.logLikelihoodRatio, sum(figures.map(({ shift }) => shift)), 1e-9);
    near(influence!.meanKl, sum(figures.map(({ kl }) => kl)) / figures.length, 1e-9);
    assert.equal(influence!.maxKl, Math.max(...figures.map(({ kl }) => kl)));
    assert.equal(influence!.flips, figures.filter(({ flipped }) => flipped).length);
    const known = new Set([
      ...memories.map(({ id }) => id),
      ...(await session.memory.list()).map(({ id }) => id),
    ]);
    for (const { kl, ratio, cosine, promoted, demoted, sources, shift } of figures) {
      assert.ok(kl >= 0 && Number.isFinite(kl) && Number.isFinite(shift));
      assert.ok(ratio >= 0 && Math.abs(cosine) <= 1 + 1e-6);
      assert.ok(promoted.length <= 3 && promoted.every(({ change }) => change > 0));
      assert.ok(demoted.length <= 3 && demoted.every(({ change }) => change < 0));
      for (const { id } of sources) assert.ok(known.has(id), `source ${id} is no memory`);
    }
    assert.ok(figures.some(({ kl }) => kl > 1e-4));
  });

  test('agree with scoring the same tokens with and without the spray', async () => {
    const { loaded } = model();
    await using session = await model().createSession();
    await session.tag('I love dogs and cats.');
    const tokens = loaded.tokenize('Once upon a time there was a dog who liked to play.');
    const id = (session as unknown as { id: number }).id;
    const { maxError } = await loaded.checkInfluence(tokens, id, 1);
    assert.ok(maxError < 1e-3, `base log-probabilities are wrong by ${maxError}`);
    const off = await loaded.score(tokens, 1, id, 0);
    const on = await loaded.score(tokens, 1, id, 1);
    assert.deepEqual(off.base, off.sprayed);
    off.base.forEach((value, i) => near(on.base[i]!, value, 2e-3));
    assert.ok(on.kl.every((kl) => kl >= 0));
  });

  test('there are none without memories, at strength 0, or when they are switched off', async () => {
    await using fresh = await model().createSession({ graffiti: { remember: false } });
    assert.equal((await fresh.prompt('Hello.', greedy)).influence, undefined);
    for (const graffiti of [{ strength: 0 }, { influence: false }]) {
      await using session = await model().createSession({ graffiti });
      await session.tag('I love dogs.');
      assert.equal((await session.prompt('Hello.', greedy)).influence, undefined);
    }
  });

  test('strength 0 says what a session without memory says', async () => {
    await using off = await model().createSession({ graffiti: { strength: 0 } });
    await off.tag('I love dogs.');
    await using none = await model().createSession({ graffiti: { remember: false } });
    const [one, other] = [await off.prompt('Hello.', greedy), await none.prompt('Hello.', greedy)];
    assert.equal(one.text, other.text);
  });
});

suite('strength', needs(chat), () => {
  const model = loadForSuite(chat);

  test('changes in the middle of a reply without encoding anything again', async () => {
    await using session = await model().createSession();
    await session.tag('I love dogs and cats.');
    const options = { ...greedy, maxTokens: 150 };
    const stream = session.stream('Tell me a story.', options);
    const seen: boolean[] = [];
    for await (const { influence } of stream) {
      seen.push(influence !== undefined);
      if (seen.length === 20) session.strength = 0;
      if (seen.length === 90) session.strength = 1;
    }
    const { usage } = await stream.reply;
    assert.equal(seen[0], true);
    assert.ok(seen.includes(false), 'influence disappears in the same reply');
    assert.equal(seen.at(-1), true, 'and comes back in it');
    const next = await session.prompt('And then?', { ...greedy, maxTokens: 2 });
    if (next.usage.droppedMessages === 0) {
      assert.ok(next.usage.cachedTokens >= usage.promptTokens + usage.replyTokens - 1);
    }
  });

  test('a tag in the middle of a reply leans the same reply', async () => {
    await using session = await model().createSession({ graffiti: { remember: false } });
    const stream = session.stream('Tell me a story.', { ...greedy, maxTokens: 200 });
    const seen: boolean[] = [];
    for await (const { influence } of stream) {
      seen.push(influence !== undefined);
      if (seen.length === 5) await session.tag('I love dogs and cats.');
    }
    assert.equal(seen[0], false);
    assert.equal(seen.at(-1), true);
  });

  test('wrong values are refused and change nothing', async () => {
    await using session = await model().createSession();
    for (const value of [NaN, Infinity, 101, -101]) {
      assert.throws(() => (session.strength = value), RangeError);
    }
    assert.throws(() => (session.strength = '1' as never), TypeError);
    assert.equal(session.strength, 1);
  });

  for (const graffiti of [
    { strength: NaN },
    { kl: 0 },
    { klLimit: -1 },
    { rate: 11 },
    { rate: NaN },
    { mix: 2 },
    { recallLimit: 65 },
    { recallLimit: 1.5 },
    { movers: -1 },
    { sources: 66 },
    { writer: 'poet' },
    { preset: 'diary' },
  ]) {
    test(`graffiti ${Object.entries(graffiti)} is a RangeError`, async () => {
      await assert.rejects(model().createSession({ graffiti } as never), RangeError);
    });
  }
  for (const options of [
    { graffiti: { strength: '1' } },
    { graffiti: { remember: 1 } },
    { graffiti: { strenght: 1 } },
    { graffiti: [] },
    { system: 5 },
    { brain: 5 },
    { brian: 'x' },
    null,
  ]) {
    test(`createSession(${JSON.stringify(options)}) is a TypeError`, async () => {
      await assert.rejects(model().createSession(options as never), TypeError);
    });
  }
});

for (const path of [chat, stories]) {
  suite(`writers on ${path.replace(/.*[\\/]/, '')}`, needs(path), () => {
    const model = loadForSuite(path);
    for (const graffiti of [
      { writer: 'gradient' },
      { writer: 'mean' },
      { writer: 'random' },
      { writer: 'notebook' },
      { preset: 'notebook' },
    ] as const) {
      test(`${Object.values(graffiti)} as ${Object.keys(graffiti)} leans a reply`, async () => {
        await using session = await model().createSession({ graffiti });
        await session.tag('I love dogs and cats.');
        const { influence } = await session.prompt('Once upon a time', {
          temperature: 0,
          maxTokens: 8,
        });
        assert.ok(
          influence && influence.meanKl > 0 && Number.isFinite(influence.logLikelihoodRatio),
        );
      });
    }
  });
}
