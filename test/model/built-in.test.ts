import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { GraffitiModel } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { builtIn, small } from '../fixtures/models.js';

test('without a path the model that comes with the package is loaded, or its absence explained', async () => {
  if (!existsSync(builtIn)) {
    await assert.rejects(GraffitiModel.load(small), code('ERR_MODEL_NOT_FOUND'));
    return;
  }
  await using model = await GraffitiModel.load(small);
  await using session = await model.createSession();
  await session.tag('I love dogs.');
  const { text, influence } = await session.prompt('What do you like?', { maxTokens: 16, seed: 1 });
  assert.ok(text.length > 0 && influence!.meanKl > 0);
});
