import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { Memory } from '../../lib/index.js';
import { scratch } from '../store/scratch.js';
import { builtInModel, COMMAND, environment, graffiti } from './graffiti-command.js';

const skip = builtInModel.skip;

test('serve answers until SIGTERM, and keeps what it was told', { skip }, async (context) => {
  const folder = scratch(context);
  const args = ['serve', '--json', '--port', '0', '--brains', folder, '--threads', '1'];
  const child = spawn(process.execPath, [...COMMAND, ...args], {
    env: environment({ GRAFFITI_API_KEY: 'one,two' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr.on('data', (bytes) => (log += String(bytes)));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { address, pid } = JSON.parse(line);
  assert.equal(pid, child.pid);
  const ask = (key: string) =>
    fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'graffiti-cortex',
        messages: [{ role: 'user', content: 'My parrot is named Coco.' }],
        max_tokens: 4,
      }),
    });
  assert.equal((await ask('three')).status, 401);
  assert.equal((await ask('two')).status, 200);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
  assert.match(log, /"route":"\/v1\/chat\/completions"/);
  assert.doesNotMatch(log, /Coco/);
  await using memory = await Memory.open(`${folder}/default.graffiti`, { readOnly: true });
  assert.deepEqual(
    (await memory.list()).map(({ text }) => text),
    ['My parrot is named Coco.'],
  );
});

test('serve refuses options that make no sense', { skip }, async () => {
  for (const args of [
    ['--port', '70000'],
    ['--log-level', 'loud'],
    ['--brain', '../x'],
  ]) {
    const { code, stdout } = await graffiti(['serve', ...args]);
    assert.notEqual(code, 0, args.join(' '));
    assert.equal(stdout, '');
  }
});
