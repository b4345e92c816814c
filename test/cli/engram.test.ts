import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import { graffiti, onlyObject, smallModel } from './graffiti-command.js';

const ROWS = [
  ['Once upon a time there', 'was a little girl named Lily who loved to play outside in the park.'],
  [
    'Tom had a red ball.',
    'He threw it to his dog and the dog ran and brought it back to him again.',
  ],
  [
    'One day a cat found',
    'a box. The cat looked inside and saw a mouse that was sad and all alone.',
  ],
  [
    'It rained all night and',
    'in the morning there were puddles. Sue put on her boots and jumped in.',
  ],
  ['Ben wanted to bake', 'a cake for his friend. He took milk and eggs and asked his dad to help.'],
  ['The sun was warm, so', 'Sara and her mom went to the lake to eat bread and look at the ducks.'],
  ['There was a big bear', 'in the wood who did not like the cold, so he slept until it was warm.'],
  [
    'Max found a small key',
    'under the old tree. He tried it on every door until one of them opened.',
  ],
];
const lines = (rows: string[][]) =>
  rows.map(([question, answer]) => JSON.stringify({ question, answer })).join('\n');

test(
  'engram extract writes what show reads; too few texts are refused',
  { skip: smallModel.skip },
  async (context) => {
    const folder = scratch(context);
    const [file, target, reference, few] = ['engram.gguf', 'target', 'reference', 'few'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string];
    writeFileSync(target, lines(ROWS.slice(0, 1)));
    writeFileSync(reference, lines(ROWS.slice(1)));
    writeFileSync(few, lines(ROWS.slice(1, 3)));
    const model = ['--model', smallModel.other, '--threads', '1'];
    const extract = (rest: string) =>
    graffiti(['engram', 'extract', file, ...model, '--target', target, '--reference', rest, '--forgetting', '0.3', '--json']); // prettier-ignore
    const refused = await extract(few);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /ERR_ENGRAM_STATISTICS/);
    const { code, stdout, stderr } = await extract(reference);
    assert.equal(code, 0, stderr);
    const made = onlyObject(stdout) as { forget: { before: number; after: number }; rank: number };
    assert.ok(made.forget.after >= made.forget.before + 0.3);
    assert.equal(readFileSync(file).subarray(0, 4).toString(), 'GGUF');
    const shown = await graffiti(['engram', 'show', file, '--json']);
    assert.equal(shown.code, 0, shown.stderr);
    const about = onlyObject(shown.stdout);
    assert.deepEqual([about.method, about.architecture], ['filtered', 'llama']);
    assert.deepEqual(about.target, [{ prompt: ROWS[0]![0], answer: ROWS[0]![1] }]);

    const brain = join(folder, 'brain.graffiti');
    const kept = async (...arguments_: string[]) => {
      const done = await graffiti(['engram', ...arguments_, '--json']);
      assert.equal(done.code, 0, done.stderr);
      return done.stdout;
    };
    await kept('save', brain, 'girl', file);
    assert.equal(onlyObject(await kept('list', brain)).name, 'girl');
    const again = join(folder, 'again.gguf');
    await kept('export', brain, 'girl', again);
    assert.deepEqual(readFileSync(again), readFileSync(file));
    assert.deepEqual(onlyObject(await kept('delete', brain, 'girl')), {
      name: 'girl',
      erased: true,
    });
    const gone = await graffiti(['engram', 'export', brain, 'girl', again]);
    assert.match(gone.stderr, /ERR_ENGRAM_NOT_FOUND/);
  },
);
