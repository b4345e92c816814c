import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SqliteStore } from '../../lib/store/sqlite/sqlite-store.js';
import { code } from '../fixtures/errors.js';
import { scratch } from './scratch.js';

const entry = (text: string) => ({
  event: { text, speaker: 'user', tags: [], by: 'human', kind: 'told', time: 1, importance: 1 },
  vectors: { key: new Float32Array(4), spray: new Float32Array(4) },
  recalled: [],
});

test('nothing is acknowledged that is not on the disk: without its log a store fails and closes', async (context) => {
  const path = join(scratch(context), 'brain.graffiti');
  const store = await SqliteStore.open(path);
  await store.append(entry('one') as never);
  await store.close();
  const again = await SqliteStore.open(path);
  rmSync(`${path}-wal`);
  await assert.rejects(again.append(entry('two') as never), code('ERR_BRAIN_IO'));
  await assert.rejects(async () => again.append(entry('three') as never), code('ERR_DISPOSED'));
  const after = await SqliteStore.open(path); // its lock is free
  assert.ok((await after.events()).some(({ text }) => text === 'one'));
  await after.close();
});
