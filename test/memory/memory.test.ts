import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type EncodedText, MAX_TEXT_BYTES, Memory } from '../../lib/memory/index.js';
import { scratch } from '../store/scratch.js';
import { FakeEncoder } from './fake-encoder.js';

const open = (options = {}) => Memory.open(undefined, { encoder: new FakeEncoder(), ...options });

describe('remembering', () => {
  it('acknowledges what it has kept', async () => {
    await using memory = await open();
    const record = await memory.remember({
      text: ' My dog is Buddy ',
      speaker: ' Ann ',
      tags: ['Pets', ' pets', 'DOG'],
      by: 'rule',
      kind: 'tag',
      time: new Date(5000),
      importance: 2,
    });
    assert.deepEqual(record, {
      id: 1,
      text: ' My dog is Buddy ',
      speaker: 'Ann',
      tags: ['pets', 'dog'],
      by: 'rule',
      kind: 'tag',
      time: 5000,
      importance: 2,
    });
    assert.deepEqual(await memory.get(1), record);
    assert.deepEqual(await memory.list({ tag: 'PETS', speaker: 'Ann', since: new Date(5000) }), [
      record,
    ]);
    const plain = await memory.remember({ text: 'plain' });
    const { speaker, tags, by, kind, importance } = plain;
    assert.deepEqual(
      { speaker, tags, by, kind, importance },
      {
        speaker: 'user',
        tags: [],
        by: 'human',
        kind: 'tell',
        importance: 1,
      },
    );
    assert.ok(Math.abs(plain.time - Date.now()) < 60_000);
  });

  it('keeps concurrent calls in their order', async () => {
    await using memory = await open();
    const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);
    const records = await Promise.all(texts.map((text) => memory.remember({ text })));
    assert.deepEqual(
      records.map(({ id }) => id),
      texts.map((_, i) => i + 1),
    );
    assert.deepEqual(
      (await memory.export()).memories.map(({ text }) => text),
      texts,
    );
    await using other = await open();
    for (const text of texts) await other.remember({ text });
    assert.deepEqual(await memory.spray(), await other.spray());
  });

  it('keeps any text byte for byte, but for what UTF-8 and C cannot hold', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (random) => {
        await using memory = await open();
        const hostile = `a${random}\uD800\0'; DROP TABLE events; --`;
        const { text } = await memory.remember({
          text: hostile,
          speaker: hostile,
          tags: [hostile],
        });
        assert.equal(text, hostile.replaceAll(/\0|\uD800/gu, '\uFFFD'));
        assert.deepEqual(await memory.get(1), (await memory.list())[0]);
        assert.equal((await memory.get(1))!.text, text);
        assert.equal((await memory.forget({ tag: hostile })).ids.length, 1);
      }),
      { numRuns: 50 },
    ));

  it('refuses what is no memory, with one message shape', async () => {
    await using memory = await open();
    const refused: [unknown, typeof TypeError | typeof RangeError][] = [
      [{ text: '' }, RangeError],
      [{ text: ' \n\t ' }, RangeError],
      [{ text: 'é'.repeat(MAX_TEXT_BYTES / 2 + 1) }, RangeError],
      [{ text: 7 }, TypeError],
      [{}, TypeError],
      [null, TypeError],
      ['text', TypeError],
      [{ text: 'a', importence: 2 }, TypeError],
      [{ text: 'a', importance: NaN }, RangeError],
      [{ text: 'a', importance: -1 }, RangeError],
      [{ text: 'a', importance: '1' }, TypeError],
      [{ text: 'a', tags: 'pets' }, TypeError],
      [{ text: 'a', tags: ['ok', ' '] }, RangeError],
      [{ text: 'a', tags: [{}] }, TypeError],
      [{ text: 'a', by: 'robot' }, RangeError],
      [{ text: 'a', speaker: '' }, RangeError],
      [{ text: 'a', time: new Date(NaN) }, RangeError],
      [{ text: 'a', time: Infinity }, RangeError],
    ];
    for (const [input, kind] of refused) {
      await assert.rejects(memory.remember(input as never), (error: Error) => {
        assert.equal(error.constructor, kind, `${JSON.stringify(input)?.slice(0, 50)}: ${error}`);
        assert.match(error.message, /^Expected .+ (for|in) .+ but received .+/);
        assert.ok(error.message.length < 300);
        return true;
      });
    }
    await memory.remember({ text: 'é'.repeat(MAX_TEXT_BYTES / 2) });
    assert.equal((await memory.list()).length, 1);
  });

  it('leaves the brain as it was when the model fails or the caller aborts', async () => {
    class Failing extends FakeEncoder {
      answer: () => Promise<EncodedText> = () => Promise.reject(new Error('no'));
      override encode(text: string) {
        return text.startsWith('bad') ? this.answer() : super.encode(text);
      }
    }
    const encoder = new Failing();
    await using memory = await open({ encoder });
    await memory.remember({ text: 'good' });
    const before = await memory.spray();
    await assert.rejects(memory.remember({ text: 'bad' }), /no/);
    const vector = new Float32Array(16);
    encoder.answer = async () => ({ spray: new Float32Array(3), key: vector });
    await assert.rejects(memory.remember({ text: 'bad' }), { code: 'ERR_NATIVE' });
    encoder.answer = async () => ({ spray: vector, key: new Float32Array(16).fill(NaN) });
    await assert.rejects(memory.remember({ text: 'bad' }), { code: 'ERR_NATIVE' });
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(memory.remember({ text: 'x' }, { signal }), {
      code: 'ERR_ABORTED',
      cause: signal.reason,
    });
    const late = new AbortController();
    encoder.answer = async () => {
      late.abort();
      return { spray: vector, key: vector };
    };
    await assert.rejects(memory.remember({ text: 'bad' }, { signal: late.signal }), {
      code: 'ERR_ABORTED',
    });
    assert.deepEqual(await memory.spray(), before);
    assert.equal((await memory.remember({ text: 'next' })).id, 2);
  });

  it('tells listeners, whose failures are their own', async () => {
    await using memory = await open();
    const heard: string[] = [];
    memory.on('remembered', ({ text }) => heard.push(text));
    memory.on('forgotten', ({ ids }) => heard.push(`forgot ${ids.join()}`));
    await memory.remember({ text: 'one' });
    await memory.forget(1);
    await new Promise((done) => setImmediate(done));
    assert.deepEqual(heard, ['one', 'forgot 1']);
  });
});

describe('a brain over its life', () => {
  it('is the same after closing, with and without a snapshot', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const encoder = new FakeEncoder();
    await using fresh = await open();
    let turn = 0;
    for (const more of [3, 70, 1, 450]) {
      await using memory = await Memory.open(path, { encoder });
      for (let i = 0; i < more; i++) {
        const text = `turn ${turn} of ${turn++ % 7}`;
        await memory.remember({ text });
        await fresh.remember({ text });
      }
      assert.deepEqual(await memory.spray(), await fresh.spray());
      const { bytes, created, ...rest } = await memory.stats();
      const { bytes: _bytes, created: _created, ...expected } = await fresh.stats();
      assert.deepEqual(
        { ...rest, firstTime: 0, lastTime: 0 },
        { ...expected, firstTime: 0, lastTime: 0 },
      );
      assert.ok(bytes > 0 && created > 0);
    }
  });

  it('closes after what was called, once, and then refuses', async () => {
    const memory = await open();
    const pending = memory.remember({ text: 'still kept' });
    const closing = memory.close();
    await memory.close();
    await closing;
    assert.equal((await pending).id, 1);
    for (const call of [
      memory.remember({ text: 'x' }),
      memory.forget(1),
      memory.recall('x'),
      memory.list(),
      memory.get(1),
      memory.spray(),
      memory.stats(),
      memory.export(),
      memory.reencode(new FakeEncoder()),
    ]) {
      await assert.rejects(call, { code: 'ERR_DISPOSED' });
    }
    await memory[Symbol.asyncDispose]();
  });

  it('counts and measures', async () => {
    await using memory = await open();
    const empty = await memory.stats();
    assert.deepEqual([empty.memories, empty.sprayNorm, empty.drift], [0, 0, 0]);
    await memory.remember({ text: 'one', tags: ['a'], time: 10 });
    const one = await memory.stats();
    // From nothing, the first event moves the state by the whole of what it then is.
    assert.ok(one.sprayNorm > 0 && Math.abs(one.drift - one.sprayNorm) < 1e-12);
    const before = (await memory.spray()).state;
    await memory.remember({ text: 'two', tags: ['a', 'b'], time: 20 });
    const after = (await memory.spray()).state;
    const stats = await memory.stats();
    assert.ok(Math.abs(stats.drift - Math.hypot(...after.map((v, i) => v - before[i]!))) < 1e-12);
    assert.ok(Math.abs(stats.sprayNorm - Math.hypot(...after)) < 1e-12);
    assert.deepEqual(stats.tags, [
      { tag: 'a', count: 2 },
      { tag: 'b', count: 1 },
    ]);
    await memory.forget(1);
    const { memories, remembered, forgotten, firstTime, lastTime, model } = await memory.stats();
    assert.deepEqual(
      { memories, remembered, forgotten, firstTime, lastTime },
      {
        memories: 1,
        remembered: 2,
        forgotten: 1,
        firstTime: 20,
        lastTime: 20,
      },
    );
    assert.equal(model?.name, 'fake-one');
  });

  it('exports plain JSON', async () => {
    await using memory = await open();
    await memory.remember({ text: 'one', tags: ['a'], time: 10 });
    await memory.remember({ text: 'two', time: 20 });
    const exported = await memory.export();
    assert.deepEqual(JSON.parse(JSON.stringify(exported)), exported);
    assert.deepEqual(
      exported.memories.map(({ text, time }) => [text, time]),
      [
        ['one', 10],
        ['two', 20],
      ],
    );
    assert.equal(exported.format, 'neural-graffiti/brain');
  });

  it('keeps its settings, and folds anew when they are changed', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const encoder = new FakeEncoder();
    const texts = Array.from({ length: 30 }, (_, i) => `dog ${i % 4} tea ${i % 3}`);
    const told = async (options: object): Promise<Memory> => {
      const memory = await open(options);
      for (const text of texts) await memory.remember({ text });
      return memory;
    };
    const first = await Memory.open(path, { encoder, rate: 0.5, mix: 0.25 });
    for (const text of texts) await first.remember({ text });
    await first.close();
    for (const change of [
      {},
      { rate: 0.05 },
      { recallLimit: 1 },
      { recallThreshold: 0.9 },
      { mix: 0 },
    ]) {
      await (await Memory.open(path, { encoder, ...change })).close();
      await using kept = await Memory.open(path);
      const { settings } = await kept.stats();
      for (const [name, value] of Object.entries(change)) {
        assert.equal(settings[name as keyof typeof settings], value);
      }
      await using expected = await told(settings);
      assert.deepEqual(await kept.spray(), await expected.spray());
    }
    const reader = Memory.open(path, { readOnly: true, rate: 0.7 });
    await assert.rejects(reader, { code: 'ERR_BRAIN_READ_ONLY' });
    for (const wrong of [{ rate: -1 }, { rate: NaN }, { mix: 2 }, { recallLimit: 1.5 }]) {
      await assert.rejects(Memory.open(path, wrong), RangeError);
    }
    await assert.rejects(Memory.open(path, { recalLimit: 3 } as never), TypeError);
    await assert.rejects(Memory.open(7 as never), TypeError);
    await assert.rejects(Memory.open(''), RangeError);
    assert.equal(readdirSync(join(path, '..')).length, 1);
  });

  it('is seen by readers as it grows, each time in one piece', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const encoder = new FakeEncoder();
    await using writer = await Memory.open(path, { encoder });
    await writer.remember({ text: 'the first dog' });
    await using reader = await Memory.open(path, { encoder, readOnly: true });
    for (let i = 0; i < 70; i++) {
      await writer.remember({ text: `dog ${i}` });
      if (i % 10 === 5) await writer.forget(i);
      if (i % 3 === 0) {
        assert.deepEqual(await reader.spray(), await writer.spray());
        assert.deepEqual(await reader.recall(`dog ${i}`), await writer.recall(`dog ${i}`));
      }
    }
    for (const change of [
      reader.remember({ text: 'x' }),
      reader.forget(1),
      reader.reencode(encoder),
    ]) {
      await assert.rejects(change, { code: 'ERR_BRAIN_READ_ONLY' });
    }
  });
});
