import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killRounds } from './kill-rounds.js';
import { scratch } from './scratch.js';

const rounds = Number(process.env.GRAFFITI_KILL_ROUNDS ?? 12);

it(`loses nothing it has acknowledged over ${rounds} kills`, async (test) => {
  const report = await killRounds(scratch(test), rounds);
  assert.ok(report.acknowledged > rounds);
  assert.deepEqual(
    { ...report, acknowledged: undefined },
    { rounds, acknowledged: undefined, lost: 0, resurrected: 0, failedOpens: 0, wrongStates: 0 },
  );
});
