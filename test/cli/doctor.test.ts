import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import { graffiti, onlyObject } from './graffiti-command.js';

interface Report {
  healthy: boolean;
  findings: { name: string; status: string; advice?: string }[];
}

test('doctor finds a working installation healthy', async () => {
  const { code, stdout, stderr } = await graffiti(['doctor', '--json']);
  assert.equal(stderr, '');
  assert.equal(code, 0, stdout);
  const { healthy, findings } = onlyObject(stdout) as unknown as Report;
  assert.equal(healthy, true);
  const names = new Set(findings.map(({ name }) => name));
  for (const name of ['Node', 'platform', 'binary', 'llama.cpp', 'device', 'cache', 'SQLite']) {
    assert.ok(names.has(name), name);
  }
});

test('doctor warns of a cache folder that cannot be made, and says what to do', async (context) => {
  const file = join(scratch(context), 'file');
  writeFileSync(file, '');
  const { code, stdout } = await graffiti(['doctor', '--json'], {
    env: { XDG_CACHE_HOME: file, HOME: file, LOCALAPPDATA: file },
  });
  assert.equal(code, 0, 'it works without a cache');
  const { findings } = onlyObject(stdout) as unknown as Report;
  assert.equal(findings.find(({ name }) => name === 'cache')!.status, 'warn');
  for (const { status, advice } of findings) assert.equal(advice !== undefined, status !== 'ok');
});

test('doctor without the native binary still reports, and exits 1', async (context) => {
  const folder = scratch(context);
  mkdirSync(join(folder, 'empty'));
  // node-gyp-build looks for prebuilds in this folder instead of the package.
  const { code, stdout } = await graffiti(['doctor'], {
    env: { NEURAL_GRAFFITI_PREBUILD: join(folder, 'empty') },
  });
  assert.equal(code, 1);
  assert.match(stdout, /^fail {2}binary .*\n.*npm rebuild neural-graffiti/m);
  assert.match(stdout, /^ok {4}SQLite/m);
});
