import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  packHeadNight,
  pickedRows,
  sliced,
  stacked,
  unpackHeadNight,
} from '../../lib/sleep/head-rows.js';
import type { HeadRows } from '../../lib/model/index.js';
import { distinctRows, MERGING_DISTANCE, mostSurprising } from '../../lib/sleep/thinning.js';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const rowsOf = (components: number, source: number) =>
  fc
    .array(
      fc.record({
        key: fc.array(fc.integer({ min: -127, max: 127 }), {
          minLength: components,
          maxLength: components,
        }),
        scale: float,
        token: fc.integer({ min: 0, max: 100_000 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((rows) => ({
      keys: Int8Array.from(rows.flatMap(({ key }) => key)),
      scales: Float32Array.from(rows, ({ scale }) => scale),
      tokens: Int32Array.from(rows, ({ token }) => token),
      sources: new Float64Array(rows.length).fill(source),
    }));
/** Rows of up to five memories, memory after memory. */
const someRows = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 5 }),
  )
  .chain(([components, sources]) =>
    fc.tuple(...sources.sort((a, b) => a - b).map((source) => rowsOf(components, source))),
  )
  .map(stacked);

void test('what a night packs it unpacks, part by part', () => {
  fc.assert(
    fc.property(someRows, fc.array(float, { maxLength: 20 }), (rows, space) => {
      const night = { space: Float32Array.from(space), rows, reach: 0.125 };
      const packed = packHeadNight(night);
      assert.deepEqual(
        packed.parts.map(({ event }) => event),
        [...new Set(rows.sources)],
      );
      assert.deepEqual(unpackHeadNight(packed), night);
      // A memory that is forgotten takes its rows along and leaves all others as they were.
      const [first, ...others] = packed.parts;
      if (others.length === 0) return;
      const gone = Array.from(rows.sources).filter((source) => source === first!.event).length;
      assert.deepEqual(
        unpackHeadNight({ ...packed, parts: others }).rows,
        sliced(rows, gone, rows.tokens.length),
      );
    }),
  );
});

void test('what is damaged is refused, and never read beyond its end', () => {
  fc.assert(
    fc.property(someRows, fc.nat(), fc.nat(), (rows, cut, part) => {
      const packed = packHeadNight({ space: new Float32Array(3), rows, reach: 1 });
      const broken = packed.parts.map((whole, index) =>
        index === part % packed.parts.length
          ? { ...whole, data: whole.data.slice(0, cut % whole.data.length) }
          : whole,
      );
      assert.throws(() => unpackHeadNight({ ...packed, parts: broken }), {
        code: 'ERR_BRAIN_CORRUPT',
      });
    }),
  );
  const rows = {
    keys: new Int8Array(2),
    scales: new Float32Array(1),
    tokens: new Int32Array(1),
    sources: Float64Array.of(1),
  };
  const { common, parts } = packHeadNight({ space: new Float32Array(3), rows, reach: 1 });
  const newer = common.slice();
  new Float32Array(newer.buffer)[0] = 2;
  for (const wrong of [new Uint8Array(), common.slice(0, 5), newer]) {
    assert.throws(() => unpackHeadNight({ common: wrong, parts }), { code: 'ERR_BRAIN_CORRUPT' });
  }
});

void test('rows that say the same from the same place are kept once, all others as they are', () => {
  fc.assert(
    fc.property(rowsOf(4, 7), fc.double({ min: 1e-6, max: 1, noNaN: true }), (rows, scale) => {
      const kept = pickedRows(rows, distinctRows(rows, scale));
      const place = (of: HeadRows, row: number) =>
        Array.from(of.keys.subarray(4 * row, 4 * row + 4), (value) => value * of.scales[row]!);
      const distance = (one: number[], other: number[]) =>
        scale * one.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0);
      // Every row is near one that was kept and says the same; no two that were kept are near.
      rows.tokens.forEach((token, row) => {
        assert.ok(
          Array.from(kept.tokens).some(
            (other, at) =>
              other === token && distance(place(rows, row), place(kept, at)) <= MERGING_DISTANCE,
          ),
        );
      });
      kept.tokens.forEach((token, one) => {
        for (let other = 0; other < one; other++) {
          if (kept.tokens[other] !== token) continue;
          assert.ok(distance(place(kept, one), place(kept, other)) > MERGING_DISTANCE);
        }
      });
    }),
  );
});

void test('of too many rows the most surprising are kept, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 0 })), fc.nat(40), (logprobs, most) => {
      const kept = mostSurprising(logprobs, most);
      assert.equal(kept.length, Math.min(most, logprobs.length));
      assert.deepEqual(
        kept,
        [...new Set(kept)].sort((one, other) => one - other),
      );
      const left = logprobs.filter((_, row) => !kept.includes(row));
      const worst = Math.max(...kept.map((row) => logprobs[row]!));
      for (const logprob of left) assert.ok(logprob >= worst);
    }),
  );
});
