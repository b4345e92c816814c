import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import {
  builtInModel,
  COMMAND,
  environment,
  graffiti,
  jsonLines,
  smallModel,
} from './graffiti-command.js';

const { args, skip } = smallModel;
const greedy = ['chat', ...args, '--temperature', '0'];

test('chat: piped lines are answered in order, commands among them', { skip }, async () => {
  const lines = [
    'I love the sea.',
    '/why',
    '/tag We swim in the ocean #sea #Holidays',
    '/memories',
    '/memories ocean',
    '/strength 3',
    '',
    'What did you do today?',
    '/forget 1',
    '/forget 99',
    '/nonsense',
    '//not a command',
    '/help',
    '/exit',
    'never read',
  ];
  const { code, stdout, stderr } = await graffiti([...greedy, '--json'], {
    input: `${lines.join('\n')}\n`,
  });
  assert.equal(stderr, '');
  assert.equal(code, 1, 'two lines failed');
  const objects = jsonLines(stdout);
  assert.deepEqual(
    objects.map(({ prompt, command }) => prompt ?? command),
    [...lines.slice(0, 6), lines[7], ...lines.slice(8, 11), '/not a command', '/help'],
  );
  const [said, why, tagged, all, found, strength, later, forgot, unknown, nonsense, , help] =
    objects as Record<string, any>[];
  assert.ok(said!.text.length > 0);
  assert.deepEqual(said!.influence, why!.influence);
  assert.equal(why!.influence.memories[0].text, 'I love the sea.');
  assert.equal(why!.influence.memories[0].share, 1);
  assert.ok(why!.influence.meanKl > 0);
  assert.ok(why!.influence.moved[0].kl === why!.influence.maxKl);
  assert.deepEqual(tagged!.memory.tags, ['sea', 'holidays']);
  assert.equal(tagged!.memory.text, 'We swim in the ocean');
  assert.deepEqual(
    all!.memories.map(({ id }: { id: number }) => id),
    [2, 1],
  );
  assert.equal(found!.memories[0].id, 2);
  assert.equal(strength!.strength, 3);
  const shares = later!.influence.memories.map(({ share }: { share: number }) => share);
  const sum = shares.reduce((one: number, other: number) => one + other, 0);
  assert.ok(Math.abs(sum - 1) < 1e-9);
  assert.deepEqual(forgot!.forgotten.ids, [1]);
  assert.equal(unknown!.error.code, 'ERR_MEMORY_NOT_FOUND');
  assert.equal(nonsense!.error.code, 'ERR_USAGE');
  assert.ok(help!.commands.length >= 7);
});

test('chat: plain text where there is no terminal, and with NO_COLOR', { skip }, async () => {
  const input = 'I love the sea.\n/why\n/help\n';
  const plain = await graffiti([...greedy, '--strength', '4'], { input });
  assert.equal(plain.code, 0, plain.stderr);
  assert.equal(plain.stderr, '');
  assert.doesNotMatch(plain.stdout, /\x1b/);
  assert.match(plain.stdout, /KL mean .* max .*log likelihood ratio .*flips/);
  assert.match(plain.stdout, /100 % .*#1 I love the sea\./);
  const forced = await graffiti([...greedy, '--strength', '4'], {
    input,
    env: { FORCE_COLOR: '1' },
  });
  assert.match(forced.stdout, /\x1b\[3\dm/);
  assert.equal(
    forced.stdout.replace(/\x1b\[\d+m/g, '').replace(/^Colours: .*\n/m, ''),
    plain.stdout,
  );
  for (const more of [{ env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, { flag: '--no-color' }]) {
    const { stdout } = await graffiti([...greedy, ...('flag' in more ? [more.flag] : [])], {
      input,
      ...('env' in more ? { env: more.env } : {}),
    });
    assert.doesNotMatch(stdout, /\x1b/);
  }
});

test(
  'chat: a brain keeps what was told; --no-remember tells nothing',
  { skip },
  async (context) => {
    const brain = join(scratch(context), 'mine.graffiti');
    const first = await graffiti([...greedy, '--brain', brain], { input: 'I love dogs.\n' });
    assert.equal(first.code, 0, first.stderr);
    const second = await graffiti([...greedy, '--brain', brain, '--no-remember', '--json'], {
      input: 'Hello!\n/memories\n',
    });
    const [hello, memories] = jsonLines(second.stdout) as Record<string, any>[];
    assert.equal(hello!.influence.memories[0].text, 'I love dogs.');
    assert.equal(memories!.memories.length, 1);
  },
);

test(
  'chat: a sum is marked as the adder’s; --no-regions leaves it to the model',
  { skip },
  async () => {
    const input = 'what is 17 + 25?\n/why\n/memories\n';
    const { code, stdout, stderr } = await graffiti(greedy, { input });
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout,
      '17 + 25 = 42. (adder)\nNo memory acted on the last reply.\nNo memories.\n',
    );
    const json = await graffiti([...greedy, '--json'], { input });
    const [said] = jsonLines(json.stdout) as Record<string, any>[];
    assert.deepEqual([said!.text, said!.region, said!.influence], ['17 + 25 = 42.', 'adder', null]);
    const model = await graffiti([...greedy, '--no-regions', '--json'], { input });
    const [reply] = jsonLines(model.stdout) as Record<string, any>[];
    assert.equal(reply!.region, undefined);
    assert.ok(reply!.usage.promptTokens > 0);
  },
);

test('chat: --tokens lists every token with its influence', { skip }, async () => {
  const { stdout } = await graffiti([...greedy, '--json', '--tokens'], { input: 'Hi.\n' });
  const [said] = jsonLines(stdout) as Record<string, any>[];
  assert.equal(said!.tokens.length, said!.usage.replyTokens);
  assert.ok(said!.tokens.every((token: any) => typeof token.influence.kl === 'number'));
});

test('chat: the notebook preset', { skip }, async () => {
  const { code, stdout, stderr } = await graffiti([...greedy, '--preset', 'notebook', '--json'], {
    input: 'I love the sea.\n',
  });
  assert.equal(code, 0, stderr);
  assert.ok((jsonLines(stdout)[0] as any).influence.meanKl > 0);
});

test('chat: end of input without a line exits 0', { skip }, async () => {
  assert.deepEqual(await graffiti(greedy), { code: 0, stdout: '', stderr: '' });
});

/** A chat that has begun a reply which does not end by itself soon. */
async function endlessChat() {
  const child = spawn(
    process.execPath,
    [...COMMAND, ...greedy, '--strength', '20', '--max-tokens', '100000'],
    { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.write('I love the sea, the sea and the sea.\n');
  await once(child.stdout, 'data');
  return child;
}

test('chat: Ctrl-C in a piped chat ends the reply and exits 130', { skip }, async () => {
  const child = await endlessChat();
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 130);
});

test('chat: a reader that goes away ends it quietly', { skip }, async () => {
  const child = await endlessChat();
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdout.destroy();
  child.stdin.on('error', () => {});
  child.stdin.end('And another line.\n'.repeat(5));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(stderr, '');
  assert.equal(code, 0);
});

test('chat: the built-in model', { skip: builtInModel.skip }, async () => {
  const { code, stdout, stderr } = await graffiti(
    ['chat', '--temperature', '0', '--threads', '1', '--max-tokens', '16'],
    { input: 'I love the sea.\n/why\n' },
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /KL mean/);
});
