// Servers that share one database: a brain has one writer at a time, and the next one knows all of it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { serve } from '../../lib/server/index.js';
import { builtIn, loadForSuite, needs } from '../fixtures/models.js';
import { useCluster } from '../store/kinds.js';
import { needsPostgres } from '../store/postgres-cluster.js';
import { MODEL } from './server.js';

suite('servers over one database', { skip: needs(builtIn).skip || needsPostgres.skip }, () => {
  const cluster = useCluster();
  const model = loadForSuite(builtIn);

  test('one holds a brain, the other is refused until it lets go', async () => {
    const options = { port: 0, brains: cluster().store(), logLevel: 'silent' } as const;
    await using first = await serve(model(), options);
    await using second = await serve(model(), options);
    const ask = async (address: string, content: string, user: string) => {
      const response = await fetch(`${address}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ model: MODEL, user, temperature: 0, max_tokens: 16 },
          messages: [{ role: 'user', content }],
        }),
      });
      return { status: response.status, body: (await response.json()) as any };
    };
    assert.equal((await ask(first.address, 'My dog is named Buddy.', 'ann')).status, 200);
    const refused = await ask(second.address, 'What is my dog called?', 'ann');
    assert.equal(refused.status, 409);
    assert.equal(refused.body.error.code, 'brain_locked');
    assert.equal((await ask(second.address, 'My cat is named Tom.', 'bob')).status, 200);
    await first.close();
    const { body } = await ask(second.address, 'What is my dog called?', 'ann');
    assert.match(body.choices[0].message.content, /Buddy/);
    const brains = (await (await fetch(`${second.address}/v1/graffiti/brains`)).json()) as any;
    assert.deepEqual(
      brains.data.map(({ id }: { id: string }) => id),
      ['ann', 'bob'],
    );
  });
});
