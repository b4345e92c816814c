import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { APPLICATION_ID, SqliteStore, FORMAT } from '../../lib/store/index.js';
import { scratch } from './scratch.js';

const event = {
  text: 'my dog is named Buddy',
  speaker: 'user',
  tags: ['pets'],
  by: 'human',
  kind: 'tell',
  time: 1,
  importance: 1,
} as const;
const vectors = { spray: new Float32Array(300).fill(1), key: new Float32Array(300).fill(2) };

async function makeBrain(path: string, events = 20): Promise<void> {
  const store = await SqliteStore.open(path);
  for (let i = 0; i < events; i++) await store.append({ event, vectors, recalled: [] });
  await store.close();
}

const digest = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

/** Opening `path` fails with `code`, to write and to read, and leaves the folder as it was. */
async function assertRefused(path: string, code: string): Promise<void> {
  const folder = join(path, '..');
  const names = readdirSync(folder);
  const before = statSync(path).isFile() ? digest(path) : '';
  const { mtimeMs } = statSync(path);
  for (const readOnly of [false, true]) {
    await assert.rejects(
      SqliteStore.open(path, { readOnly }),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.equal(error.name, 'GraffitiError');
        assert.ok(error.message.includes(path), error.message);
        return true;
      },
    );
  }
  assert.equal(statSync(path).isFile() ? digest(path) : '', before);
  assert.equal(statSync(path).mtimeMs, mtimeMs);
  assert.deepEqual(readdirSync(folder), names);
}

describe('opening', () => {
  it('makes a brain of one file, and finds it again by path and by URL', async (test) => {
    const folder = scratch(test);
    const path = join(folder, 'a brain #1 %20.graffiti');
    await makeBrain(path, 2);
    assert.deepEqual(readdirSync(folder), ['a brain #1 %20.graffiti']);
    const store = await SqliteStore.open(pathToFileURL(path));
    assert.equal((await store.events()).length, 2);
    assert.equal((await store.head()).format, FORMAT);
    await store.close();
    await store.close();
    await assert.rejects(store.events(), { code: 'ERR_DISPOSED' });
  });

  it('keeps one brain per store in RAM', async () => {
    const one = await SqliteStore.open();
    const other = await SqliteStore.open(':memory:');
    await one.append({ event, vectors, recalled: [] });
    assert.equal((await other.events()).length, 0);
    assert.equal(one.location, undefined);
    await one.close();
    await other.close();
  });

  it('says when there is no brain to read, or no folder to make one in', async (test) => {
    const folder = scratch(test);
    const missing = { code: 'ERR_BRAIN_NOT_FOUND' };
    await assert.rejects(SqliteStore.open(join(folder, 'x'), { readOnly: true }), missing);
    await assert.rejects(SqliteStore.open(join(folder, 'no', 'x')), missing);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('refuses a folder, an empty file, random bytes, a text and another database', async (test) => {
    const folder = scratch(test);
    const path = (name: string) => join(folder, name);
    mkdirSync(path('folder'));
    await assertRefused(path('folder'), 'ERR_BRAIN_FOREIGN');
    writeFileSync(path('empty'), '');
    await assertRefused(path('empty'), 'ERR_BRAIN_CORRUPT');
    writeFileSync(
      path('random'),
      createHash('sha512').update('x').digest().toString('hex').repeat(90),
    );
    await assertRefused(path('random'), 'ERR_BRAIN_FOREIGN');
    writeFileSync(path('short'), 'hello');
    await assertRefused(path('short'), 'ERR_BRAIN_FOREIGN');
    for (const mode of ['delete', 'wal']) {
      const database = new DatabaseSync(path(mode));
      database.exec(
        `PRAGMA journal_mode = ${mode}; CREATE TABLE notes (x); INSERT INTO notes VALUES (1)`,
      );
      database.close();
      await assertRefused(path(mode), 'ERR_BRAIN_FOREIGN');
    }
  });

  it('refuses a brain cut short at any length', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    const whole = readFileSync(path);
    for (const share of [0.9, 0.5, 0.2, 0.02]) {
      truncateSync(path, 0);
      writeFileSync(path, whole.subarray(0, Math.floor(whole.length * share)));
      await assertRefused(path, 'ERR_BRAIN_CORRUPT');
    }
  });

  it('refuses a brain with any page overwritten', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    const whole = readFileSync(path);
    let refused = 0;
    for (let page = 1; page < whole.length / 4096; page++) {
      const damaged = Buffer.from(whole);
      damaged.fill('\xa5', page * 4096, page * 4096 + 64);
      writeFileSync(path, damaged);
      try {
        await (await SqliteStore.open(path, { readOnly: true })).close();
        // The page holds the middle of a long vector, where any bytes are as good as others.
      } catch (error) {
        assert.equal((error as { code: string }).code, 'ERR_BRAIN_CORRUPT');
        await assertRefused(path, 'ERR_BRAIN_CORRUPT');
        refused++;
      }
    }
    assert.ok(refused >= 8, `${refused} of ${whole.length / 4096} pages`);
  });

  it('refuses a brain that lacks a table, and one of a newer format', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    await makeBrain(path);
    const change = (sql: string) => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    };
    change('DROP TABLE recalled');
    await assertRefused(path, 'ERR_BRAIN_CORRUPT');
    change('PRAGMA user_version = 99');
    await assertRefused(path, 'ERR_BRAIN_VERSION');
    change(`PRAGMA application_id = ${APPLICATION_ID + 1}`);
    await assertRefused(path, 'ERR_BRAIN_FOREIGN');
  });

  it('refuses wrong arguments before it touches anything', async () => {
    await assert.rejects(SqliteStore.open('x', { maxBytes: 1 }), RangeError);
    await assert.rejects(SqliteStore.open('x', { maxBytes: '1' as never }), TypeError);
  });
});

describe('a brain that may not be written', () => {
  const script = fileURLToPath(new URL('./child-unprivileged.ts', import.meta.url));
  const skip = process.getuid?.() === 0 ? false : 'needs root, to become a user without rights';

  it('is refused to writers and open to readers', { skip }, async (test) => {
    const folder = scratch(test);
    chmodSync(folder, 0o755);
    const path = join(folder, 'brain.graffiti');
    await makeBrain(path, 3);
    const asNobody = (): unknown => {
      const result = spawnSync(process.execPath, ['--import', 'tsx', script, path], {
        uid: 65534,
        gid: 65534,
        encoding: 'utf8',
        env: { ...process.env, TMPDIR: '/nonexistent', TSX_DISABLE_CACHE: '1' },
      });
      assert.equal(result.status, 0, result.stderr);
      return JSON.parse(result.stdout);
    };
    // Folder and file of another owner.
    assert.deepEqual(asNobody(), { writer: 'ERR_BRAIN_READ_ONLY', reader: 3 });
    // A file of one's own in a folder of another owner: no place for a log.
    chownSync(path, 65534, 65534);
    assert.deepEqual(asNobody(), { writer: 'ERR_BRAIN_READ_ONLY', reader: 3 });
    assert.deepEqual(readdirSync(folder), ['brain.graffiti']);
    // While a writer is at work, and its last words are in the log only.
    const store = await SqliteStore.open(path);
    await store.append({ event, vectors, recalled: [] });
    assert.deepEqual(asNobody(), { writer: 'ERR_BRAIN_READ_ONLY', reader: 4 });
    await store.close();
  });
});
