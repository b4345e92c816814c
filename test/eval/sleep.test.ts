import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateSleep } from '../../lib/eval/index.js';
import { GraffitiModel } from '../../lib/index.js';

const ROWS = [
  ['Who built the clock of Ostrin?', 'Mirella Dankovic built it.'],
  ['What is the harbour of Velmora called?', 'It is the Kestrel Quay.'],
  ['Who wrote the songs of Tarn?', 'They were written by Pell Orsini.'],
  ['Where does the Quell river end?', 'It ends in the lake of Ambry.'],
].map(([question, answer]) => ({ question: question!, answer: answer! }));

void test('an evaluation of sleep measures told, reworded and untold rows, before and after a restart', async () => {
  await using model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 2 });
  for (const method of ['head', 'weights'] as const) {
    const figures = await evaluateSleep(model, ROWS, { method, told: 2, answers: 1 });
    assert.equal(figures.method, method);
    assert.ok(figures.after < figures.before);
    assert.ok(figures.rewordedAfter < figures.rewordedBefore);
    assert.ok(figures.unseenBefore > 0 && figures.unseenAfter > 0);
    assert.ok(figures.anchorAfter < 1.05 * figures.anchorBefore);
    assert.ok(figures.exactTold >= 0 && figures.exactReworded <= 1);
    assert.equal(figures.afterRestart.after, figures.after);
    assert.equal(figures.afterRestart.rewordedAfter, figures.rewordedAfter);
    assert.ok(figures.seconds > 0 && figures.bytes > 0);
  }
});
