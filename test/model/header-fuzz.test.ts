import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outcome, runChild } from '../fixtures/child.js';
import { needs, stories } from '../fixtures/models.js';

const program = new URL('./header-mutations.ts', import.meta.url);
const rounds = Number(process.env.GRAFFITI_FUZZ_ROUNDS ?? 150);

suite('a model file with a damaged header', needs(stories), () => {
  // A check that llama.cpp leaves to an assertion: the last line said is the mutation that ends the process.
  for (const seed of [1001, 1002, 1003, 1004]) {
    test(`loads or is a typed error, ${rounds} times from seed ${seed}`, async () => {
      const child = outcome(await runChild(program, [stories, String(seed), String(rounds)]));
      const last = child.said.split('\n').at(-1);
      assert.equal(child.ended, 'exit 0', `${last}\n${child.stderr}`);
      assert.equal(child.said.split('\n').length, rounds);
    });
  }
});
