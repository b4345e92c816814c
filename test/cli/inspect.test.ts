import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Memory } from '../../lib/memory/index.js';
import { scratch } from '../store/scratch.js';
import { graffiti, onlyObject, smallModel } from './graffiti-command.js';

test('inspect tells a model', { skip: smallModel.skip }, async () => {
  const { code, stdout, stderr } = await graffiti(['inspect', smallModel.path, '--json']);
  assert.equal(code, 0, stderr);
  const model = onlyObject(stdout);
  assert.deepEqual([model.kind, model.architecture, model.width], ['model', 'gpt2', 128]);
  const plain = await graffiti(['inspect', smallModel.path]);
  assert.match(plain.stdout, /a GGUF model\n(.*\n)*architecture +gpt2\n/);
});

test('inspect tells a brain, whatever its name', async (context) => {
  const path = join(scratch(context), 'brain.gguf');
  await (await Memory.open(path)).close();
  const { code, stdout, stderr } = await graffiti(['inspect', path, '--json']);
  assert.equal(code, 0, stderr);
  const brain = onlyObject(stdout);
  assert.deepEqual([brain.kind, brain.memories], ['brain', 0]);
  assert.match((await graffiti(['inspect', path])).stdout, /made by +no model yet/);
});

test('inspect of anything else fails with a typed error and no stack', async (context) => {
  const folder = scratch(context);
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  mkdirSync(join(folder, 'folder'));
  const garbage: [path: string, code: RegExp][] = [
    [join(folder, 'absent'), /ERR_MODEL_NOT_FOUND/],
    [join(folder, 'folder'), /ERR_BRAIN_FOREIGN/],
    [file('empty', ''), /ERR_BRAIN_FOREIGN/],
    [file('text.gguf', 'this is no model'), /ERR_BRAIN_FOREIGN/],
    [file('short.gguf', 'GGUF'), /ERR_MODEL_INVALID/],
    [
      file('noise.gguf', Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), Buffer.alloc(4096, 0xa5)])),
      /ERR_MODEL_INVALID/,
    ],
    [file('short.graffiti', 'SQLite format 3\0'), /ERR_BRAIN_/],
    [
      file(
        'noise.graffiti',
        Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 0x5a)]),
      ),
      /ERR_BRAIN_/,
    ],
  ];
  for (const [path, expected] of garbage) {
    const { code, stdout, stderr } = await graffiti(['inspect', path, '--json']);
    assert.equal(code, 1, `${path}: ${stderr}`);
    assert.equal(stdout, '');
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
});
