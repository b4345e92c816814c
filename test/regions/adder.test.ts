import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Adder } from '../../lib/index.js';
import { heldOutPairs } from '../../lib/eval/index.js';

const number = fc.oneof(
  fc.integer({ min: 0, max: 9_999_999 }),
  fc.integer({ min: 1, max: 7 }).chain((length) => fc.integer({ min: 0, max: 10 ** length - 1 })),
);

describe('the adder', () => {
  const adder = Adder.load();

  it('adds', () =>
    fc.assert(
      fc.property(number, number, (first, second) => {
        assert.deepEqual(adder.add(first, second), { sum: first + second });
      }),
      { seed: 1, numRuns: 60 },
    ));

  it('adds pairs it was not trained on, long carries first', () => {
    for (const [first, second] of heldOutPairs(120)) {
      assert.deepEqual(adder.add(first, second), { sum: first + second });
    }
  });

  it('adds in the order of any seed', () => {
    for (let seed = 0; seed < 20; seed++) {
      assert.equal(adder.add(9_999_999, 1, { seed }).sum, 10_000_000);
      assert.equal(adder.add(9_999_999, 9_999_999, { seed, votes: 1 }).sum, 19_999_998);
    }
  });

  it('declines what it was not made for, and says why', () => {
    const reasons: [number, RegExp][] = [
      [-3, /from 0 up; -3 is less/],
      [1.5, /whole numbers; 1\.5 is none/],
      [10_000_000, /up to 7 digits; 10000000 has 8/],
      [1e21, /up to 7 digits; 1000000000000000000000 has 22/],
      [1e300, /up to 7 digits; .* has 301/],
    ];
    for (const [wrong, reason] of reasons) {
      assert.match(adder.add(wrong, 1).declined!, reason);
      assert.match(adder.add(1, wrong).declined!, reason);
    }
  });

  it('refuses wrong arguments', () => {
    assert.throws(() => adder.add('1' as never, 1), TypeError);
    assert.throws(() => adder.add(1, NaN), RangeError);
    assert.throws(() => adder.add(1, 1, { votes: 0 }), RangeError);
    assert.throws(() => adder.add(1, 1, { seed: -1 }), RangeError);
  });
});
