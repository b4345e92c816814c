import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeStores } from './kinds.js';
import { killRounds } from './kill-rounds.js';

const rounds = Number(process.env.GRAFFITI_KILL_ROUNDS ?? 12);

describeStores('a brain whose writers are killed', ({ fresh }) => {
  it(`loses nothing it has acknowledged over ${rounds} kills`, async (test) => {
    const { acknowledged, takeoverMedian, takeoverMost, ...report } = await killRounds(
      () => fresh(test),
      rounds,
    );
    assert.ok(acknowledged > rounds);
    assert.deepEqual(report, { rounds, lost: 0, resurrected: 0, failedOpens: 0, wrongStates: 0 });
    assert.ok(takeoverMedian <= takeoverMost && takeoverMost < 15_000);
  });
});
