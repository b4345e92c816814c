import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type NightFields, type NightPart, openBrain, type Store } from '../../lib/store/index.js';
import { migrate, migrations } from '../../lib/store/sqlite/schema.js';
import { APPLICATION_ID } from '../../lib/store/index.js';
import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';
import { describeStores } from './kinds.js';
import { scratch } from './scratch.js';

const event = {
  text: 'a text',
  speaker: 'user',
  tags: [],
  by: 'human' as const,
  kind: 'tell' as const,
  time: 1,
  importance: 1,
};
const vectors = { spray: new Float32Array(4), key: new Float32Array(4) };

async function tell(store: Store, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await store.append({ event, vectors, recalled: [] });
}

const blob = fc.uint8Array({ maxLength: 9000 });
const nights: fc.Arbitrary<NightFields & { parts: NightPart[] }> = fc.record({
  time: fc.integer({ min: 0, max: 8.64e15 }),
  method: fc.string(),
  model: fc.string(),
  separable: fc.boolean(),
  report: fc.json(),
  common: blob,
  parts: fc
    .uniqueArray(fc.record({ event: fc.integer({ min: 1, max: 5 }), data: blob }), {
      selector: ({ event: id }) => id,
    })
    .map((parts) => parts.sort((one, other) => one.event - other.event)),
});
/** A night as a property of the store would show it. PostgreSQL keeps no NUL in a text. */
const storable = nights.filter(
  ({ method, model, report }) => !/\0|\\u0000/.test(method + model + report),
);

const plain = (bytes: Uint8Array) => [...bytes];

describeStores('nights', ({ name, fresh }) => {
  it('come back as they were, after reopening', (test) =>
    fc.assert(
      fc.asyncProperty(storable, async (night) => {
        const path = fresh(test);
        const store = await openBrain(path);
        await tell(store, 5);
        const id = await store.addNight(night);
        assert.equal(id, 1);
        await store.close();
        const again = await openBrain(path, { readOnly: true });
        const { parts, common, ...fields } = night;
        const found = await again.night(1);
        assert.deepEqual(
          found && {
            ...found,
            common: plain(found.common),
            parts: found.parts.map((part) => ({ ...part, data: plain(part.data) })),
          },
          {
            ...fields,
            id: 1,
            common: plain(common),
            parts: parts.map((part) => ({ ...part, data: plain(part.data) })),
          },
        );
        const bytes = parts.reduce((sum, { data }) => sum + data.length, common.length);
        assert.deepEqual(await again.nights(), [
          { ...fields, id: 1, memories: parts.length, bytes },
        ]);
        await again.close();
      }),
      { numRuns: name === 'SQLite' ? 40 : 15 },
    ));

  const night = (separable: boolean, events: readonly number[]) => ({
    ...{ time: 5, method: 'head', model: 'm', separable, report: '{}' },
    common: new Uint8Array(3),
    parts: events.map((id) => ({ event: id, data: new Uint8Array([id, 7]) })),
  });

  it('the last and the one before are kept, and the last can be undone', async (test) => {
    const store = await openBrain(fresh(test));
    await tell(store, 2);
    for (let i = 0; i < 3; i++) await store.addNight(night(true, [1, 2]));
    assert.deepEqual(
      (await store.nights()).map(({ id }) => id),
      [3, 2],
    );
    assert.equal(await store.night(1), undefined);
    assert.equal(await store.removeNight(3), true);
    assert.equal(await store.removeNight(3), false);
    assert.deepEqual(
      (await store.nights()).map(({ id }) => id),
      [2],
    );
    assert.equal(await store.addNight(night(true, [1])), 4, 'ids are never used twice');
    await store.close();
  });

  it('a forgotten memory goes from all nights, and takes along those that cannot be had without it', async (test) => {
    const path = fresh(test);
    const store = await openBrain(path);
    await tell(store, 3);
    await store.addNight(night(true, [1, 2, 3]));
    await store.addNight(night(false, [1, 3]));
    await store.remove({ ids: [2], relinked: [], snapshot: { upTo: 3, weights: [] } });
    assert.deepEqual(
      (await store.nights()).map(({ id, memories }) => [id, memories]),
      [
        [2, 2],
        [1, 2],
      ],
    );
    await store.remove({ ids: [3], relinked: [], snapshot: { upTo: 3, weights: [] } });
    const left = await store.nights();
    assert.deepEqual(
      left.map(({ id, memories, bytes }) => [id, memories, bytes]),
      [[1, 1, 5]],
    );
    assert.deepEqual(
      (await store.night(1))!.parts.map(({ event: id }) => id),
      [1],
    );
    await store.close();
  });

  it('keep no part of a memory that was forgotten meanwhile', async (test) => {
    const store = await openBrain(fresh(test));
    await tell(store, 1);
    const id = await store.addNight(night(true, [1, 9]));
    assert.deepEqual(
      (await store.night(id!))!.parts.map(({ event: of }) => of),
      [1],
    );
    assert.equal(await store.addNight(night(false, [1, 9])), undefined);
    assert.deepEqual(
      (await store.nights()).map((kept) => kept.id),
      [id],
    );
    await store.close();
  });
});

describe('nights in a file', () => {
  it('leave no byte of a forgotten memory', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const store = await openBrain(path);
    await tell(store, 40);
    const marked = (id: number) => Buffer.from(`words of memory ${id};`.repeat(20));
    const parts = Array.from({ length: 40 }, (_, i) => ({ event: i + 1, data: marked(i + 1) }));
    for (let i = 0; i < 2; i++) await store.addNight({ ...night0, parts });
    const gone = [3, 17, 31];
    await store.remove({ ids: gone, relinked: [], snapshot: { upTo: 40, weights: [] } });
    await store.close();
    const file = readFileSync(path, 'latin1');
    for (const { event: id } of parts) {
      assert.equal(file.includes(`memory ${id};`), !gone.includes(id), `memory ${id}`);
    }
  });

  it('a brain of the format before them is read without, and gets them when it is written', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    migrate(database, () => undefined, migrations.slice(0, 1));
    database.close();
    const reader = await openBrain(path, { readOnly: true });
    assert.deepEqual(await reader.nights(), []);
    assert.equal(await reader.night(1), undefined);
    await reader.close();
    const writer = await openBrain(path);
    await tell(writer, 1);
    assert.equal(await writer.addNight({ ...night0, parts: [] }), 1);
    await writer.close();
  });

  const night0 = {
    ...{ time: 5, method: 'head', model: 'm', separable: true, report: '{}' },
    common: new Uint8Array(3),
  };
});
