import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { GraphFile } from '../../lib/memory/graph-file.js';
import { KeyIndex } from '../../lib/memory/key-index.js';
import { EXACT_BELOW, Neighbours } from '../../lib/memory/neighbours.js';

const WIDTH = 24;
const COUNT = EXACT_BELOW + 500;

/** Repeatable numbers from −1 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

const draw = numbers(7);
const rows = Float32Array.from({ length: COUNT * WIDTH }, draw);
const keysOf = (count = COUNT) =>
  new KeyIndex(WIDTH, {
    ids: Array.from({ length: count }, (_, index) => 2 * index + 1),
    rows: rows.slice(0, count * WIDTH),
  });
const question = () => Float32Array.from({ length: WIDTH }, draw);

function nearest(neighbours: Neighbours, key: Float32Array, count: number): number[] {
  return [...neighbours.cosines(key, count)]
    .sort((one, other) => other.cosine - one.cosine)
    .slice(0, count)
    .map(({ id }) => id);
}

describe('the nearest of many keys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-neighbours-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, model = 'model') => new GraphFile(join(folder, name), model);

  it('are found through the graph as by comparing all, with the same cosines', async () => {
    const keys = keysOf();
    const neighbours = new Neighbours(keys);
    const [key] = [question()];
    assert.equal([...neighbours.cosines(key, 10)].length, COUNT, 'before there is a graph');
    await neighbours.prepare();
    assert.equal(neighbours.search, 'approximate');
    let found = 0;
    for (let asked = 0; asked < 20; asked++) {
      const one = question();
      const truth = keys.nearest(one, 10, -1);
      const near = nearest(neighbours, one, 10);
      found += truth.filter(({ id }) => near.includes(id)).length;
      const cosines = new Map(
        [...neighbours.cosines(one, 10)].map(({ id, cosine }) => [id, cosine]),
      );
      for (const { id, cosine } of truth)
        if (cosines.has(id)) assert.equal(cosines.get(id), cosine);
    }
    assert.ok(found >= 194, `${found} of 200`);
    await neighbours.close();
  });

  it('are compared one by one where they are few', async () => {
    const neighbours = new Neighbours(keysOf(100));
    await neighbours.prepare();
    assert.equal(neighbours.search, 'exact');
    assert.equal([...neighbours.cosines(question(), 3)].length, 100);
  });

  it('hold what was told since, and nothing that was forgotten', async () => {
    const neighbours = new Neighbours(keysOf());
    await neighbours.prepare();
    const key = question();
    neighbours.add(2 * COUNT + 1, key);
    assert.equal(nearest(neighbours, key, 1)[0], 2 * COUNT + 1);
    neighbours.remove(new Set([2 * COUNT + 1, 1, 3]));
    const all = [...neighbours.cosines(key, COUNT)].map(({ id }) => id);
    for (const gone of [2 * COUNT + 1, 1, 3]) assert.ok(!all.includes(gone));
    await neighbours.close();
  });

  it('take over the graph that was kept, and what came after it', async () => {
    const first = new Neighbours(keysOf(COUNT - 10), file('kept'));
    await first.prepare();
    await first.close();
    const kept = await file('kept').load(keysOf());
    assert.equal(kept?.rows, COUNT - 10);
    const second = new Neighbours(keysOf(), file('kept'));
    await second.prepare();
    const last = rows.slice((COUNT - 1) * WIDTH);
    assert.equal(nearest(second, last, 1)[0], 2 * COUNT - 1);
    second.remove(new Set([5]));
    assert.ok(!existsSync(join(folder, 'kept-neighbours')), 'forgetting leaves no copy');
    await second.close();
    assert.ok(existsSync(join(folder, 'kept-neighbours')));
  });

  it('make a graph anew that is damaged, stale or of another model', async () => {
    const first = new Neighbours(keysOf(), file('damaged'));
    await first.prepare();
    await first.close();
    assert.equal(await file('damaged', 'another').load(keysOf()), undefined);
    assert.equal(await file('damaged').load(keysOf(COUNT - 1)), undefined, 'one was forgotten');
    writeFileSync(join(folder, 'damaged-neighbours'), 'no graph');
    assert.equal(await file('damaged').load(keysOf()), undefined);
    const second = new Neighbours(keysOf(), file('damaged'));
    await second.prepare();
    assert.equal(second.search, 'approximate');
    await second.close();
  });

  it('stop being put into a graph when the memory closes', async () => {
    const neighbours = new Neighbours(keysOf(), file('stopped'));
    const done = neighbours.prepare();
    await neighbours.close();
    await done;
    assert.ok(!existsSync(join(folder, 'stopped-neighbours')));
  });
});
