import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../store/scratch.js';
import { type Ended, graffiti, jsonLines, onlyObject, smallModel } from './graffiti-command.js';

const { args, skip } = smallModel;

/** The object a command that must succeed prints. */
function result({ code, stdout, stderr }: Ended): any {
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  return onlyObject(stdout);
}

test('tag writes a record that every memory command then works with', { skip }, async (context) => {
  const folder = scratch(context);
  const brain = join(folder, 'mine.graffiti');
  const memory = (name: string, ...rest: string[]) => graffiti(['memory', name, brain, ...rest]);

  const first = result(
    await graffiti(['tag', brain, 'I', 'love', 'dogs', '--tag', 'Pets', '--json', ...args]),
  );
  assert.equal(first.text, 'I love dogs');
  assert.deepEqual([first.id, first.tags, first.by, first.kind], [1, ['pets'], 'human', 'tag']);
  const second = await graffiti([
    'tag',
    brain,
    'The sea is blue',
    '--by',
    'rule',
    '--speaker',
    'Ann',
    ...args,
  ]);
  assert.equal(second.code, 0, second.stderr);
  assert.match(
    second.stdout,
    /^Remembered #2 .* Ann: The sea is blue \[topic_sea\] \(by rule\)\n$/,
  );
  const refused = await graffiti(['tag', brain, 'x', '--by', 'nobody', ...args]);
  assert.equal(refused.code, 2);

  const ids = (found: any) => found.memories.map(({ id }: { id: number }) => id);
  assert.deepEqual(ids(result(await memory('list', '--json'))), [2, 1]);
  assert.deepEqual(
    ids(result(await memory('list', '--json', '--limit', '1', '--offset', '1'))),
    [1],
  );
  assert.deepEqual(ids(result(await memory('list', '--json', '--tag', 'PETS'))), [1]);
  assert.deepEqual(ids(result(await memory('list', '--json', '--speaker', 'Ann'))), [2]);
  assert.deepEqual(ids(result(await memory('list', '--json', '--since', '1d'))), [2, 1]);
  assert.deepEqual(ids(result(await memory('list', '--json', '--since', '2999-01-01'))), []);
  assert.match((await memory('list')).stdout, /^#2 .*\n#1 .* user: I love dogs \[pets\]\n$/);

  assert.deepEqual(ids(result(await memory('recall', 'a', 'dog', '--json'))), [1]);
  const byMeaning = result(await memory('recall', 'ocean', '--json', ...args));
  assert.ok(byMeaning.memories.every((one: any) => typeof one.cosine === 'number'));
  assert.match((await memory('recall', 'zebra')).stdout, /^No memory fits\.\n$/);

  const stats = result(await memory('stats', '--json'));
  assert.deepEqual([stats.memories, stats.forgotten, stats.model.width], [2, 0, 128]);
  assert.match((await memory('stats')).stdout, /^memories +2 .*\n(.*\n)*made by /);

  const exported = result(await memory('export', '--json'));
  assert.deepEqual(ids(exported), [1, 2]);
  assert.deepEqual(
    ids({ memories: jsonLines((await memory('export', '--lines')).stdout) }),
    [1, 2],
  );
  const out = join(folder, 'memories.jsonl');
  assert.deepEqual(result(await memory('export', '--lines', '--out', out, '--json')), {
    path: out,
    memories: 2,
  });
  assert.equal(jsonLines(readFileSync(out, 'utf8')).length, 2);

  const absent = await memory('forget', '9', '--json');
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /ERR_MEMORY_NOT_FOUND/);
  assert.deepEqual(result(await memory('forget', '1', '--json')), { ids: [1], erased: true });
  assert.equal(readFileSync(brain).includes('I love dogs'), false);
  assert.match((await memory('forget', '--tag', 'none')).stdout, /nothing was forgotten/);
  assert.match((await memory('forget', '--speaker', 'Ann', '--yes')).stdout, /^Forgot #2\.\n$/);
  assert.match((await memory('list')).stdout, /^No memories\.\n$/);
});

test('reencode moves a brain to another model', { skip }, async (context) => {
  if (!existsSync(smallModel.other)) return context.skip(`there is no ${smallModel.other}`);
  const brain = join(scratch(context), 'mine.graffiti');
  result(await graffiti(['tag', brain, 'I love dogs', '--json', ...args]));
  const other = ['--model', smallModel.other, '--threads', '1'];
  const mismatch = await graffiti(['tag', brain, 'and cats', ...other]);
  assert.equal(mismatch.code, 1);
  assert.match(mismatch.stderr, /ERR_BRAIN_MODEL_MISMATCH/);
  assert.match(mismatch.stderr, /graffiti memory reencode/);
  const moved = result(await graffiti(['memory', 'reencode', brain, '--json', ...other]));
  assert.deepEqual([moved.memories, moved.model.width], [1, 64]);
  assert.equal((await graffiti(['tag', brain, 'and cats', ...other])).code, 0);
});

test('a brain made by another writer is opened with that writer', { skip }, async (context) => {
  const brain = join(scratch(context), 'notebook.graffiti');
  const chat = await graffiti(['chat', ...args, '--brain', brain, '--preset', 'notebook'], {
    input: '/tag I love dogs\n',
  });
  assert.equal(chat.code, 0, chat.stderr);
  result(await graffiti(['tag', brain, 'and cats', '--json', ...args]));
  const again = await graffiti(['chat', ...args, '--brain', brain], { input: '/memories\n' });
  assert.match(again.stdout, /^#2 .*\n#1 .*\n$/);
  const { model } = result(await graffiti(['memory', 'stats', brain, '--json']));
  assert.match(model.writer, /^notebook\//);
});

test('questions are answered from what was told, without a model', { skip }, async (context) => {
  const brain = join(scratch(context), 'mine.graffiti');
  for (const text of ['my password is swordfish', 'my dog is named Rex', 'my dog is called Max'])
    result(await graffiti(['tag', brain, text, '--json', ...args]));
  const memory = (name: string, ...rest: string[]) => graffiti(['memory', name, brain, ...rest]);
  const { answer } = result(await memory('ask', 'what is my dog called?', '--json'));
  assert.deepEqual([answer.kind, answer.values, answer.memories[0].id], ['value', ['Max'], 3]);
  assert.equal(result(await memory('ask', 'how are you?', '--json')).answer, null);
  const audit = result(await memory('audit', '--json'));
  assert.deepEqual(audit.contradictions[0].ids, [2, 3]);
  assert.match((await memory('audit')).stdout, /^contradiction +#2, #3 /);
  const forgotten = result(await memory('forget', '--query', 'my password', '--json'));
  assert.deepEqual(forgotten, { ids: [1], erased: true });
  assert.equal(readFileSync(brain).includes('swordfish'), false);
});

test('tag --classify shows what the rules would do, and writes nothing', async () => {
  const { by, sentences } = result(
    await graffiti(['tag', '--classify', 'I live in Rome. My dog is named Rex.', '--json']),
  );
  assert.equal(by, 'rule');
  assert.deepEqual(
    sentences.map(({ tags }: { tags: string[] }) => tags),
    [['loc_live'], ['my_dog']],
  );
});
