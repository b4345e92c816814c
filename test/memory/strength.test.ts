import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Memory } from '../../lib/memory/index.js';
import { Strengths } from '../../lib/memory/strength.js';
import { SqliteStore } from '../../lib/store/index.js';
import { describeStores } from '../store/kinds.js';
import { FakeEncoder } from './fake-encoder.js';

const HOUR = 3_600_000;
const encoder = new FakeEncoder('one', 32);

const told = fc.array(
  fc.record({
    text: fc.constantFrom('The dog.', 'the  dog', 'a cat', 'a cat!'),
    tags: fc.subarray(['pets', 'home']),
    hours: fc.nat(500),
    importance: fc.double({ min: 0, max: 5, noNaN: true }),
    picks: fc.array(fc.tuple(fc.nat(), fc.constantFrom(0.5, 0.95, 0.951, 1)), { maxLength: 3 }),
  }),
  { maxLength: 20 },
);

describe('strengths', () => {
  it('are what their definition says, for any events', () =>
    fc.assert(
      fc.property(told, fc.double({ min: 0.5, max: 1, noNaN: true }), (events, fading) => {
        const now = 1000 * HOUR;
        const strengths = new Strengths(fading);
        const plain = (text: string) =>
          text.toLowerCase().replace(/\s+/g, ' ').replace(/[.!]$/, '');
        const before: number[] = []; // for each event, the one it repeats, or itself
        events.forEach((event, index) => {
          const recalled =
            index === 0 ? [] : event.picks.map(([p, cosine]) => ({ id: p % index, cosine }));
          const time = event.hours * HOUR;
          strengths.add({ ...event, id: index, time }, { recalled });
          const same = recalled.find(({ id, cosine }) => {
            const other = events[id]!;
            const tagged = other.tags.some((tag) => event.tags.includes(tag));
            return cosine > 0.95 && (tagged || plain(other.text) === plain(event.text));
          });
          before.push(same ? before[same.id]! : index);
        });
        events.forEach(({ importance }, index) => {
          const group = events.map((_, i) => i).filter((i) => before[i] === before[index]);
          const last = Math.max(...group.map((i) => events[i]!.hours));
          const again = group.filter((i) => i > index).length;
          const expected = (importance + 0.5 * again) * fading ** (1000 - last);
          assert.ok(Math.abs(strengths.of(index, now)! - expected) <= 1e-9 * Math.max(1, expected));
        });
        assert.equal(strengths.of(events.length, now), undefined);
      }),
    ));
});

describeStores('a memory that fades', ({ fresh }) => {
  const DAY = 24 * HOUR;

  it('recalls what is told again before what is not, and lets what has faded lean no more', async (test) => {
    const location = fresh(test);
    const now = Date.now();
    const memory = await Memory.open(location, { encoder, fading: 0.99 });
    const tell = (text: string, daysAgo: number, importance = 1) =>
      memory.remember({ text, time: now - daysAgo * DAY, importance });
    const old = await tell('my dog is named Buddy', 30);
    const first = await tell('the sea is blue', 20);
    const again = await tell('The sea is blue.', 0);
    const recent = await tell('the sea is green', 2);
    const check = async (open: Memory) => {
      const audit = await open.audit();
      assert.deepEqual(audit.faded, [old.id]);
      assert.deepEqual(
        audit.repeated.map(({ ids }) => ids),
        [[first.id, again.id]],
      );
      assert.ok(Math.abs(audit.repeated[0]!.strength - 1.5) < 0.01);
      const leaning = (await open.spray()).sources.map(({ id }) => id);
      assert.deepEqual([...leaning].sort(), [first.id, again.id, recent.id]);
      const scores = new Map((await open.recall('is')).map(({ id, score }) => [id, score]));
      assert.ok((scores.get(first.id) ?? 0) > (scores.get(recent.id) ?? 0));
      assert.equal([...scores.keys()].at(-1), old.id, 'recalled last');
      assert.equal((await open.ask('what is my dog called?'))?.values[0], 'Buddy', 'a fact stays');
      assert.equal((await open.get(old.id))?.text, 'my dog is named Buddy');
    };
    await check(memory);
    await memory.close();
    await using reopened = await Memory.open(location, { encoder });
    assert.equal((await reopened.stats()).settings.fading, 0.99);
    await check(reopened);
    await reopened.remember({ text: 'my dog is named Buddy' });
    assert.deepEqual((await reopened.audit()).faded, [], 'told again, it is back');
  });

  it('does not change what a brain is that was opened without fading', async (test) => {
    await using memory = await Memory.open(fresh(test), { encoder });
    await memory.remember({ text: 'long ago', time: 0 });
    assert.equal((await memory.stats()).settings.fading, 1);
    assert.deepEqual((await memory.audit()).faded, []);
    assert.equal((await memory.spray()).sources.length, 1);
  });

  it('refuses what is no share of an hour', async () => {
    for (const fading of [0, -1, 1.01, NaN]) {
      await assert.rejects(Memory.open(undefined, { encoder, fading }), RangeError);
    }
  });
});

describe('forgetting a repetition', () => {
  it('leaves the strengths, bit for bit, of a brain that never heard it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            text: fc.constantFrom('the dog', 'the dog', 'a dog', 'the cat', 'rain'),
            tags: fc.subarray(['pets']),
            importance: fc.double({ min: 0, max: 3, noNaN: true }),
            hoursAgo: fc.nat(300),
            forgotten: fc.boolean(),
          }),
          { maxLength: 15 },
        ),
        async (events) => {
          const open = async () => Memory.open(await SqliteStore.open(), { encoder, fading: 0.99 });
          await using memory = await open();
          await using never = await open();
          const gone: number[] = [];
          for (const { forgotten, hoursAgo, ...event } of events) {
            const time = Date.now() - hoursAgo * HOUR;
            const { id } = await memory.remember({ ...event, time });
            if (forgotten) gone.push(id);
            else await never.remember({ ...event, time });
          }
          await memory.forget(gone);
          const observed = async (one: Memory) => {
            const ids = (await one.list({ limit: 1000 })).map(({ id }) => id).reverse();
            const { repeated, faded } = await one.audit();
            return {
              repeated: repeated.map((group) => group.ids.map((id) => ids.indexOf(id))),
              faded: faded.map((id) => ids.indexOf(id)),
            };
          };
          assert.deepEqual(await observed(memory), await observed(never));
        },
      ),
      { numRuns: 60 },
    ));
});
