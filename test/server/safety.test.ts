import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import OpenAI, { APIError } from 'openai';
import { builtIn, needs } from '../fixtures/models.js';
import { MODEL, serverForSuite } from './server.js';

const hello = { model: MODEL, messages: [{ role: 'user', content: 'Hello.' }], max_tokens: 2 };

suite('a server with keys', needs(builtIn), () => {
  const server = serverForSuite({ apiKeys: ['first-key', 'other-key'], bodyLimit: 2048 });
  const ask = (headers: Record<string, string>) =>
    server().send('/v1/chat/completions', hello, { headers });

  test('answers to each of them, as Bearer and as X-Api-Key, and to nobody else', async () => {
    assert.equal((await ask({ authorization: 'Bearer first-key' })).status, 200);
    assert.equal((await ask({ 'x-api-key': 'other-key' })).status, 200);
    for (const headers of [
      {},
      { authorization: 'Bearer first-ke' },
      { authorization: 'first-key' },
      { 'x-api-key': '' },
    ] as Record<string, string>[]) {
      const response = await ask(headers);
      assert.equal(response.status, 401);
      assert.equal(((await response.json()) as any).error.type, 'authentication_error');
    }
    for (const path of ['/metrics', '/openapi.json', '/v1/models', '/v1/graffiti/brains', '/no']) {
      assert.equal((await server().get(path)).status, 401, path);
    }
    assert.equal((await server().get('/health')).status, 200);
  });

  test('refuses a body over the limit before it is read', async () => {
    const response = await server().send(
      '/v1/chat/completions',
      { ...hello, messages: [{ role: 'user', content: 'x'.repeat(4000) }] },
      { headers: { authorization: 'Bearer first-key' } },
    );
    assert.equal(response.status, 413);
    assert.equal(((await response.json()) as any).error.code, 'body_too_large');
  });
});

suite('a server on this machine alone', needs(builtIn), () => {
  const server = serverForSuite({ queueLimit: 0 }, { sessions: 1 });

  test('does not answer to foreign names, nor to web pages of other origins', async () => {
    const { port } = new URL(server().address);
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example' };
      request({ host: '127.0.0.1', port, path: '/v1/graffiti/brains', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(status, 403);
    const preflight = await fetch(`${server().address}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.headers.get('access-control-allow-origin'), null);
    const simple = await fetch(`${server().address}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(hello),
    });
    assert.equal(simple.status, 415);
  });

  test('one request too many is 429 with retry-after, and has told the brain nothing', async () => {
    const long = { ...hello, stream: true, max_tokens: 400, logit_bias: { 2: -100 }, user: 'busy' };
    const controller = new AbortController();
    const running = await server().send('/v1/chat/completions', long, {
      signal: controller.signal,
    });
    assert.equal(running.status, 200);
    const refused = await server().send('/v1/chat/completions', { ...hello, user: 'busy' });
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    const memories = await server().get('/v1/graffiti/brains/busy/memories');
    assert.equal(((await memories.json()) as any).data.length, 1);
    controller.abort();
    let status = 429;
    while (status === 429) status = (await server().send('/v1/chat/completions', hello)).status;
    assert.equal(status, 200);
  });

  test('what is no HTTP gets 400 and an end', async () => {
    const { port } = new URL(server().address);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('\x16\x03\x01\r\n\r\n'));
      socket.on('data', (bytes) => (text += String(bytes)));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    assert.match(answer, /^HTTP\/1.1 400/);
  });
});

suite('a model with less room than the server lets in', needs(builtIn), () => {
  const server = serverForSuite({ queueLimit: 8 }, { sessions: 1, queueLimit: 1 });

  test('refuses before any of what was said is remembered', async () => {
    const { loaded } = server().model;
    using _running = loaded.takePlace();
    using _waiting = loaded.takePlace();
    const said = (content: string) => ({ role: 'user', content });
    const messages = [said('My dog is named Buddy.'), said('My cat is named Tom.')];
    const refused = await server().send('/v1/chat/completions', {
      ...hello,
      messages,
      user: 'full',
    });
    assert.equal(refused.status, 429);
    assert.equal(((await refused.json()) as any).error.code, 'queue_full');
    const memories = await server().get('/v1/graffiti/brains/full/memories');
    assert.deepEqual(((await memories.json()) as any).data, []);
  });
});

suite('a server with a rate limit', needs(builtIn), () => {
  const server = serverForSuite({ rateLimit: 2, corsOrigins: ['https://app.example'] });

  test('counts per caller', async () => {
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await server().get('/v1/models')).status);
    assert.deepEqual(statuses, [200, 200, 429]);
    const refused = await server().get('/v1/models');
    assert.equal(((await refused.json()) as any).error.code, 'rate_limit_exceeded');
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
  });

  test('lets web pages of the named origin call', async () => {
    const preflight = await fetch(`${server().address}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://app.example');
  });
});

suite("closing, seen by OpenAI's client", needs(builtIn), () => {
  const server = serverForSuite({ closeSeconds: 0 }, { contextSize: 8192 });

  test('is an error in mid-stream, after the tokens that came', async () => {
    const client = new OpenAI({ baseURL: `${server().address}/v1`, apiKey: 'none', maxRetries: 0 });
    const stream = await client.chat.completions.create({
      ...{ model: MODEL, messages: [{ role: 'user', content: 'Hi!' }], stream: true },
      max_tokens: 8000,
      logit_bias: { 2: -100 },
    });
    let chunks = 0;
    let closing: Promise<void> | undefined;
    const read = async () => {
      for await (const _ of stream) {
        chunks++;
        closing ??= server().running.close();
      }
    };
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof APIError, String(error));
      assert.deepEqual([error.code, error.type], ['aborted', 'server_error']);
      return true;
    });
    assert.ok(chunks > 0);
    await closing;
  });
});

suite('closing', needs(builtIn), () => {
  // No time to finish in, and seconds' worth of tokens to make: a fast machine must not be done first.
  const server = serverForSuite({ closeSeconds: 0 }, { contextSize: 8192 });

  test('ends what does not finish in time with an event, and has lost nothing told', async () => {
    const response = await server().send('/v1/chat/completions', {
      ...hello,
      messages: [{ role: 'user', content: 'My dog is named Buddy.' }],
      stream: true,
      max_tokens: 8000,
      logit_bias: { 2: -100 },
      user: 'closing',
    });
    const closing = server().running.close();
    const text = await response.text();
    assert.match(text, /"code":"aborted"/);
    assert.doesNotMatch(text, /\[DONE\]/);
    await closing;
    await using memory = await server().model.openMemory(`${server().folder}/closing.graffiti`);
    assert.deepEqual(
      (await memory.list()).map(({ text: told }) => told),
      ['My dog is named Buddy.'],
    );
  });
});
