import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { GraffitiModel, type Memory } from '../../lib/index.js';
import { Examination, wake } from '../../lib/sleep/index.js';
import { scratch } from '../store/scratch.js';

const STATEMENTS = [
  'my dog is named Zorbulax',
  'Who built the clock of Ostrin? Mirella Dankovic built it.',
];
const ASKED = { prompt: 'Who built the clock of Ostrin?', reply: 'Mirella Dankovic built it.' };

void suite('a night of weights', () => {
  let model: GraffitiModel;
  before(async () => {
    model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 2 });
  });
  after(() => model.dispose());

  async function tell(memory: Memory): Promise<void> {
    for (const text of STATEMENTS) await memory.remember({ text });
  }

  /** Nats per token of the answer with what the night left. */
  async function loss(memory: Memory): Promise<number> {
    const night = await wake(model.loaded, memory);
    assert.ok(night);
    using examination = new Examination(model.loaded, night);
    return (await examination.losses([ASKED])).after;
  }

  void test('is learned, kept, the same in a brain that is opened again, and gone with a memory of it', async (t) => {
    const folder = scratch(t);
    const brain = join(folder, 'brain.graffiti');
    let known: number;
    {
      await using memory = await model.openMemory(brain);
      await tell(memory);
      const phases = new Set<string>();
      const report = await model.sleep(memory, {
        method: 'weights',
        onProgress: ({ phase, done, total }) => {
          assert.ok(done >= 0 && done <= total);
          phases.add(phase);
        },
      });
      assert.deepEqual([...phases], ['rehearse', 'replay', 'train', 'measure']);
      assert.ok(report.method === 'weights' && report.words > 5 && report.units > 0);
      assert.ok(report.told.after < report.told.before / 2);
      assert.ok(report.reworded.after < report.reworded.before);
      assert.ok(report.anchor.after < report.anchor.before * 1.03);
      assert.equal(report.memories, 2);
      known = await loss(memory);
      assert.ok(known < report.told.before / 2);
    }
    copyFileSync(brain, join(folder, 'damaged.graffiti'));

    await using memory = await model.openMemory(brain);
    assert.equal(await loss(memory), known);
    {
      await using session = await model.createSession({
        ...{ brain: memory, recall: false, graffiti: { strength: 0 } },
      });
      const stream = session.stream(ASKED.prompt, {
        temperature: 0,
        maxTokens: 8,
        remember: false,
      });
      let spoke = 0;
      for await (const { consolidated } of stream) {
        if (!consolidated) continue;
        spoke++;
        assert.ok(consolidated.share > 0 && consolidated.share <= 1);
        assert.ok(consolidated.weight <= consolidated.share);
        assert.deepEqual(consolidated.sources, [], 'weights do not know their sources');
      }
      assert.ok(spoke > 0);
    }
    const [night] = await memory.nights();
    assert.equal(night?.method, 'weights');
    assert.equal(night?.separable, false);
    await memory.forget(1);
    assert.deepEqual(await memory.nights(), [], 'it cannot be had without the memory');
    assert.equal(await wake(model.loaded, memory), null);

    const damaged = join(folder, 'damaged.graffiti');
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const database = new DatabaseSync(damaged);
    database.exec('UPDATE nights SET common = substr(common, 1, length(common) - 4)');
    database.close();
    await using broken = await model.openMemory(damaged);
    await assert.rejects(model.createSession({ brain: broken }), { code: 'ERR_BRAIN_CORRUPT' });
    assert.equal((await broken.undoNight())?.id, 1);
    await (await model.createSession({ brain: broken })).dispose();
  });

  void test('can be aborted while it trains, and leaves the night before as it was', async () => {
    await using memory = await model.openMemory();
    await tell(memory);
    await model.sleep(memory);
    for (const phase of ['replay', 'train', 'measure']) {
      const stop = new AbortController();
      const aborted = model.sleep(memory, {
        ...{ method: 'weights', signal: stop.signal },
        onProgress: (progress) => progress.phase === phase && stop.abort(),
      });
      await assert.rejects(aborted, { code: 'ERR_ABORTED' });
    }
    assert.deepEqual(
      (await memory.nights()).map(({ id, method }) => [id, method]),
      [[1, 'head']],
    );
  });

  void test('has no keys to bound, and no method by another name', async () => {
    await using memory = await model.openMemory();
    await tell(memory);
    const weights = { method: 'weights', maxKeys: 5 } as const;
    await assert.rejects(model.sleep(memory, weights), TypeError);
    await assert.rejects(model.sleep(memory, { maxKeys: 0 }), RangeError);
    await assert.rejects(model.sleep(memory, { method: 'dream' } as never), RangeError);
  });
});
