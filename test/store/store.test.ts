import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { type EventFields, openBrain, type Store } from '../../lib/store/index.js';
import { describeStores } from './kinds.js';

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

describeStores('store', ({ name, fresh }) => {
  it('gives back every event, vector, link and weight as it was, after reopening', (test) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ event: anyEvent, spray: vector, key: vector, link: fc.nat() }), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(fc.double({ noNaN: true, min: 0, max: 1 })),
        async (entries, weights) => {
          const path = fresh(test);
          const store = await openBrain(path);
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

          const again = await openBrain(path, { readOnly: true });
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

  it('finds events by every condition, newest first', async (test) => {
    const store = await openBrain(fresh(test));
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
    assert.ok(summary.bytes > 6 * 2 * 4 * width);
    await store.close();
  });

  it('lets readers read while a writer writes, and see what it has acknowledged', async (test) => {
    const path = fresh(test);
    const vectors = { spray: new Float32Array(width), key: new Float32Array(width) };
    const base = {
      speaker: 'u',
      tags: [],
      by: 'human',
      kind: 'tell',
      time: 0,
      importance: 1,
    } as const;
    const tell = (store: Store, words: string) =>
      store.append({ event: { ...base, text: words }, vectors, recalled: [] });
    const first = await openBrain(path);
    await tell(first, 'one');
    await first.close();

    const reader = await openBrain(path, { readOnly: true });
    if (name === 'SQLite') {
      assert.deepEqual(readdirSync(dirname(path)), ['brain.graffiti']); // a reader alone leaves no traces
    }
    const revision = await reader.revision();
    const writer = await openBrain(path); // while the reader is there
    const second = await openBrain(path, { readOnly: true });
    await tell(writer, 'two');
    assert.equal((await reader.events()).length, 2);
    assert.equal((await second.events()).length, 2);
    assert.notEqual(await reader.revision(), revision);
    await assert.rejects(tell(reader, 'no'), { code: 'ERR_BRAIN_READ_ONLY' });
    await writer.close();
    assert.equal((await reader.events()).length, 2);
    const third = await openBrain(path);
    await tell(third, 'three');
    assert.equal((await reader.events()).length, 3);
    await third.close();
    await reader.close();
    await second.close();
  });

  it('tells a follower when a writer has changed something, and only then', async (test) => {
    const path = fresh(test);
    const writer = await openBrain(path);
    const reader = await openBrain(path, { readOnly: true });
    let told = 0;
    await reader.follow(() => told++);
    await sleep(300);
    assert.equal(told, 0);
    for (let change = 0; change < 3; change++) {
      const before: number = told;
      await writer.saveSnapshot({ upTo: change, weights: [] });
      for (let wait = 0; told === before && wait < 200; wait++) await sleep(10);
      assert.ok(told > before, `change ${change}`);
    }
    await reader.close();
    await reader.close(); // harmless
    const last = told;
    await writer.saveSnapshot({ upTo: 9, weights: [] });
    await writer.close();
    await sleep(300);
    assert.equal(told, last);
    await assert.rejects(reader.events(), { code: 'ERR_DISPOSED' });
  });

  it('removes events with all that belongs to them, and never gives an id twice', async (test) => {
    const path = fresh(test);
    const store = await openBrain(path);
    const vectors = { spray: new Float32Array(width), key: new Float32Array(width) };
    const event: EventFields = {
      text: 'x',
      speaker: 'u',
      tags: ['t'],
      by: 'human',
      kind: 'tell',
      time: 0,
      importance: 1,
    };
    for (let id = 1; id <= 4; id++) {
      const recalled = Array.from({ length: id - 1 }, (_, i) => ({
        id: i + 1,
        cosine: 1 / (i + 1),
      }));
      assert.equal(await store.append({ event, vectors, recalled }), id);
    }
    const full = (await store.summary()).bytes;
    const snapshot = { upTo: 3, weights: [[1, 0.5]] as const };
    const relinked = [{ id: 3, recalled: [{ id: 1, cosine: 0.25 }] }];
    await store.remove({ ids: [2, 4], relinked, snapshot });
    assert.deepEqual(
      (await store.events()).map(({ id }) => id),
      [3, 1],
    );
    assert.deepEqual(await store.links(), [{ id: 1, recalled: [] }, ...relinked]);
    assert.deepEqual((await store.keys()).ids, [1, 3]);
    assert.deepEqual(await store.snapshot(), snapshot);
    const { remembered, forgotten, tags, bytes } = await store.summary();
    assert.deepEqual([remembered, forgotten, tags], [4, 2, [{ tag: 't', count: 2 }]]);
    if (name === 'PostgreSQL') assert.ok(bytes < full);
    assert.equal(await store.append({ event, vectors, recalled: [] }), 5);
    await store.close();
  });

  it('replaces what is derived, and leaves what is not given as it is', async (test) => {
    const store = await openBrain(fresh(test));
    const ones = new Float32Array(width).fill(1);
    const event = { text: 'x', speaker: 'u', tags: [], by: 'rule', kind: 'tag', time: 5 } as const;
    for (let id = 1; id <= 2; id++) {
      await store.append({
        event: { ...event, importance: 2 },
        vectors: { spray: ones, key: ones },
        recalled: [],
      });
    }
    const fingerprint = {
      ...{ hash: 'h', name: 'näme \u0000 "q"', architecture: 'a', width: 2, vocabulary: 3 },
      writer: 'w/1',
    };
    const settings = { rate: 0.1, mix: 1 / 3, recallLimit: 3, recallThreshold: -0.5, fading: 0.5 };
    await store.derive({ settings });
    const twos = Float32Array.from([2, 2]);
    await store.derive({
      fingerprint,
      vectors: [1, 2].map((id) => ({ id, key: twos, spray: twos })),
      links: [{ id: 2, recalled: [{ id: 1, cosine: 0.1 }] }],
      snapshot: { upTo: 2, weights: [[1, 1 / 3]] },
    });
    const head = await store.head();
    assert.deepEqual([head.fingerprint, head.settings], [fingerprint, settings]);
    assert.ok(Math.abs(head.created - Date.now()) < 60_000);
    assert.deepEqual(await store.sprays([2, 7, 1]), {
      ids: [1, 2],
      rows: Float32Array.from([2, 2, 2, 2]),
    });
    assert.deepEqual(await store.links(1), [{ id: 2, recalled: [{ id: 1, cosine: 0.1 }] }]);
    assert.deepEqual(await store.snapshot(), { upTo: 2, weights: [[1, 1 / 3]] });
    await store.close();
  });
});
