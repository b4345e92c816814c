import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInModel, graffiti, onlyObject } from './graffiti-command.js';

test(
  'bench startup: every part of the time to the first token',
  { skip: builtInModel.skip },
  async () => {
    const args = ['bench', 'startup', '--rounds', '1', '--threads', '1', '--json'];
    const { code, stdout, stderr } = await graffiti(args);
    assert.equal(code, 0, stderr);
    const {
      node,
      import: imported,
      load,
      firstToken,
      total,
      bare,
    } = onlyObject(stdout) as Record<string, number>;
    for (const part of [node, imported, load, firstToken, bare]) assert.ok(part! > 0);
    assert.ok(Math.abs(imported! + load! + firstToken! - total!) < 1e-6);
  },
);

test(
  'bench turns: a turn, its parts, and a conversation in tenths',
  { skip: builtInModel.skip },
  async () => {
    const args = ['--rounds', '1', '--told', '4', '--tokens', '4', '--turns', '10'];
    const { code, stdout, stderr } = await graffiti([
      ...['bench', 'turns', '--threads', '1', '--json'],
      ...args,
    ]);
    assert.equal(code, 0, stderr);
    const { turn, keep, encode, spray, recall, note, share, computed, conversation } = onlyObject(
      stdout,
    ) as Record<
      'turn' | 'keep' | 'encode' | 'spray' | 'recall' | 'note' | 'share' | 'computed',
      number
    > & { conversation: { turns: number; turn: number; fileBytes: number; rss: number }[] };
    for (const part of [turn, keep, encode, recall]) assert.ok(part > 0);
    const before = keep + recall + note;
    assert.ok(Math.abs(share - before / (turn + before)) < 1e-12);
    const all = before + encode + spray;
    assert.ok(Math.abs(computed - all / (turn + all)) < 1e-12);
    assert.deepEqual(
      conversation.map(({ turns }) => turns),
      Array.from({ length: 10 }, (_, index) => index + 1),
    );
    assert.ok(conversation.every((part) => part.turn > 0 && part.fileBytes > 0 && part.rss > 0));
  },
);
