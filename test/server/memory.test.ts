import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { suite, test } from 'node:test';
import { builtIn, needs } from '../fixtures/models.js';
import { MODEL, serverForSuite } from './server.js';

interface Message {
  readonly role: string;
  readonly content: string;
}

suite('memory behind the API', needs(builtIn), () => {
  const server = serverForSuite();

  const chat = async (brain: string, messages: readonly Message[], more: object = {}) => {
    const wanted = { model: MODEL, messages, max_tokens: 24, temperature: 0, user: brain, ...more };
    const response = await server().send('/v1/chat/completions', wanted);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as any;
  };
  const user = (content: string) => ({ role: 'user', content });
  const texts = async (brain: string): Promise<string[]> => {
    const response = await server().get(`/v1/graffiti/brains/${brain}/memories`);
    return ((await response.json()) as any).data.map(({ text }: { text: string }) => text);
  };

  test('a message is remembered once, however often the conversation is sent', async () => {
    const messages: Message[] = [user('My dog is named Buddy.')];
    for (const next of ['I love him.', 'What is my dog called?']) {
      const reply = await chat('once', messages);
      await chat('once', messages); // tried again
      messages.push({ role: 'assistant', content: reply.choices[0].message.content }, user(next));
    }
    const last = await chat('once', messages);
    assert.match(last.choices[0].message.content, /Buddy/);
    assert.deepEqual(
      last.graffiti.recalled.map(({ id }: { id: number }) => id),
      [1],
    );
    assert.deepEqual(await texts('once'), [
      'What is my dog called?',
      'I love him.',
      'My dog is named Buddy.',
    ]);
  });

  test('a conversation that goes on finds its beginning in the cache', async () => {
    const messages: Message[] = [user('Tell me about your garden and the flowers in it.')];
    const first = await chat('cache', messages);
    messages.push(
      { role: 'assistant', content: first.choices[0].message.content },
      user('And then?'),
    );
    const { usage } = await chat('cache', messages);
    assert.ok(usage.prompt_tokens_details.cached_tokens >= first.usage.total_tokens - 2);
  });

  test('brains know nothing of each other, and files never leave the folder', async () => {
    await chat('ann@example.org', [user('My cat is named Tom.')]);
    await chat('Ann@example.org', [user('My cat is named Kim.')]);
    const asked = await chat('Ann@example.org', [user('What is my cat called?')]);
    assert.match(asked.choices[0].message.content, /Kim/);
    assert.deepEqual(await texts('ann@example.org'), ['My cat is named Tom.']);
    for (const name of [
      '..',
      '../x',
      'a/b',
      '.hidden',
      'a\\b',
      'a\0b',
      '',
      ' ',
      'ä',
      'x'.repeat(65),
    ]) {
      const wanted = { model: MODEL, messages: [user('x')], graffiti: { brain: name } };
      assert.equal((await server().send('/v1/chat/completions', wanted)).status, 400, name);
    }
    const files = readdirSync(server().folder).filter((file) => file.endsWith('.graffiti'));
    assert.ok(files.includes('ann%40example.org.graffiti'));
    assert.ok(files.includes('%41nn%40example.org.graffiti'));
  });

  test('field, header and user choose the brain, in this order', async () => {
    const wanted = { model: MODEL, messages: [user('Hello.')], user: 'by-user', max_tokens: 1 };
    const brain = async (body: object, headers: Record<string, string>) => {
      const response = await server().send('/v1/chat/completions', body, { headers });
      return ((await response.json()) as any).graffiti.brain;
    };
    const header = { 'x-graffiti-brain': 'by-header' };
    assert.equal(await brain({ ...wanted, graffiti: { brain: 'by-field' } }, header), 'by-field');
    assert.equal(await brain(wanted, header), 'by-header');
    assert.equal(await brain(wanted, {}), 'by-user');
    assert.equal(await brain({ ...wanted, user: undefined }, {}), 'default');
  });

  test('every token says what the memory did, then and later', async () => {
    const told = await server().send('/v1/graffiti/brains/why/memories', {
      text: 'I love dogs. My dog plays with me in the park.',
      tags: ['pets'],
    });
    assert.equal(told.status, 201);
    const reply = await chat('why', [user('What did you do today?')], {
      graffiti: { influence: true, strength: 3 },
    });
    const { tokens, influence } = reply.graffiti;
    assert.equal(tokens.length, reply.usage.completion_tokens);
    assert.ok(tokens.every((token: any) => token.influence.kl >= 0));
    assert.ok(
      tokens.some((token: any) => token.influence.sources.some((one: any) => one.id === 1)),
    );
    assert.ok(influence.mean_kl > 0);
    const later = (await (await server().get(`/v1/graffiti/replies/${reply.id}`)).json()) as any;
    assert.deepEqual(later.tokens, tokens);
    assert.deepEqual(later.graffiti.influence, influence);
    const off = await chat('why', [user('And today?')], { graffiti: { strength: 0 } });
    assert.equal(off.graffiti.influence, null);
  });

  test('list, search, tag, forget, export', async () => {
    const base = '/v1/graffiti/brains/desk';
    for (const text of [
      'My locker code is 4711.',
      'I like green tea.',
      'My sister lives in Zürich.',
    ]) {
      await server().send(`${base}/memories`, {
        text,
        tags: [text.includes('tea') ? 'food' : 'life'],
      });
    }
    const json = async (response: Promise<Response>) => (await (await response).json()) as any;
    const food = await json(server().get(`${base}/memories?tag=food&limit=5`));
    assert.deepEqual(
      food.data.map(({ text }: any) => text),
      ['I like green tea.'],
    );
    const found = await json(server().send(`${base}/search`, { query: 'sister', limit: 1 }));
    assert.equal(found.data[0].text, 'My sister lives in Zürich.');
    assert.equal((await json(server().get(base))).memories, 3);
    const forgotten = await json(server().send(`${base}/forget`, { query: 'my locker code' }));
    assert.deepEqual(forgotten, { ids: [1], erased: true });
    await server().send(`${base}/memories/2`, undefined, { method: 'DELETE' });
    const exported = await json(server().get(`${base}/export`));
    assert.deepEqual(
      exported.memories.map(({ id }: any) => id),
      [3],
    );
    for (const [path, status] of [
      ['/v1/graffiti/brains/nobody', 404],
      ['/v1/graffiti/brains/..%2Fdesk', 400],
      [`${base}/memories?limit=-1`, 400],
      ['/v1/graffiti/replies/none', 404],
    ] as const) {
      assert.equal((await server().get(path)).status, status, path);
    }
    assert.ok(!readdirSync(server().folder).includes('nobody.graffiti'));
  });

  test('what was forgotten is not shown again when the client sends it again', async () => {
    const secret = 'My password is swordfish.';
    const first = await chat('secret', [user(secret)]);
    const id = first.graffiti.remembered;
    await server().send('/v1/graffiti/brains/secret/forget', { ids: [id] });
    const messages = [
      user(secret),
      { role: 'assistant', content: first.choices[0].message.content },
      user('Hello.'),
    ];
    const next = await chat('secret', messages);
    const alone = await chat('other', [user('Hello.')]);
    assert.equal(next.usage.prompt_tokens, alone.usage.prompt_tokens);
    assert.deepEqual(await texts('secret'), ['Hello.']);
    assert.equal((await server().get(`/v1/graffiti/replies/${first.id}`)).status, 404);
  });

  test('strength changes in mid-reply', async () => {
    await server().send('/v1/graffiti/brains/slide/memories', {
      text: 'I love dogs and the park.',
    });
    const response = await server().send('/v1/chat/completions', {
      model: MODEL,
      messages: [user('Tell me a story.')],
      stream: true,
      max_tokens: 200,
      logit_bias: { 2: -100 },
      graffiti: { brain: 'slide', influence: true },
    });
    const kls: (number | null)[] = [];
    let buffered = '';
    let changed = false;
    for await (const bytes of response.body!) {
      buffered += Buffer.from(bytes).toString();
      const events = buffered.split('\n\n');
      buffered = events.pop()!;
      for (const event of events) {
        if (event === 'data: [DONE]') continue;
        const chunk = JSON.parse(event.slice('data: '.length));
        for (const token of chunk.graffiti?.tokens ?? []) kls.push(token.influence?.kl ?? null);
        if (!changed && kls.length > 0) {
          changed = true;
          const path = `/v1/graffiti/replies/${chunk.id}`;
          const patched = await server().send(path, { strength: 0 }, { method: 'PATCH' });
          assert.equal(patched.status, 200);
        }
      }
    }
    assert.notEqual(kls[0], null);
    assert.equal(kls.at(-1), null);
  });

  test('the OpenAPI document names every route', async () => {
    const { paths } = (await (await server().get('/openapi.json')).json()) as any;
    for (const path of [
      '/v1/chat/completions',
      '/v1/completions',
      '/v1/embeddings',
      '/v1/models/{id}',
      '/v1/graffiti/brains/{brain}/memories',
      '/v1/graffiti/replies/{reply}',
    ]) {
      assert.ok(path in paths, path);
    }
    assert.ok(
      paths['/v1/chat/completions'].post.requestBody.content['application/json'].schema.properties
        .messages,
    );
  });
});
