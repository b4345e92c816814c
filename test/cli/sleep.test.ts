import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import { graffiti, onlyObject, smallModel } from './graffiti-command.js';

const { args, skip } = smallModel;

/** The object a command that must succeed prints. */
async function result(words: readonly string[]): Promise<any> {
  const { code, stdout, stderr } = await graffiti([...words, '--json']);
  assert.equal(code, 0, stderr);
  return onlyObject(stdout);
}

test('sleep learns, lists its nights and takes them back', { skip }, async (context) => {
  const brain = join(scratch(context), 'mine.graffiti');
  await result(['tag', brain, 'my dog is named Buddy', ...args]);
  assert.deepEqual(await result(['sleep', brain, '--nights']), { nights: [] });

  const report = await result(['sleep', brain, ...args]);
  assert.equal(report.memories, 1);
  assert.ok(report.told.after < report.told.before);
  const { nights } = await result(['sleep', brain, '--nights']);
  assert.deepEqual(
    nights.map((night: any) => [night.id, night.memories, night.bytes, night.report]),
    [[1, 1, report.bytes, report]],
  );
  const shown = await graffiti(['sleep', brain, '--nights']);
  assert.match(shown.stdout, /^night 1 {2}\d{4}-.* head {2}1 memories {2}\d+ KiB\n$/);

  const spoken = await graffiti(['sleep', brain, ...args]);
  assert.equal(spoken.code, 0, spoken.stderr);
  assert.match(
    spoken.stdout,
    /^learned .*\ntold .*\nin other words .*\nnever told .*\nordinary text .*\n$/,
  );
  assert.deepEqual(await result(['sleep', brain, '--undo']), { undone: 2, night: 1 });
  assert.deepEqual(await result(['sleep', brain, '--undo']), { undone: 1, night: null });
  assert.match((await graffiti(['sleep', brain, '--undo'])).stdout, /nothing to take back/);
});

test('sleep refuses what it cannot do, and says why', { skip }, async (context) => {
  const brain = join(scratch(context), 'mine.graffiti');
  const missing = await graffiti(['sleep', brain, ...args]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /ERR_BRAIN_NOT_FOUND/);
  await result(['tag', brain, 'hello?', ...args]);
  const empty = await graffiti(['sleep', brain, ...args]);
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /ERR_NOTHING_TOLD/);
  const both = await graffiti(['sleep', brain, '--undo', '--nights']);
  assert.equal(both.code, 2);
  const wild = await graffiti(['sleep', brain, '--anchor-limit', '7', ...args]);
  assert.equal(wild.code, 2);
});

test(
  'a night of weights goes with a memory of it, and forgetting says so',
  { skip },
  async (context) => {
    const brain = join(scratch(context), 'mine.graffiti');
    await result(['tag', brain, 'my dog is named Buddy', ...args]);
    const report = await result(['sleep', brain, '--method', 'weights', ...args]);
    assert.equal(report.method, 'weights');
    const forgotten = await graffiti(['memory', 'forget', brain, '1', '--yes']);
    assert.equal(forgotten.code, 0, forgotten.stderr);
    assert.match(forgotten.stderr, /Night 1 .* went with it/);
    assert.deepEqual(await result(['sleep', brain, '--nights']), { nights: [] });
    const wrong = await graffiti(['sleep', brain, '--method', 'dream']);
    assert.equal(wrong.code, 2);
  },
);
