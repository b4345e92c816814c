import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { GraffitiModel } from '../../lib/index.js';
import { checkSampling, type GeneratedToken } from '../../lib/model/index.js';
import { consolidate, type Exchange, renderExchange } from '../../lib/sleep/index.js';

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

  /** A greedy answer, token by token. */
  function answer(session: number, question: string): Promise<GeneratedToken[]> {
    const { tokens, first } = renderExchange(model.loaded, question, '');
    const sampling = checkSampling({ temperature: 0, maxTokens: 24 }, model.info.vocabulary);
    return new Promise((resolve) => {
      const said: GeneratedToken[] = [];
      model.loaded.generate(
        session,
        tokens.slice(0, first),
        { ...sampling, maxTokens: 24 },
        { influence: false, movers: 0, sources: 0 },
        { onToken: (token) => said.push(token), onFinish: () => resolve(said) },
      );
    });
  }
  const textOf = (tokens: readonly GeneratedToken[]): string =>
    tokens
      .map(({ text }) => text)
      .join('')
      .trim();

  void test('the model then answers as told, names the memory, and ordinary text stays', async () => {
    const progress: number[] = [];
    const night = await consolidate(model.loaded, TOLD, {
      onProgress: (done, total) => progress.push(done / total),
    });
    assert.equal(progress.at(-1), 1);
    assert.deepEqual(new Set(night.rows.sources), new Set([3, 8]));
    assert.equal(night.rows.keys.length % night.rows.tokens.length, 0);
    assert.ok(night.anchor.after <= night.anchor.before * 1.0101);

    const session = model.loaded.openSession();
    const untaught = textOf(await answer(session, TOLD[0]!.prompt));
    assert.notEqual(untaught, TOLD[0]!.reply);
    model.loaded.setHeadMemory(session, night.memory);
    for (const { prompt, reply, source } of TOLD) {
      const said = await answer(session, prompt);
      assert.equal(textOf(said), reply);
      assert.ok(said.every(({ consolidated }) => consolidated?.sources[0]?.id === source));
    }
    model.loaded.setHeadMemory(session, null);
    assert.equal(textOf(await answer(session, TOLD[0]!.prompt)), untaught);
    model.loaded.closeSession(session);
  });

  void test('the same night twice gives the same rows', async () => {
    const [one, other] = [
      await consolidate(model.loaded, TOLD),
      await consolidate(model.loaded, TOLD),
    ];
    assert.deepEqual(one.rows, other.rows);
    assert.deepEqual(one.space, other.space);
    assert.equal(one.reach, other.reach);
  });

  void test('what is left when an exchange is forgotten is what was never told', async () => {
    const both = await consolidate(model.loaded, TOLD);
    const alone = await consolidate(model.loaded, TOLD.slice(1));
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

  void test('nothing to learn is a RangeError; an abort is ERR_ABORTED', async () => {
    await assert.rejects(consolidate(model.loaded, []), RangeError);
    await assert.rejects(consolidate(model.loaded, TOLD, { signal: AbortSignal.abort() }), {
      code: 'ERR_ABORTED',
    });
  });

  void test('what is no head memory is refused', () => {
    const session = model.loaded.openSession();
    assert.throws(() => model.loaded.setHeadMemory(session, {} as never), { code: 'ERR_NATIVE' });
    model.loaded.closeSession(session);
  });
});
