import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import { builtInModel, graffiti, onlyObject } from './graffiti-command.js';

test('eval adder', async () => {
  const { code, stdout, stderr } = await graffiti(['eval', 'adder', '--pairs', '60', '--json']);
  assert.equal(code, 0, stderr);
  const { perSecond, ...shares } = onlyObject(stdout);
  assert.deepEqual(shares, { pairs: 60, voted: 1, single: 1 });
  assert.ok(Number(perSecond) > 0);
  const plain = await graffiti(['eval', 'adder', '--pairs', '60']);
  assert.match(plain.stdout, /60 held-out pairs.*\nright with votes +100\.000 %/);
  const none = await graffiti(['eval', 'adder', '--pairs', '0']);
  assert.equal(none.code, 2);
});

test('eval dialogue', { skip: builtInModel.skip }, async (context) => {
  const data = join(scratch(context), 'talk.jsonl');
  const talks = Array.from({ length: 200 }, (_, number) => ({ turns: [`hello ${number}`, 'hi'] }));
  writeFileSync(data, talks.map((talk) => JSON.stringify(talk)).join('\n'));
  const args = ['eval', 'dialogue', '--data', data, '--threads', '1', '--seeds', '1'];
  const { code, stdout, stderr } = await graffiti([...args, '--held-out', '--json']);
  assert.equal(code, 0, stderr);
  const { bitsPerByte, dialogues, distinct2, maxRepeat, replies } = onlyObject(stdout);
  assert.ok(Number(bitsPerByte) > 0);
  assert.equal(dialogues, 1, 'hello 179, of 200');
  assert.ok(Number(distinct2) > 0 && Number(maxRepeat) >= 1);
  assert.equal((replies as { total: number }).total, 14);
});

test('eval dialogue refuses what it cannot read, before a model is loaded', async (context) => {
  const folder = scratch(context);
  const refused: [name: string, content: string | Buffer, says: RegExp, ...args: string[]][] = [
    ['talk.jsonl.xz', Buffer.from('fd377a585a000004', 'hex'), /unpack it first: xz -dk .*\.xz\n$/],
    ['story.txt', 'once upon a time\n', /Expected JSON lines with turns/],
    ['one.jsonl', '{"turns":["a","b"]}', /None of the 1 conversations/, '--held-out'],
    ['two.jsonl', '{"turns":["a","b"]}', /Expected an integer from 1/, '--seeds', '0'],
  ];
  for (const [name, content, says, ...more] of refused) {
    const data = join(folder, name);
    writeFileSync(data, content);
    const args = ['eval', 'dialogue', '--model', 'no-such-model.gguf', '--data', data, ...more];
    const { code, stdout, stderr } = await graffiti(args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, says);
  }
});
