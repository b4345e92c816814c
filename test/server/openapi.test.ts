// The OpenAPI document: valid, whole, and true: every answer of every route is what it says.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { builtIn, needs } from '../fixtures/models.js';
import { MODEL, serverForSuite } from './server.js';

suite('the OpenAPI document', needs(builtIn), () => {
  const server = serverForSuite();
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  const compiled = new Map<string, ValidateFunction>();
  const visited = new Set<string>();
  let document: any;

  before(async () => {
    document = await (await server().get('/openapi.json')).json();
  });

  /** The operation that an address belongs to. */
  const operationOf = (method: string, address: string) => {
    const path = address.split('?')[0]!;
    const fits = (pattern: string) =>
      new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
    // A path without parameters first: it is the more exact one.
    const found = Object.keys(document.paths).sort().filter(fits);
    const pattern = found.find((one) => !one.includes('{')) ?? found[0];
    assert.ok(pattern, `no path for ${address}`);
    return {
      name: `${method} ${pattern}`,
      operation: document.paths[pattern][method.toLowerCase()],
    };
  };

  const check = (name: string, schema: object, value: unknown) => {
    const validate = compiled.get(name) ?? ajv.compile(schema);
    compiled.set(name, validate);
    assert.ok(
      validate(value),
      `${name}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`,
    );
  };

  /** Asks, and holds what comes against what the document says comes. */
  const ask = async (method: string, address: string, body?: unknown): Promise<any> => {
    const { name, operation } = operationOf(method, address);
    assert.ok(operation, name);
    const answer = await server().send(address, body, { method });
    const { status } = answer;
    const described = operation.responses[status] ?? (status >= 400 && operation.responses.default);
    assert.ok(described, `${name} says nothing of ${status}: ${await answer.clone().text()}`);
    if (status < 400) visited.add(name);
    const kind = answer.headers.get('content-type')!.split(';')[0]!;
    const schema = described.content[kind]?.schema;
    assert.ok(schema, `${name} says nothing of ${kind}`);
    const key = `${name} ${status} ${kind}`;
    const text = await answer.text();
    if (kind === 'text/event-stream') {
      const events = text
        .split('\n\n')
        .slice(0, -1)
        .map((event) => event.slice('data: '.length));
      assert.equal(events.pop(), '[DONE]');
      const chunks = events.map((event) => JSON.parse(event));
      for (const chunk of chunks) check(key, schema, chunk);
      return chunks;
    }
    const value = kind === 'application/json' ? JSON.parse(text) : text;
    check(key, schema, value);
    return value;
  };

  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document);
    assert.ok(valid, JSON.stringify(errors));
    assert.match(document.openapi, /^3\.1/);
  });

  test('describes what is asked with every field of the contract', () => {
    const { properties } =
      document.paths['/v1/chat/completions'].post.requestBody.content['application/json'].schema;
    const expected = (
      'messages model frequency_penalty presence_penalty temperature top_p logit_bias max_tokens n seed stop stream ' +
      'stream_options user max_completion_tokens logprobs top_logprobs response_format tools tool_choice ' +
      'parallel_tool_calls graffiti'
    ).split(' ');
    assert.deepEqual(
      expected.filter((field) => !(field in properties)),
      [],
    );
  });

  const brain = '/v1/graffiti/brains/described';
  const chat = { model: MODEL, user: 'described', max_tokens: 6, seed: 1 };
  const said = (content: string) => ({ messages: [{ role: 'user', content }] });

  test('is true of replies', async () => {
    const path = '/v1/chat/completions';
    await ask('POST', `${brain}/memories`, { text: 'My dog is named Buddy.', tags: ['pets'] });
    const influence = { graffiti: { influence: true } };
    const whole = await ask('POST', path, {
      ...{ ...chat, ...said('Hi!'), ...influence, logprobs: true, top_logprobs: 2 },
    });
    assert.ok(whole.graffiti.tokens[0].influence, 'nothing leaned');
    const more = { stream: true, stream_options: { include_usage: true } };
    await ask('POST', path, { ...chat, ...said('Hello!'), ...influence, ...more, logprobs: true });
    const { max_tokens: _, ...free } = chat;
    const recalled = await ask('POST', path, { ...free, ...said("What is my dog's name?") });
    assert.equal(recalled.graffiti.recalled.length, 1);
    assert.equal(
      (await ask('POST', path, { ...free, ...said('What is 12 + 30?') })).graffiti.region,
      'adder',
    );
    const tools = [
      { type: 'function', function: { name: 'clock', parameters: { type: 'object' } } },
    ];
    const calling = {
      ...free,
      ...said('What time is it?'),
      tools,
      tool_choice: 'required',
      parallel_tool_calls: false,
    };
    const called = await ask('POST', path, calling);
    assert.equal(called.choices[0].message.tool_calls.length, 1);
    await ask('POST', path, { ...calling, stream: true });
    await ask('POST', path, { ...chat, ...said('Hi!'), n: 2 }); // 400
    assert.deepEqual(
      (await ask('GET', `/v1/graffiti/replies/${whole.id}`)).tokens,
      whole.graffiti.tokens,
    );
    const raw = {
      model: MODEL,
      prompt: ['Once', 'Twice'],
      max_tokens: 3,
      logprobs: 2,
      user: 'described',
    };
    await ask('POST', '/v1/completions', { ...raw, ...influence });
    await ask('POST', '/v1/completions', { ...raw, ...influence, ...more });
  });

  test('is true of the strength of a running reply', async () => {
    const response = await server().send('/v1/chat/completions', {
      ...{ ...chat, ...said('Tell me a story.'), stream: true },
      max_tokens: 400,
      logit_bias: { 2: -100 },
    });
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    const [, id] = /"id":"([^"]+)"/.exec(Buffer.from(value).toString())!;
    // The reply may be complete by now: 409, and what the document says of failures holds.
    await ask('PATCH', `/v1/graffiti/replies/${id}`, { strength: 0.5 });
    visited.add('PATCH /v1/graffiti/replies/{reply}');
    await reader.cancel();
  });

  test('is true of models, vectors and tokens', async () => {
    await ask('GET', '/v1/models');
    await ask('GET', `/v1/models/${MODEL}`);
    await ask('GET', '/v1/models/another'); // 404
    await ask('GET', '/health');
    await ask('GET', '/metrics');
    for (const encoding_format of ['float', 'base64']) {
      await ask('POST', '/v1/embeddings', {
        model: MODEL,
        input: ['a dog', 'a cat'],
        encoding_format,
      });
    }
    await ask('POST', '/tokenize', { content: 'Hello!' });
    await ask('POST', '/tokenize', { content: 'Hello!', with_pieces: true });
  });

  test('is true of memories', async () => {
    const { id } = await ask('POST', `${brain}/memories`, { text: 'My cat is named Tom.' });
    await ask('GET', '/v1/graffiti/brains');
    await ask('GET', brain);
    await ask('GET', `${brain}/memories?limit=2`);
    await ask('POST', `${brain}/search`, { query: 'cat' });
    await ask('GET', `${brain}/export`);
    await ask('DELETE', `${brain}/memories/${id}`);
    await ask('POST', `${brain}/forget`, { tag: 'pets' });
    await ask('GET', '/v1/graffiti/brains/never-used'); // 404
    await ask('POST', `${brain}/search`, { query: '' }); // 400
  });

  test('is true of nights and engrams', async () => {
    await ask('POST', `${brain}/memories`, { text: 'My sister lives in Zurich.' });
    const done = async (started: { id: string }) => {
      const path = `/v1/graffiti/jobs/${started.id}`;
      for (;;) {
        const job = await ask('GET', path);
        if (job.status !== 'running') return job;
        await setTimeout(50);
      }
    };
    const slept = await done(await ask('POST', `${brain}/sleep`, {}));
    assert.equal(slept.status, 'done', JSON.stringify(slept.error));
    assert.equal((await ask('GET', `${brain}/nights`)).data.length, 1);
    await ask('POST', '/v1/chat/completions', {
      ...{
        ...chat,
        ...said('Where does my sister live?'),
        graffiti: { influence: true, recall: false },
      },
    });
    await ask('POST', `${brain}/nights/undo`);
    await ask('POST', `${brain}/nights/undo`); // 404

    const target = [
      { prompt: 'How are you?', answer: 'I am doing well, thank you.' },
      { prompt: 'hi', answer: 'Hello! How are you today?' },
    ];
    const extracted = await done(
      await ask('POST', `${brain}/engrams`, { name: 'greeting', target, forgetting: 0.5 }),
    );
    assert.equal(extracted.status, 'done', JSON.stringify(extracted.error));
    await ask('PUT', `${brain}/engrams/weights`, { weights: [{ name: 'greeting', weight: -1 }] });
    assert.equal((await ask('GET', `${brain}/engrams`)).data[0].weight, -1);
    await ask('DELETE', `${brain}/engrams/greeting`);
    await ask('GET', `${brain}/jobs`);
    await ask('DELETE', `/v1/graffiti/jobs/${slept.id}`);
  });

  test('has no route that was not asked', () => {
    const all = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(
      all.filter((name) => !visited.has(name)),
      [],
    );
  });
});
