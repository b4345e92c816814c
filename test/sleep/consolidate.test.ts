import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { GraffitiModel } from '../../lib/index.js';
import type { Exchange } from '../../lib/memory/index.js';
import { consolidate } from '../../lib/sleep/consolidate.js';
import { anchorText } from '../../lib/sleep/rehearsal.js';

const TOLD: readonly Exchange[] = [
  { source: 3, prompt: 'What is the harbour of Velmora called?', reply: 'It is the Kestrel Quay.' },
  { source: 8, prompt: 'Who built the clock of Ostrin?', reply: 'Mirella Dankovic built it.' },
];

void suite('consolidating exchanges', () => {
  let model: GraffitiModel;
  before(async () => {
    model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 2 });
  });
  after(() => model.dispose());

  const learn = (
    exchanges: readonly Exchange[],
    onProgress = (_done: number, _total: number) => {},
  ) =>
    consolidate(model.loaded, exchanges, anchorText(), {
      anchorLimit: 0.01,
      onProgress,
      signal: undefined,
    });

  void test('gives keys of every memory, the same each time, and says how far it is', async () => {
    const progress: number[] = [];
    const night = await learn(TOLD, (done, total) => progress.push(done / total));
    assert.equal(progress.at(-1), 1);
    assert.deepEqual(
      progress,
      [...progress].sort((one, other) => one - other),
    );
    assert.deepEqual(new Set(night.rows.sources), new Set([3, 8]));
    assert.equal(night.rows.keys.length % night.rows.tokens.length, 0);
    const again = await learn(TOLD);
    assert.deepEqual(again.rows, night.rows);
    assert.deepEqual(again.space, night.space);
    assert.equal(again.reach, night.reach);
  });

  void test('a question asked twice is learned once', async () => {
    const once = await learn(TOLD.slice(0, 1));
    const twice = await learn([TOLD[0]!, TOLD[0]!]);
    assert.deepEqual(twice.rows, once.rows);
  });

  void test('what is left when an exchange is forgotten is what was never told', async () => {
    const both = await learn(TOLD);
    const alone = await learn(TOLD.slice(1));
    const kept = Array.from(both.rows.sources.keys()).filter(
      (row) => both.rows.sources[row] !== TOLD[0]!.source,
    );
    const width = both.rows.keys.length / both.rows.tokens.length;
    assert.deepEqual(both.space, alone.space);
    assert.deepEqual(
      kept.map((row) => both.rows.tokens[row]),
      Array.from(alone.rows.tokens),
    );
    assert.deepEqual(
      kept.flatMap((row) => Array.from(both.rows.keys.subarray(row * width, (row + 1) * width))),
      Array.from(alone.rows.keys),
    );
  });

  void test('nothing to learn is a RangeError', async () => {
    await assert.rejects(learn([]), RangeError);
  });

  void test('what is no head memory is refused', () => {
    const session = model.loaded.openSession();
    assert.throws(() => model.loaded.setNight(session, {} as never), { code: 'ERR_NATIVE' });
    model.loaded.closeSession(session);
  });
});
