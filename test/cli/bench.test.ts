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
