import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateAdder, heldOutPairs } from '../../lib/eval/index.js';
import { isHeldOut } from '../../lib/eval/adder.js';
import { code } from '../fixtures/errors.js';

test('pairs are held out as training/adder_pairs.py does it', () => {
  const found: [number, number][] = [];
  for (let first = 0; first < 30; first++) {
    for (let second = first; second < 30; second++) {
      if (isHeldOut(first, second)) found.push([first, second]);
      assert.equal(isHeldOut(first, second), isHeldOut(second, first));
    }
  }
  assert.deepEqual(found, [[1, 20], [2, 7], [3, 7], [5, 23], [16, 18], [19, 19], [27, 29]]); // prettier-ignore
});

test('held-out pairs: the same every time, all different, of most lengths, many with long carries', () => {
  const pairs = [...heldOutPairs(1000)];
  assert.deepEqual(pairs, [...heldOutPairs(1000)]);
  assert.equal(new Set(pairs.map(String)).size, 1000);
  assert.ok(pairs.some(([first, second]) => first === 9_999_999 && second === 1));
  for (const [first, second] of pairs.slice(54)) assert.ok(isHeldOut(first, second));
  for (let length = 3; length <= 7; length++) {
    assert.ok(pairs.filter(([first]) => String(first).length === length).length > 50);
  }
  const long = pairs.filter((pair) => carry(...pair) >= 4);
  assert.ok(long.length > 80, `${long.length}`);
});

/** Most places in a row that a carry comes out of. */
function carry(first: number, second: number): number {
  let longest = 0;
  let row = 0;
  for (let power = 10; power <= 10 ** 7; power *= 10) {
    row = (first % power) + (second % power) >= power ? row + 1 : 0;
    longest = Math.max(longest, row);
  }
  return longest;
}

test('the adder is right, and its figures are shares and a speed', async () => {
  const figures = await evaluateAdder({ pairs: 150 });
  assert.equal(figures.pairs, 150);
  assert.equal(figures.voted, 1);
  assert.ok(figures.single >= 0.98 && figures.single <= 1);
  assert.ok(figures.perSecond > 0);
});

test('the evaluation of the adder can be aborted', () =>
  assert.rejects(evaluateAdder({ pairs: 1000, signal: AbortSignal.abort() }), code('ERR_ABORTED')));
