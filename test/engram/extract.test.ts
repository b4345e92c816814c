import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Engram, type EngramText } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { loadForSuite, needs, stories } from '../fixtures/models.js';

const pairs = (lines: readonly string[]): EngramText[] =>
  lines.map((line) => ({ prompt: line.slice(0, 20), answer: line.slice(20) }));
const target = pairs([
  'Once upon a time there was a little girl named Lily who loved to play outside in the park.',
]);
const reference = pairs([
  'Tom had a red ball. He threw it to his dog and the dog ran fast and brought it back to him again.',
  'One day a cat found a box. The cat looked inside and saw a mouse that was very sad and all alone.',
  'It rained all night and in the morning there were big puddles. Sue put on her boots and jumped in.',
  'Ben wanted to bake a cake for his friend. He took milk and eggs and asked his dad to help him mix.',
  'The sun was warm, so Sara and her mom went to the lake to eat bread and look at the small ducks.',
  'There was a big bear in the wood who did not like the cold, so he slept until the snow was gone.',
]);
const forgetting = 0.5;

void suite('extraction', needs(stories), () => {
  const model = loadForSuite(stories, { contextSize: 256 });
  const tensors = ({ engram }: { engram: Engram }) => engram.tensors;

  void test('what is listed in target and reference belongs to the target', async () => {
    const { engrams } = model();
    const apart = await engrams.extract({ target, reference, forgetting });
    const inside = await engrams.extract({
      target: [...target, ...target],
      reference: [...reference, ...target],
      forgetting,
    });
    assert.deepEqual(tensors(inside), tensors(apart));
    assert.deepEqual(inside.layers, apart.layers);
  });

  void test('aborted at any moment, it ends so, and the next one is as ever', async () => {
    const whole = await model().engrams.extract({ target, reference, forgetting });
    let steps = 0;
    await model().engrams.extract({ target, reference, forgetting, onProgress: () => steps++ });
    assert.ok(steps > 5);
    for (const at of [1, 2, Math.floor(steps / 2), steps - 2]) {
      const abort = new AbortController();
      let seen = 0;
      const onProgress = () => {
        if (++seen === at) abort.abort();
      };
      const { signal } = abort;
      await assert.rejects(
        model().engrams.extract({ target, reference, forgetting, onProgress, signal }),
        code('ERR_ABORTED'),
      );
    }
    const again = await model().engrams.extract({ target, reference, forgetting });
    assert.deepEqual(tensors(again), tensors(whole));
  });

  void test('an adapter of other shapes is refused, and what was on stays on', async () => {
    const { engram } = await model().engrams.extract({ target, reference, forgetting });
    await using session = await model().createSession({ graffiti: { remember: false } });
    await session.engrams.set([{ engram, weight: -1 }]);
    const score = async () => Array.from((await session.score(target[0]!.answer, 'Once')).base);
    const erased = await score();
    const [first] = engram.tensors;
    const bent = new Engram(engram.origin, [
      { ...first!, inputs: first!.inputs - 4, a: first!.a.slice(4 * first!.rank) },
    ]);
    const unknown = new Engram(engram.origin, [{ ...first!, name: 'blk.99.ffn_down.weight' }]);
    for (const wrong of [bent, unknown]) {
      await assert.rejects(
        session.engrams.set([{ engram: wrong, weight: -1 }]),
        code('ERR_ENGRAM_MODEL_MISMATCH'),
      );
    }
    assert.deepEqual(await score(), erased);
  });

  void test('a report says what erasing does, and how far it is an engram', async () => {
    const { engram, forget } = await model().engrams.extract({ target, reference, forgetting });
    const report = await model().engrams.examine(engram, { anchor: reference.slice(0, 2) });
    assert.deepEqual(report.forget, forget);
    assert.equal(report.paraphrase, undefined);
    assert.ok(report.anchor!.after > 0);
    const { necessity, specificity, reactivation, sufficiency } = report.criteria;
    assert.equal(necessity, forget.after - forget.before);
    assert.equal(specificity, 1 - (report.retain.after - report.retain.before) / necessity);
    assert.ok(reactivation > 1.5, `${reactivation}`);
    assert.ok(sufficiency > 0 && sufficiency <= 1, `${sufficiency}`);
  });
});
