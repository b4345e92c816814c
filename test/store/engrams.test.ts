import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { APPLICATION_ID, openBrain, type StoredEngram } from '../../lib/store/index.js';
import { migrate, migrations } from '../../lib/store/sqlite/schema.js';
import { code } from '../fixtures/errors.js';
import { describeStores } from './kinds.js';
import { scratch } from './scratch.js';

const engram: fc.Arbitrary<StoredEngram> = fc.record({
  name: fc.constantFrom('one', 'two', 'Ä name', 'a longer name of three'),
  time: fc.integer({ min: 0, max: 8.64e15 }),
  model: fc.stringMatching(/^[0-9a-f]{0,32}$/),
  data: fc.uint8Array({ maxLength: 12_000 }),
});
const plain = (found: StoredEngram | undefined) => found && { ...found, data: [...found.data] };

describeStores('engrams', ({ name: kind, fresh }) => {
  it('come back as they were put last, after reopening; those that were removed do not', (test) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            engram.map((put) => ({ put })),
            engram.map(({ name }) => ({ drop: name })),
          ),
          { maxLength: 8 },
        ),
        async (steps) => {
          const path = fresh(test);
          const expected = new Map<string, StoredEngram>();
          const store = await openBrain(path);
          for (const step of steps) {
            if ('put' in step) {
              await store.putEngram(step.put);
              expected.set(step.put.name, step.put);
            } else {
              const removed = await store.removeEngram(step.drop);
              const there = expected.delete(step.drop);
              assert.equal(removed, there ? kind === 'SQLite' : undefined);
            }
          }
          await store.close();
          const again = await openBrain(path, { readOnly: true });
          const names = [...expected.keys()].sort((one, other) =>
            Buffer.compare(Buffer.from(one), Buffer.from(other)),
          );
          assert.deepEqual(
            await again.engrams(),
            names.map((name) => {
              const { data, ...fields } = expected.get(name)!;
              return { ...fields, bytes: data.length };
            }),
          );
          for (const name of names) {
            assert.deepEqual(plain(await again.engram(name)), plain(expected.get(name)));
          }
          assert.equal(await again.engram('nobody'), undefined);
          await again.close();
        },
      ),
      { numRuns: kind === 'SQLite' ? 40 : 10 },
    ));

  it('are counted in the size of the brain, and one too large changes nothing', async (test) => {
    const store = await openBrain(fresh(test), { maxBytes: 200_000 });
    const one = { name: 'one', time: 1, model: 'm', data: new Uint8Array(20_000).fill(1) };
    await store.putEngram(one);
    assert.ok((await store.summary()).bytes >= 20_000);
    const large = { ...one, data: new Uint8Array(400_000) };
    await assert.rejects(store.putEngram(large), code('ERR_BRAIN_FULL'));
    assert.deepEqual(plain(await store.engram('one')), plain(one));
    await store.close();
  });
});

describe('engrams in a file', () => {
  it('that are removed or replaced leave no byte', async (test) => {
    const folder = scratch(test);
    const path = join(folder, 'brain.graffiti');
    const store = await openBrain(path);
    const marked = (mark: number, length: number): StoredEngram => ({
      ...{ name: `name ${mark};`, time: mark, model: 'm' },
      data: Buffer.from(`words of ${mark};`.repeat(length)),
    });
    // Of all sizes: in a page, over several, and rows that move when others grow.
    for (let mark = 1; mark <= 40; mark++) await store.putEngram(marked(mark, 1 + mark ** 2));
    const gone = [2, 9, 25, 40];
    for (const mark of gone) assert.equal(await store.removeEngram(`name ${mark};`), true);
    await store.putEngram({ ...marked(5, 3), data: Buffer.from('other words') });
    const held = (text: string) =>
      readdirSync(folder).some((file) => readFileSync(join(folder, file)).includes(text));
    await store.close();
    for (let mark = 1; mark <= 40; mark++) {
      const there = !gone.includes(mark);
      assert.equal(held(`name ${mark};`), there, `name ${mark}`);
      assert.equal(held(`words of ${mark};`), there && mark !== 5, `words of ${mark}`);
    }
  });

  it('a brain of the format before them is read without; written, it gets them and a copy is kept', async (test) => {
    const path = join(scratch(test), 'brain.graffiti');
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    migrate(database, () => undefined, migrations.slice(0, 2));
    database.close();
    const reader = await openBrain(path, { readOnly: true });
    assert.deepEqual(await reader.engrams(), []);
    assert.equal(await reader.engram('one'), undefined);
    await reader.close();
    const writer = await openBrain(path);
    await writer.putEngram({ name: 'one', time: 1, model: 'm', data: new Uint8Array(3) });
    assert.equal((await writer.engrams()).length, 1);
    await writer.close();
    assert.ok(existsSync(`${path}-v2`));
  });
});
