import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  type AdapterTensor,
  mergedTensors,
  readAdapter,
  writeAdapter,
} from '../../lib/engram/index.js';
import { code } from '../fixtures/errors.js';

const size = fc.integer({ min: 1, max: 5 });
const tensor = fc
  .record({ inputs: size, outputs: size, rank: size, experts: fc.integer({ min: 0, max: 3 }) })
  .chain(({ inputs, outputs, rank, experts }) => {
    const values = (count: number) =>
      fc.float32Array({ minLength: count, maxLength: count, noNaN: true, noDefaultInfinity: true });
    const stack = Math.max(experts, 1);
    return fc.record({
      name: fc.constant('blk.0.ffn_down.weight'),
      inputs: fc.constant(inputs),
      outputs: fc.constant(outputs),
      experts: fc.constant(experts),
      rank: fc.constant(rank),
      a: values(stack * rank * inputs),
      b: values(stack * outputs * rank),
    });
  });
const file = (tensors: AdapterTensor[]) =>
  writeAdapter({ architecture: 'llama', tensors, notes: { engram: 'ä note' } });
const fixed: AdapterTensor = {
  ...{ name: 'blk.3.ffn_down.weight', inputs: 3, outputs: 2, experts: 0, rank: 2 },
  a: Float32Array.of(1, 2, 3, 4, 5, 6),
  b: Float32Array.of(1, 0, 0, 1),
};

void suite('adapter files', () => {
  void test('what is written is read again', () => {
    fc.assert(
      fc.property(tensor, (written) => {
        const read = readAdapter(file([written]));
        assert.deepEqual(read.tensors, [{ ...written }]); // a plain object
        assert.equal(read.architecture, 'llama');
        assert.deepEqual(read.notes, { engram: 'ä note' });
      }),
    );
  });

  void test('a file cut short anywhere is refused', () => {
    const whole = file([fixed]);
    // The last bytes only fill up the alignment.
    const needed = whole.length - 16;
    for (let length = 0; length < needed; length++) {
      assert.throws(() => readAdapter(whole.subarray(0, length)), code('ERR_ENGRAM_INVALID'));
    }
  });

  void test('any byte may be wrong: an error of its own or another adapter, never anything else', () => {
    const whole = file([fixed]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (at, value) => {
          const damaged = whole.slice();
          damaged[at] = value;
          try {
            readAdapter(damaged);
          } catch (error) {
            code('ERR_ENGRAM_INVALID')(error);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  void test('shapes that do not belong together, missing halves and values that are not finite', () => {
    const infinite = { ...fixed, a: Float32Array.of(1, 2, Number.NaN, 4, 5, 6) };
    assert.throws(() => readAdapter(file([infinite])), code('ERR_ENGRAM_INVALID'));
    const bent = Buffer.from(file([fixed]));
    bent.writeUInt32LE(1, bent.indexOf('.lora_b') + '.lora_b'.length + 4); // the rank, after the number of dimensions
    assert.throws(() => readAdapter(bent), code('ERR_ENGRAM_INVALID'));
    assert.throws(() => readAdapter(file([])), code('ERR_ENGRAM_INVALID'));
    const half = Buffer.from(file([fixed]))
      .toString('latin1')
      .replace('lora_b', 'lora_c');
    assert.throws(() => readAdapter(Buffer.from(half, 'latin1')), code('ERR_ENGRAM_INVALID'));
  });

  void test('merged, several do what they do one after the other', () => {
    const apply = ({ inputs, outputs, experts, rank, a, b }: AdapterTensor, expert: number) =>
      Array.from({ length: outputs * inputs }, (_, at) => {
        const [i, j] = [Math.floor(at / inputs), at % inputs];
        let sum = 0;
        for (let k = 0; k < rank; k++) {
          sum += b[(expert * outputs + i) * rank + k]! * a[(expert * rank + k) * inputs + j]!;
        }
        assert.ok(expert < Math.max(experts, 1));
        return sum;
      });
    const small = tensor.map((one) => ({
      ...one,
      ...{ a: one.a.map((value) => value % 4), b: one.b.map((value) => value % 4) },
    }));
    fc.assert(
      fc.property(
        small,
        fc.integer({ min: -2, max: 2 }),
        fc.integer({ min: -2, max: 2 }),
        (one, x, y) => {
          const other = { ...one, a: one.a.map((value) => value / 2 + 1) };
          const [merged] = mergedTensors([
            { tensors: [one], scale: x },
            { tensors: [other], scale: y },
          ]);
          for (let expert = 0; expert < Math.max(one.experts, 1); expert++) {
            const expected = apply(one, expert).map(
              (value, at) => x * value + y * apply(other, expert)[at]!,
            );
            apply(merged!, expert).forEach((value, at) => {
              assert.ok(Math.abs(value - expected[at]!) <= 1e-5 * (1 + Math.abs(expected[at]!)));
            });
          }
        },
      ),
    );
    assert.throws(
      () =>
        mergedTensors([
          { tensors: [fixed], scale: 1 },
          { tensors: [{ ...fixed, inputs: 2 }], scale: 1 },
        ]),
      code('ERR_ENGRAM_MODEL_MISMATCH'),
    );
  });
});
