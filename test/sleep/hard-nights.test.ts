import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GraffitiModel, Memory } from '../../lib/index.js';
import { Examination, wake } from '../../lib/sleep/index.js';
import { scratch } from '../store/scratch.js';

const METHODS = ['head', 'weights'] as const;
const child = fileURLToPath(new URL('./child-sleeper.ts', import.meta.url));

void suite('nights over little, too much, and what does not agree', () => {
  let model: GraffitiModel;
  before(async () => {
    model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 2, contextSize: 256 });
  });
  after(() => model.dispose());

  void test('one short statement is enough; nothing is not, by either method', async () => {
    await using memory = await model.openMemory();
    for (const method of METHODS) {
      await assert.rejects(model.sleep(memory, { method }), { code: 'ERR_NOTHING_TOLD' });
    }
    await memory.remember({ text: 'I am Bo' });
    for (const method of METHODS) {
      const { told, anchor, ...rest } = await model.sleep(memory, { method });
      assert.equal(rest.memories, 1);
      assert.ok(told.after < told.before);
      assert.ok(anchor.after < 1.05 * anchor.before);
    }
    assert.equal((await memory.nights()).length, 2);
  });

  void test('of answers that contradict each other each is learned, and each says where it comes from', async () => {
    await using memory = await model.openMemory();
    const prompt = 'Who built the clock of Ostrin?';
    const replies = ['Mirella Dankovic built it.', 'Tobias Quent built it.'];
    for (const reply of replies) await memory.remember({ text: `${prompt} ${reply}` });
    await model.sleep(memory);
    const night = await wake(model.loaded, memory);
    assert.ok(night);
    using examination = new Examination(model.loaded, night);
    for (const reply of replies) {
      const { before: unknown, after: known } = await examination.losses([{ prompt, reply }]);
      assert.ok(known < unknown / 2, `${reply} ${known}`);
    }
    await using session = await model.createSession({
      ...{ brain: memory, recall: false, graffiti: { strength: 0 } },
    });
    const stream = session.stream(prompt, { temperature: 0, maxTokens: 1, remember: false });
    for await (const { consolidated } of stream) {
      assert.ok(consolidated && consolidated.sources.length >= 1);
      assert.ok(consolidated.weight < 0.95, 'it is not sure');
    }
  });

  void test('what is longer than the context is learned as far as it goes', async () => {
    await using memory = await model.openMemory();
    const words = Array.from({ length: 400 }, (_, i) => `word${i % 37}`).join(' ');
    await memory.remember({ text: `What is the story of Ostrin? It begins with ${words}.` });
    await memory.remember({ text: `Do you know ${words}? It was Kestrel.` });
    for (const method of METHODS) {
      const report = await model.sleep(memory, { method });
      assert.ok(report.told.after < report.told.before);
    }
  });

  void test('an answer that lies beyond the context wholly is nothing to learn', async () => {
    await using memory = await model.openMemory();
    const words = Array.from({ length: 400 }, (_, i) => `word${i % 37}`).join(' ');
    await memory.remember({ text: `Do you know ${words}? It was Kestrel.` });
    for (const method of METHODS) {
      await assert.rejects(model.sleep(memory, { method }), { code: 'ERR_NOTHING_TOLD' });
    }
    assert.deepEqual(await memory.nights(), []);
  });

  void test('more positions than keys: those the model least expects are kept, and the report says so', async () => {
    await using memory = await model.openMemory();
    await memory.remember({ text: 'my dog is named Zorbulax' });
    await memory.remember({ text: 'Who built the clock of Ostrin? Mirella Dankovic built it.' });
    const all = await model.sleep(memory);
    assert.ok(all.method === 'head' && all.dropped === 0 && all.keys > 12);
    const few = await model.sleep(memory, { maxKeys: 12 });
    assert.ok(few.method === 'head');
    assert.deepEqual([few.keys, few.dropped], [12, all.keys - 12]);
    assert.equal(few.merged, all.merged);
    assert.ok(few.bytes < all.bytes && few.told.after < few.told.before);
  });
});

void suite('a night on a full disk', () => {
  void test('is ERR_BRAIN_FULL, and the brain is as it was', async (t) => {
    const disk = scratch(t);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]).status !== 0) {
      t.skip('cannot mount a small disk here');
      return;
    }
    try {
      await using model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 1 });
      await using memory = await model.openMemory(join(disk, 'brain.graffiti'));
      await memory.remember({ text: 'my dog is named Zorbulax' });
      await assert.rejects(model.sleep(memory), { code: 'ERR_BRAIN_FULL' });
      assert.deepEqual(await memory.nights(), []);
      assert.equal((await memory.list()).length, 1);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
});

void suite('a night that is killed', () => {
  for (const [method, phase] of [
    ['head', 'replay'],
    ['weights', 'train'],
    ['head', 'kept'],
  ] as const) {
    void test(`(${method}) at "${phase}" leaves the brain as it was, or with a whole night`, async (t) => {
      const brain = join(scratch(t), 'brain.graffiti');
      const sleeper = spawn(process.execPath, ['--import', 'tsx', child, brain, method], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = once(sleeper, 'close');
      let kept = 0;
      createInterface({ input: sleeper.stdout }).on('line', (line) => {
        if (line === 'kept') kept++;
        if (line === phase) sleeper.kill('SIGKILL');
      });
      const [, signal] = (await closed) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
      await using memory = await Memory.open(brain);
      assert.deepEqual(
        (await memory.list()).map(({ text }) => text),
        ['my dog is named Zorbulax'],
      );
      const nights = await memory.nights();
      assert.ok(nights.length === kept || nights.length === kept + 1);
      for (const night of nights) {
        assert.equal((JSON.parse(night.report) as { bytes: number }).bytes, night.bytes);
      }
    });
  }
});
