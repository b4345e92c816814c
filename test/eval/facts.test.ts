// The evaluation of recall judges what it says it judges.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { evaluateFacts, type FactCase } from '../../lib/eval/index.js';
import { GraffitiModel } from '../../lib/index.js';
import { builtIn, needs, small } from '../fixtures/models.js';

suite('eval facts', needs(builtIn), () => {
  const ask = { ask: "What is my dog's name?", expect: ['buddy'], recall: true };
  const told = { tell: 'My dog is named Buddy.' };
  const cases: FactCase[] = [
    { id: '1-name', steps: [told, { restart: true }, ask] },
    { id: '2-name', steps: [told, { ...ask, expect: ['Rex'] }] },
    {
      id: 'unknown-1',
      steps: [told, { ...ask, ask: 'Where do I live?', expect: [], recall: false }],
    },
    { id: 'unknown-2', steps: [told, { ...ask, recall: false }] },
    { id: 'forbidden-1', steps: [told, { ...ask, forbid: ['Buddy'] }] },
  ];

  test('counts right replies, wrong ones, and recalls where there was nothing to recall', async () => {
    await using model = await GraffitiModel.load({ model: builtIn, ...small });
    const seen: number[] = [];
    const result = await evaluateFacts(model, cases, {
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    assert.deepEqual([result.total, result.passed, result.falseRecalls], [5, 2, 1]);
    assert.deepEqual(result.byCategory, {
      name: { total: 2, passed: 1 },
      unknown: { total: 2, passed: 1 },
      forbidden: { total: 1, passed: 0 },
    });
    assert.deepEqual(
      result.failures.map(({ id, recalled }) => [id, recalled]),
      [
        ['2-name', true],
        ['unknown-2', true],
        ['forbidden-1', true],
      ],
    );
    // Without memory nothing is known; what forbids the answer alone is still not right.
    assert.deepEqual(result.off, { total: 3, passed: 0 });
    assert.equal(result.reads, undefined);
    assert.deepEqual([seen[0], seen.at(-1)], [1 / 8, 1]);
  });

  test('asks from the conversation and from a night, where that is wanted', async () => {
    await using model = await GraffitiModel.load({ model: builtIn, ...small });
    const chat: FactCase = { id: 'talk', steps: [{ tell: 'hello' }, { ...ask, expect: [] }] };
    const { reads, off } = await evaluateFacts(model, [cases[0]!, chat], {
      off: false,
      reads: true,
    });
    // What expects nothing is right whatever the model says; a brain with nothing to learn from has no night.
    assert.ok(reads!.context.passed >= 1 && reads!.night.passed >= 1, JSON.stringify(reads));
    assert.deepEqual([reads!.context.total, reads!.night.total, off.total], [2, 2, 0]);
  });

  test('ends when it is told to', async () => {
    await using model = await GraffitiModel.load({ model: builtIn, ...small });
    await assert.rejects(
      evaluateFacts(model, cases, { signal: AbortSignal.abort() }),
      (error: any) => error.code === 'ERR_ABORTED',
    );
  });
});
