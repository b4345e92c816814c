import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldAll } from '../../lib/memory/derivation.js';
import { KeyIndex } from '../../lib/memory/key-index.js';
import { SprayFold, takeApart } from '../../lib/memory/spray.js';

interface Told {
  vector: number[];
  recalled: number[];
}

/** The liquid step as it is written, on the state itself, in double precision. */
function slowState(events: Told[], rate: number, mix: number, width: number): number[] {
  let state = new Array<number>(width).fill(0);
  for (const { vector, recalled } of events) {
    const mean = new Array<number>(width)
      .fill(0)
      .map(
        (_, i) =>
          recalled.reduce((sum, id) => sum + events[id - 1]!.vector[i]!, 0) / recalled.length,
      );
    const m = recalled.length > 0 ? mix : 0;
    const input = vector.map((value, i) => (1 - m) * value + (m > 0 ? m * mean[i]! : 0));
    state = state.map((s, i) => s * Math.exp(-rate) + (1 - Math.exp(-rate)) * input[i]!);
  }
  return state;
}

const WIDTH = 4;
const component = fc.double({ min: -10, max: 10, noNaN: true }).map(Math.fround);
const brain = fc
  .array(
    fc.tuple(
      fc.array(component, { minLength: WIDTH, maxLength: WIDTH }),
      fc.array(fc.nat(), { maxLength: 3 }),
    ),
    {
      maxLength: 60,
    },
  )
  .map((events) =>
    events.map(([vector, picks], index) => ({
      vector,
      recalled: index === 0 ? [] : [...new Set(picks.map((pick) => 1 + (pick % index)))],
    })),
  );
const settings = fc.record({
  rate: fc.double({ min: 0, max: 3, noNaN: true }),
  mix: fc.double({ min: 0, max: 1, noNaN: true }),
  recallLimit: fc.constant(3),
  recallThreshold: fc.constant(0.3),
  fading: fc.constant(1),
});

function vectorsOf(events: Told[]) {
  return {
    ids: events.map((_, index) => index + 1),
    rows: Float32Array.from(events.flatMap(({ vector }) => vector)),
  };
}

describe('spray fold', () => {
  it('equals the liquid step on the state, for any events, rates and recalls', () =>
    fc.assert(
      fc.property(brain, settings, (events, chosen) => {
        const fold = new SprayFold(chosen);
        events.forEach(({ recalled }, index) =>
          fold.step({ id: index + 1, recalled: recalled.map((id) => ({ id, cosine: 1 })) }),
        );
        const { state } = takeApart(fold.snapshot(), vectorsOf(events), WIDTH, 64);
        const expected = slowState(events, chosen.rate, chosen.mix, WIDTH);
        expected.forEach((value, i) => assert.ok(Math.abs(value - state[i]!) < 1e-12));
      }),
    ));

  it('is the same, bit for bit, when it is taken up again from a snapshot', () =>
    fc.assert(
      fc.asyncProperty(brain, settings, fc.nat(60), async (events, chosen, cut) => {
        const links = events.map(({ recalled }, index) => ({
          id: index + 1,
          recalled: recalled.map((id) => ({ id, cosine: 1 })),
        }));
        const whole = await foldAll(links, chosen);
        const half = await foldAll(links.slice(0, cut), chosen);
        const rest = new SprayFold(chosen, half.snapshot());
        for (const link of links.slice(cut)) rest.step(link);
        assert.deepEqual(rest.snapshot(), whole.snapshot());
      }),
    ));

  it('falls apart into sources and rest that sum to the state', () =>
    fc.assert(
      fc.property(brain, settings, fc.nat(10), (events, chosen, limit) => {
        const fold = new SprayFold(chosen);
        events.forEach(({ recalled }, index) =>
          fold.step({ id: index + 1, recalled: recalled.map((id) => ({ id, cosine: 1 })) }),
        );
        const spray = takeApart(fold.snapshot(), vectorsOf(events), WIDTH, limit);
        assert.ok(spray.sources.length <= limit);
        for (let i = 0; i < WIDTH; i++) {
          const named = spray.sources.reduce((sum, s) => sum + s.weight * s.vector[i]!, 0);
          assert.ok(Math.abs(named + spray.rest[i]! - spray.state[i]!) < 1e-5);
        }
        const weights = spray.sources.map((source) => source.weight);
        assert.deepEqual(
          weights,
          [...weights].sort((a, b) => b - a),
        );
        const total = fold.snapshot().weights.reduce((sum, [, weight]) => sum + weight, 0);
        assert.ok(total <= 1 + 1e-12 && fold.snapshot().weights.every(([, weight]) => weight > 0));
      }),
    ));
});

describe('key index', () => {
  const key = fc.array(component, { minLength: WIDTH, maxLength: WIDTH });

  it('finds the same neighbours as sorting all cosines', () =>
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 30 }),
        key,
        fc.nat(5),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (keys, question, limit, threshold) => {
          const index = new KeyIndex(WIDTH);
          keys.forEach((row, position) => index.add(position + 1, Float32Array.from(row)));
          const cosine = (one: number[], other: number[]): number => {
            const product = (a: number[], b: number[]) =>
              a.reduce((sum, v, i) => sum + v * b[i]!, 0);
            const scale = Math.sqrt(product(one, one)) * Math.sqrt(product(other, other));
            return scale > 0 ? product(one, other) / scale : 0;
          };
          const expected = keys
            .map((row, position) => ({ id: position + 1, cosine: cosine(question, row) }))
            .filter((neighbour) => neighbour.cosine >= threshold && neighbour.cosine !== 0)
            .sort((a, b) => b.cosine - a.cosine || b.id - a.id)
            .slice(0, limit);
          const found = index.nearest(Float32Array.from(question), limit, threshold);
          // Rounding may swap what is equal but for the last bits.
          assert.equal(found.length, expected.length);
          found.forEach((neighbour, place) =>
            assert.ok(Math.abs(neighbour.cosine - expected[place]!.cosine) < 1e-12),
          );
        },
      ),
    ));

  it('after removals is as if it had been filled with the rest', () =>
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 30 }),
        fc.array(fc.nat(30)),
        key,
        (keys, drop, question) => {
          const gone = new Set(drop);
          const all = new KeyIndex(WIDTH);
          const rest = new KeyIndex(WIDTH);
          keys.forEach((row, position) => {
            all.add(position + 1, Float32Array.from(row));
            if (!gone.has(position + 1)) rest.add(position + 1, Float32Array.from(row));
          });
          all.remove(gone);
          const asked = Float32Array.from(question);
          assert.equal(all.size, rest.size);
          assert.deepEqual([...all.cosines(asked)], [...rest.cosines(asked)]);
        },
      ),
    ));
});
