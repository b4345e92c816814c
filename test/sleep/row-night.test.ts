import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packRowNight, unpackRowNight } from '../../lib/sleep/row-night.js';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const floats = (length: number) =>
  fc
    .array(float, { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values));
const values = fc
  .record({
    units: fc.integer({ min: 1, max: 5 }),
    inputs: fc.integer({ min: 1, max: 6 }),
    words: fc.uniqueArray(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 7 }),
  })
  .chain(({ units, inputs, words }) =>
    fc.record({
      words: fc.constant(Int32Array.from(words).sort()),
      a: floats(units * inputs),
      k: floats(units),
      b: floats(units * words.length),
    }),
  );

void test('what a night of weights packs it unpacks, and it names its memories once each', () => {
  fc.assert(
    fc.property(values, fc.array(fc.integer({ min: 1, max: 9 })), (night, sources) => {
      const { common, parts } = packRowNight(night, sources);
      assert.deepEqual(unpackRowNight({ common }), { ...night });
      assert.deepEqual(
        parts.map(({ event, data }) => [event, data.length]),
        [...new Set(sources)].sort().map((event) => [event, 0]),
      );
    }),
  );
});

void test('what is damaged is refused, and never read beyond its end', () => {
  const corrupt = { code: 'ERR_BRAIN_CORRUPT' };
  fc.assert(
    fc.property(values, fc.nat(), (night, cut) => {
      const { common } = packRowNight(night, [1]);
      const short = common.slice(0, cut % common.length);
      assert.throws(() => unpackRowNight({ common: short }), corrupt);
      assert.throws(
        () => unpackRowNight({ common: new Uint8Array([...common, 0, 0, 0, 0]) }),
        corrupt,
      );
      // Any number of the header that is another, and any that is none.
      for (const [at, wrong] of [
        [0, 2],
        [1, night.k.length + 1],
        [2, 0],
        [3, 2.5],
        [4, NaN],
        [5, Infinity],
      ] as const) {
        const changed = common.slice();
        new Float32Array(changed.buffer)[at] = wrong;
        assert.throws(() => unpackRowNight({ common: changed }), corrupt);
      }
      const negative = common.slice();
      new Int32Array(negative.buffer)[common.length / 4 - night.words.length] = -1;
      assert.throws(() => unpackRowNight({ common: negative }), corrupt);
    }),
  );
});
