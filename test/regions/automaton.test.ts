import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { Automaton } from '../../lib/regions/automaton.js';
import { code } from '../fixtures/errors.js';

const weights = fileURLToPath(new URL('../../models/graffiti-adder.safetensors', import.meta.url));

/** What training/adder.py computes in double precision from the same weights. */
const reference = JSON.parse(
  readFileSync(new URL('adder-reference.json', import.meta.url), 'utf8'),
) as { first: number; second: number; order: number[]; scores: number[] }[];

const digits = (number: number) =>
  Uint8Array.from([...String(number).padStart(8, '0')].reverse(), Number);

describe('the automaton', () => {
  const automaton = new Automaton(readFileSync(weights), weights);

  for (const { first, second, order, scores } of reference) {
    it(`computes what torch does: ${first} + ${second}, ${order.length} updates`, () => {
      const run = () => automaton.run(digits(first), digits(second), Uint8Array.from(order), 0);
      run().forEach((score, i) => assert.ok(Math.abs(score - scores[i]!) < 1e-9));
      assert.deepEqual(run(), run(), 'nothing is left of the run before');
    });
  }

  it('comes to rest: cells that sleep leave the digits as they are', () => {
    let updates = 0;
    const counted = new Automaton(readFileSync(weights), weights);
    const update = Reflect.get(counted, 'update') as (cell: number) => number;
    Reflect.set(counted, 'update', (cell: number) => {
      updates++;
      return update.call(counted, cell);
    });
    for (const { first, second, order, scores } of reference) {
      if (order.length < 72) continue;
      updates = 0;
      const rested = counted.run(digits(first), digits(second), Uint8Array.from(order));
      assert.ok(updates < order.length, `${updates} of ${order.length} updates`);
      rested.forEach((score, i) => assert.ok(Math.abs(score - scores[i]!) < 0.5));
    }
  });

  it('refuses files that hold no adder', () => {
    const bytes = readFileSync(weights);
    const renamed = Buffer.from(bytes);
    renamed.write('DIGIT', renamed.indexOf('digit'));
    const half = Buffer.from(bytes);
    half.write('F16', half.indexOf('F32'));
    for (const broken of [Buffer.alloc(0), bytes.subarray(0, 5000), renamed, half]) {
      assert.throws(() => new Automaton(broken, 'x.safetensors'), code('ERR_MODEL_INVALID'));
    }
  });
});
