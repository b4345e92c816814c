import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import {
  builtInModel,
  COMMAND,
  environment,
  graffiti,
  onlyObject,
  smallModel,
} from './graffiti-command.js';

/** What the demo promises, whatever the model. */
function checkPromises(stdout: string): void {
  const shown = onlyObject(stdout) as any;
  assert.equal(shown.before.influence, null);
  assert.ok(shown.gentle.influence.meanKl > 0);
  assert.ok(shown.strong.influence.meanKl > shown.gentle.influence.meanKl);
  assert.equal(shown.restarted.text, shown.strong.text);
  assert.ok(shown.restarted.largestDifference < 1e-4);
  assert.notEqual(shown.restarted.pid, process.pid);
  const { memory, erased, reply, largestDifference } = shown.forgotten;
  assert.equal(memory.id, shown.strong.influence.memories[0].id);
  assert.ok(erased);
  assert.ok(largestDifference < 1e-4);
  assert.ok(reply.influence.memories.every(({ id }: { id: number }) => id !== memory.id));
}

const scenes: [string, { skip: string | boolean }, string[]][] = [
  ['a small model', { skip: smallModel.skip }, smallModel.args],
  ['the built-in model', { skip: builtInModel.skip }, ['--threads', '1']],
];

for (const [name, options, args] of scenes) {
  test(
    `demo --json with ${name} keeps its promises and leaves nothing`,
    options,
    async (context) => {
      const folder = scratch(context);
      const env = { TMPDIR: folder, TEMP: folder, TMP: folder };
      const { code, stdout, stderr } = await graffiti(['demo', '--json', ...args], { env });
      assert.equal(code, 0, stderr);
      assert.equal(stderr, '');
      checkPromises(stdout);
      assert.deepEqual(
        readdirSync(folder).filter((entry) => entry.startsWith('graffiti-')),
        [],
      );
    },
  );
}

test(
  'demo for people, without colours where there is no terminal',
  { skip: smallModel.skip },
  async () => {
    const { code, stdout, stderr } = await graffiti(['demo', ...smallModel.args]);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout, /\x1b/);
    for (const scene of ['1. Before', '2. It is told', '3. ', '4. ', '5. Restart', '6. Forget']) {
      assert.ok(stdout.includes(`\n${scene}`), scene);
    }
  },
);

test('demo: Ctrl-C exits 130 and leaves nothing', { skip: smallModel.skip }, async (context) => {
  const folder = scratch(context);
  const child = spawn(process.execPath, [...COMMAND, 'demo', ...smallModel.args], {
    env: environment({ TMPDIR: folder, TEMP: folder, TMP: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  child.stdout.resume();
  child.stderr.resume();
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 130);
  assert.deepEqual(
    readdirSync(folder).filter((entry) => entry.startsWith('graffiti-')),
    [],
  );
});
