// kill -9 of a server that holds brains: the next one has them within the lease, with everything acknowledged.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { builtIn, needs } from '../fixtures/models.js';
import { useCluster } from '../store/kinds.js';
import { needsPostgres } from '../store/postgres-cluster.js';
import { scratch } from '../store/scratch.js';
import { serverKillRounds } from './kill-rounds.js';

const rounds = Number(process.env.GRAFFITI_SERVER_KILL_ROUNDS ?? 4);

async function loseNothing(place: string): Promise<void> {
  const { acknowledged, takeoverMedian, takeoverMost, ...report } = await serverKillRounds(
    place,
    rounds,
  );
  assert.ok(acknowledged > rounds);
  assert.deepEqual(report, {
    ...{ rounds, lost: 0, resurrected: 0, failedTakeovers: 0, wrongAnswers: 0 },
  });
  assert.ok(takeoverMedian <= takeoverMost && takeoverMost < 15_000);
}

suite('servers that are killed', needs(builtIn), () => {
  test('lose nothing of a folder of brains', (context) => loseNothing(scratch(context)));
});

suite(
  'servers that are killed, over one database',
  {
    skip: needs(builtIn).skip || needsPostgres.skip,
  },
  () => {
    const cluster = useCluster();
    test('lose nothing', () => loseNothing(cluster().store()));
  },
);
