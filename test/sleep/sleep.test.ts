import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { GraffitiModel, type Memory } from '../../lib/index.js';
import { scratch } from '../store/scratch.js';

const STATEMENTS = [
  'my dog is named Zorbulax',
  'I live in Tarnwick',
  'Who built the clock of Ostrin? Mirella Dankovic built it.',
];
const QUIET = { recall: false, graffiti: { strength: 0 } } as const;
const GREEDY = { temperature: 0, maxTokens: 24, remember: false, regions: false } as const;

void suite('a night', () => {
  let model: GraffitiModel;
  before(async () => {
    model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 2 });
  });
  after(() => model.dispose());

  async function tell(memory: Memory, texts: readonly string[]): Promise<void> {
    for (const text of texts) await memory.remember({ text });
  }

  /** The greedy answer of a new session, without recall and without the spray. */
  async function ask(memory: Memory, question: string, night = true) {
    await using session = await model.createSession({ brain: memory, ...QUIET, night });
    const sources = new Set<number>();
    const stream = session.stream(question, GREEDY);
    for await (const { consolidated } of stream) {
      for (const { id } of consolidated?.sources ?? []) sources.add(id);
    }
    return { text: (await stream.reply).text.trim(), sources };
  }

  void test('is remembered without recall, in a brain that is opened again, and names its memories', async (t) => {
    const brain = join(scratch(t), 'brain.graffiti');
    {
      await using memory = await model.openMemory(brain);
      await tell(memory, STATEMENTS);
      assert.doesNotMatch((await ask(memory, 'What is my dog called?')).text, /Zorbulax/);
      const phases = new Set<string>();
      const report = await model.sleep(memory, {
        onProgress: ({ phase, done, total }) => {
          assert.ok(done >= 1 && done <= total);
          phases.add(phase);
        },
      });
      assert.deepEqual([...phases], ['rehearse', 'replay', 'measure']);
      assert.equal(report.memories, 3);
      assert.ok(report.told.after < report.told.before / 4);
      assert.ok(report.anchor.after < report.anchor.before * 1.02);
      assert.equal(report.exactTold, 1);
    }
    await using memory = await model.openMemory(brain);
    const dog = await ask(memory, 'What is my dog called?');
    assert.equal(dog.text, 'Your dog is named Zorbulax.');
    assert.deepEqual([...dog.sources], [1]);
    assert.match((await ask(memory, 'Where do I live?')).text, /Tarnwick/);
    assert.equal(
      (await ask(memory, 'Who built the clock of Ostrin?')).text,
      'Mirella Dankovic built it.',
    );
    assert.doesNotMatch((await ask(memory, 'What is my dog called?', false)).text, /Zorbulax/);
    const [night] = await memory.nights();
    assert.equal(night?.memories, 3);
  });

  void test('loses a memory that is forgotten, and can be taken back', async (t) => {
    await using memory = await model.openMemory(join(scratch(t), 'brain.graffiti'));
    await tell(memory, STATEMENTS);
    await model.sleep(memory);
    await using session = await model.createSession({ brain: memory, ...QUIET });
    assert.match((await session.prompt('Where do I live?', GREEDY)).text, /Tarnwick/);
    await memory.forget(2);
    assert.doesNotMatch((await ask(memory, 'Where do I live?')).text, /Tarnwick/);
    assert.doesNotMatch(
      (await session.prompt('Where do I live?', GREEDY)).text,
      /Tarnwick/,
      'open sessions too',
    );
    assert.match((await ask(memory, 'What is my dog called?')).text, /Zorbulax/);

    await memory.remember({ text: 'my cat is named Quillby' });
    await model.sleep(memory);
    assert.match((await ask(memory, 'What is my cat called?')).text, /Quillby/);
    assert.equal((await memory.undoNight())?.id, 2);
    assert.doesNotMatch((await ask(memory, 'What is my cat called?')).text, /Quillby/);
    assert.match(
      (await ask(memory, 'What is my dog called?')).text,
      /Zorbulax/,
      'the night before counts',
    );
    assert.equal((await memory.undoNight())?.id, 1);
    assert.equal(await memory.undoNight(), undefined);
    assert.doesNotMatch((await ask(memory, 'What is my dog called?')).text, /Zorbulax/);
  });

  void test('a corrected fact is learned as corrected', async () => {
    await using memory = await model.openMemory();
    await tell(memory, ['my dog is named Zorbulax', 'no wait, it is Pimmel']);
    const replay = await memory.replay();
    assert.ok(replay.length > 0);
    assert.ok(replay.every(({ source, reply }) => source === 2 && reply.includes('Pimmel')));
  });

  void test('of a brain that was told nothing is ERR_NOTHING_TOLD, and is not kept', async () => {
    await using memory = await model.openMemory();
    await assert.rejects(model.sleep(memory), { code: 'ERR_NOTHING_TOLD' });
    await tell(memory, ['What is my dog called?', 'hello', 'thanks!']);
    await assert.rejects(model.sleep(memory), { code: 'ERR_NOTHING_TOLD' });
    assert.deepEqual(await memory.nights(), []);
  });

  void test('that is aborted, at any moment, leaves the brain as it was', async () => {
    await using memory = await model.openMemory();
    await tell(memory, STATEMENTS);
    await assert.rejects(model.sleep(memory, { signal: AbortSignal.abort() }), {
      code: 'ERR_ABORTED',
    });
    for (const phase of ['rehearse', 'replay', 'measure']) {
      const stop = new AbortController();
      await assert.rejects(
        model.sleep(memory, {
          signal: stop.signal,
          onProgress: (progress) => progress.phase === phase && stop.abort(),
        }),
        { code: 'ERR_ABORTED' },
      );
    }
    assert.deepEqual(await memory.nights(), []);
  });

  void test('needs a memory, sane options and a brain that can be written', async (t) => {
    await using memory = await model.openMemory();
    await assert.rejects(model.sleep({} as never), TypeError);
    await assert.rejects(model.sleep(memory, { anchorLimit: 2 }), RangeError);
    await assert.rejects(model.sleep(memory, { depth: 1 } as never), TypeError);
    const brain = join(scratch(t), 'brain.graffiti');
    await (await model.openMemory(brain)).close();
    await using reader = await model.openMemory(brain, { readOnly: true });
    await assert.rejects(model.sleep(reader), { code: 'ERR_BRAIN_READ_ONLY' });
  });

  void test('a full brain is ERR_BRAIN_FULL and stays as it was', async (t) => {
    const brain = join(scratch(t), 'brain.graffiti');
    await using memory = await model.openMemory(brain, { maxBytes: 300_000 });
    await tell(memory, STATEMENTS);
    await assert.rejects(model.sleep(memory), { code: 'ERR_BRAIN_FULL' });
    assert.deepEqual(await memory.nights(), []);
    assert.equal((await memory.list()).length, 3);
  });

  void test('of a copy that lost a table is refused; a damaged night can be taken back', async (t) => {
    const folder = scratch(t);
    const brain = join(folder, 'brain.graffiti');
    {
      await using memory = await model.openMemory(brain);
      await tell(memory, STATEMENTS);
      await model.sleep(memory);
    }
    const damaged = join(folder, 'damaged.graffiti');
    copyFileSync(brain, damaged);
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const database = new DatabaseSync(damaged);
    database.exec('UPDATE night_parts SET data = substr(data, 1, 40)');
    database.close();
    await using memory = await model.openMemory(damaged);
    await assert.rejects(model.createSession({ brain: memory }), { code: 'ERR_BRAIN_CORRUPT' });
    await memory.undoNight();
    await using session = await model.createSession({ brain: memory });
    assert.ok((await session.prompt('hello', GREEDY)).text.length > 0);
  });
});
