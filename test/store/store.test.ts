import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DatabaseSync } from '@photostructure/sqlite';
import { type EventFields, SqliteStore } from '../../lib/store/index.js';
import { migrate, migrations } from '../../lib/store/schema.js';
import { pragma } from '../../lib/store/query.js';
import { scratch } from './scratch.js';

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 300 })
  .map((value) => value.replaceAll('\0', ' '));
const anyEvent: fc.Arbitrary<EventFields> = fc.record({
  text,
  speaker: text,
  tags: fc.array(text, { maxLength: 3 }),
  by: fc.constantFrom('human', 'rule', 'model'),
  kind: fc.constantFrom('tell', 'tag'),
  time: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  importance: fc
    .float({ noNaN: true, min: 0, max: 1000 })
    .map((value) => Math.round(value * 1000) / 1000),
});
const width = 5;
const vector = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width })
  .map((values) => Float32Array.from(values));

describe('store', () => {
  it('gives back every event, vector, link and weight as it was, after reopening', (test) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ event: anyEvent, spray: vector, key: vector, link: fc.nat() }), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(fc.double({ noNaN: true, min: 0, max: 1 })),
        async (entries, weights) => {
          const path = join(scratch(test), 'brain.graffiti');
          const store = await SqliteStore.open(path);
          const recalled = entries.map(({ link }, index) =>
            index > 0 ? [{ id: 1 + (link % index), cosine: link / 2 ** 31 }] : [],
          );
          const ids: number[] = [];
          for (const [index, { event, spray, key }] of entries.entries()) {
            // A view into a larger block, as vectors come from native code.
            const block = new Float32Array(3 * width);
            block.set(key, width);
            const view = block.subarray(width, 2 * width);
            ids.push(
              await store.append({
                event,
                vectors: { spray, key: view },
                recalled: recalled[index]!,
              }),
            );
          }
          const snapshot = {
            upTo: ids.length,
            weights: weights.slice(0, ids.length).map((weight, i) => [i + 1, weight] as const),
          };
          await store.saveSnapshot(snapshot);
          await store.close();

          const again = await SqliteStore.open(path, { readOnly: true });
          assert.deepEqual(
            ids,
            entries.map((_, index) => index + 1),
          );
          assert.deepEqual(
            (await again.events()).reverse(),
            entries.map(({ event }, index) => ({ id: index + 1, ...event })),
          );
          assert.deepEqual(
            await again.links(),
            recalled.map((list, index) => ({ id: index + 1, recalled: list })),
          );
          const rows = (name: 'spray' | 'key') =>
            Float32Array.from(entries.flatMap((entry) => [...entry[name]]));
          assert.deepEqual(await again.keys(), { ids, rows: rows('key') });
          assert.deepEqual(await again.sprays(ids), { ids, rows: rows('spray') });
          assert.deepEqual(await again.snapshot(), snapshot);
          await again.close();
        },
      ),
      { numRuns: 40 },
    ));

  it('finds events by every condition, newest first', async () => {
    const store = await SqliteStore.open();
    const vectors = { spray: new Float32Array(width), key: new Float32Array(width) };
    const base = { by: 'human', kind: 'tell', importance: 1 } as const;
    for (let i = 1; i <= 6; i++) {
      const event = {
        ...base,
        text: `text ${i}`,
        speaker: i % 2 ? 'ann' : "o'brien; DROP TABLE events",
        tags: i > 3 ? ['late', `t${i}`] : ['"quoted"', '%'],
        time: i * 1000,
      };
      await store.append({ event, vectors, recalled: i > 1 ? [{ id: 1, cosine: 0.5 }] : [] });
    }
    const ids = async (filter: Parameters<typeof store.events>[0]) =>
      (await store.events(filter)).map(({ id }) => id);
    assert.deepEqual(await ids({}), [6, 5, 4, 3, 2, 1]);
    assert.deepEqual(await ids({ limit: 2, offset: 1 }), [5, 4]);
    assert.deepEqual(await ids({ tag: 'late' }), [6, 5, 4]);
    assert.deepEqual(await ids({ tag: '%' }), [3, 2, 1]);
    assert.deepEqual(await ids({ tag: '"quoted"', speaker: 'ann' }), [3, 1]);
    assert.deepEqual(await ids({ speaker: "o'brien; DROP TABLE events", since: 4000 }), [6, 4]);
    assert.deepEqual(await ids({ ids: [2, 5, 99] }), [5, 2]);
    assert.deepEqual(await ids({ ids: [] }), []);
    assert.deepEqual(await store.recallersOf([1, 3]), [2, 3, 4, 5, 6]);
    const summary = await store.summary();
    assert.equal(summary.events, 6);
    assert.deepEqual([summary.firstTime, summary.lastTime], [1000, 6000]);
    assert.deepEqual(summary.tags.slice(0, 2), [
      { tag: '"quoted"', count: 3 },
      { tag: '%', count: 3 },
    ]);
    assert.ok(summary.bytes > 10_000);
    await store.close();
  });

  it('lets readers read while a writer writes, and see what it has acknowledged', async (test) => {
    const folder = scratch(test);
    const path = join(folder, 'brain.graffiti');
    const vectors = { spray: new Float32Array(width), key: new Float32Array(width) };
    const base = {
      speaker: 'u',
      tags: [],
      by: 'human',
      kind: 'tell',
      time: 0,
      importance: 1,
    } as const;
    const tell = (store: SqliteStore, words: string) =>
      store.append({ event: { ...base, text: words }, vectors, recalled: [] });
    const first = await SqliteStore.open(path);
    await tell(first, 'one');
    await first.close();

    const reader = await SqliteStore.open(path, { readOnly: true });
    assert.deepEqual(readdirSync(folder), ['brain.graffiti']); // a reader alone leaves no traces
    const revision = await reader.revision();
    const writer = await SqliteStore.open(path); // while the reader is there
    const second = await SqliteStore.open(path, { readOnly: true });
    await tell(writer, 'two');
    assert.equal((await reader.events()).length, 2);
    assert.equal((await second.events()).length, 2);
    assert.notEqual(await reader.revision(), revision);
    await assert.rejects(tell(reader, 'no'), { code: 'ERR_BRAIN_READ_ONLY' });
    await writer.close();
    assert.equal((await reader.events()).length, 2);
    const third = await SqliteStore.open(path);
    await tell(third, 'three');
    assert.equal((await reader.events()).length, 3);
    await third.close();
    await reader.close();
    await second.close();
  });
});

describe('migrations', () => {
  const next = [
    ...migrations,
    { to: 2, up: (database: DatabaseSync) => database.exec('CREATE TABLE dreams (x)') },
    { to: 3, up: (database: DatabaseSync) => database.exec('ALTER TABLE dreams ADD COLUMN y') },
  ];
  type DatabaseSync = Parameters<typeof migrate>[0];

  it('go forward from any format, keeping a copy of a brain that was there', () => {
    for (const from of [0, 1, 2, 3]) {
      const database = new DatabaseSync(':memory:');
      migrate(database, () => undefined, next.slice(0, from));
      const copies: number[] = [];
      migrate(database, (format) => copies.push(format), next);
      assert.equal(pragma(database, 'user_version'), 3);
      assert.deepEqual(copies, from === 0 || from === 3 ? [] : [from]);
      database.exec('SELECT x, y FROM dreams');
      database.close();
    }
  });

  it('that fail change nothing', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, () => undefined, migrations);
    const broken = [...next, { to: 4, up: () => database.exec('SELECT * FROM nowhere') }];
    assert.throws(() => migrate(database, () => undefined, broken), /nowhere/);
    assert.equal(pragma(database, 'user_version'), 1);
    assert.throws(() => database.exec('SELECT x FROM dreams'));
    database.close();
  });
});
