import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import { graffiti, smallModel } from './graffiti-command.js';

const refused: [name: string, args: string[], says: RegExp][] = [
  ['no command', [], /Usage: graffiti/],
  ['an unknown command', ['remember'], /unknown command/],
  ['an unknown option', ['chat', '--strengt', '1'], /unknown option/],
  ['a word for a number', ['chat', '--strength', 'much'], /no number/],
  ['a fraction for an integer', ['chat', '--threads', '1.5'], /no integer/],
  ['a missing argument', ['memory', 'recall', 'brain.graffiti'], /missing required argument/],
  ['a bad date', ['memory', 'list', 'brain.graffiti', '--since', 'yesterday'], /date/],
  ['nothing to forget', ['memory', 'forget', 'brain.graffiti'], /Say what to forget/],
  ['two selectors', ['memory', 'forget', 'b', '1', '--tag', 'x'], /Say what to forget/],
  ['an id that is none', ['memory', 'forget', 'b', 'first'], /no integer/],
  ['two shapes of output', ['memory', 'export', 'b', '--lines', '--json'], /several objects/],
  ['workers and a device', ['chat', '--rpc', 'a:1', '--device', 'cpu'], /cannot be used with/],
  ['a worker without a port', ['chat', '--rpc', 'a:1,b'], /addresses host:port/],
  ['a device that is none', ['chat', '--model', 'm.gguf', '--device', 'abacus'], /Expected one of/],
];

for (const [name, args, says] of refused) {
  test(`usage: ${name} exits 2 and prints nothing on standard output`, async () => {
    const { code, stdout, stderr } = await graffiti(args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });
}

test('failures exit 1 with their code and no stack; --verbose shows the stack', async () => {
  const args = ['chat', '--model', 'no-such-model.gguf', '--json'];
  const { code, stdout, stderr } = await graffiti(args);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^graffiti: .*\(ERR_MODEL_NOT_FOUND\)\n$/);
  const verbose = await graffiti([...args, '--verbose']);
  assert.match(verbose.stderr, /\n {4}at /);
  const debug = await graffiti(args, { env: { DEBUG: 'graffiti' } });
  assert.match(debug.stderr, /\n {4}at /);
});

test('a brain that is not there is a failure, and is not made', async (context) => {
  const brain = join(scratch(context), 'none.graffiti');
  for (const words of [['list'], ['stats'], ['export'], ['forget', '1'], ['recall', 'x']]) {
    const [name, ...rest] = words;
    const { code, stderr } = await graffiti(['memory', name!, brain, ...rest]);
    assert.equal(code, 1);
    assert.match(stderr, /ERR_BRAIN_NOT_FOUND/);
  }
});

test('every command has help with an example', async () => {
  const commands = [
    ['chat'],
    ['tag'],
    ['inspect'],
    ['doctor'],
    ['demo'],
    ['serve'],
    ...['lean', 'influence', 'dialogue', 'adder'].map((name) => ['eval', name]),
    ...['decode', 'startup', 'serve'].map((name) => ['bench', name]),
    ...['list', 'recall', 'stats', 'export', 'forget', 'reencode'].map((name) => ['memory', name]),
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = await graffiti([...command, '--help']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`Examples?:\n  \\$ .*graffiti ${command.join(' ')}`));
    assert.match(stdout, /--json/);
  }
});

test('a library refusal of an option is a usage error', { skip: smallModel.skip }, async () => {
  const { code, stderr } = await graffiti(['chat', ...smallModel.args, '--strength', '1000']);
  assert.equal(code, 2);
  assert.match(stderr, /^graffiti: Expected a finite number from -100 to 100 for strength/);
});
