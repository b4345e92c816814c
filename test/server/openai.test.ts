// The whole contract with the real client, unmodified, against the real server.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { builtIn, needs } from '../fixtures/models.js';
import { MODEL, serverForSuite } from './server.js';

const hello = {
  model: MODEL,
  messages: [{ role: 'user' as const, content: 'Hello, how are you?' }],
};

suite("OpenAI's client", needs(builtIn), () => {
  const server = serverForSuite();
  const client = (extra = {}) =>
    new OpenAI({ baseURL: `${server().address}/v1`, apiKey: 'none', maxRetries: 0, ...extra });

  test('lists and finds the model', async () => {
    const models = [];
    for await (const model of client().models.list()) models.push(model.id);
    assert.deepEqual(models, [MODEL]);
    assert.equal((await client().models.retrieve(MODEL)).object, 'model');
    await assert.rejects(client().models.retrieve('gpt-5'), NotFoundError);
  });

  test('gets a reply with its usage and the id of the request', async () => {
    const reply = await client().chat.completions.create({ ...hello, max_tokens: 8 });
    const [choice] = reply.choices;
    assert.equal(reply.object, 'chat.completion');
    assert.equal(choice!.message.role, 'assistant');
    assert.ok(choice!.message.content!.length > 0);
    assert.ok(['stop', 'length'].includes(choice!.finish_reason));
    const { prompt_tokens, completion_tokens, total_tokens } = reply.usage!;
    assert.ok(completion_tokens > 0 && completion_tokens <= 8);
    assert.equal(total_tokens, prompt_tokens + completion_tokens);
    assert.match(reply._request_id!, /^req_/);
  });

  test('the same seed gives the same reply, streamed or whole', async () => {
    const wanted = { ...hello, seed: -7, temperature: 1, user: 'seed', max_tokens: 12 };
    const whole = await client().chat.completions.create({
      ...wanted,
      graffiti: { remember: false },
    } as typeof wanted);
    const stream = client().chat.completions.stream({
      ...wanted,
      stream: true,
      stream_options: { include_usage: true },
      graffiti: { remember: false },
    } as typeof wanted & { stream: true });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const last = chunks.at(-1)!;
    assert.deepEqual(last.choices, []);
    assert.equal(last.usage!.completion_tokens, whole.usage!.completion_tokens);
    assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
    assert.equal(chunks[0]!.choices[0]!.delta.role, 'assistant');
    const final = await stream.finalChatCompletion();
    assert.equal(final.choices[0]!.message.content, whole.choices[0]!.message.content);
    assert.equal(final.choices[0]!.finish_reason, whole.choices[0]!.finish_reason);
  });

  test('stop ends the reply before its text', async () => {
    const reply = await client().chat.completions.create({ ...hello, stop: [' ', '\n'] });
    assert.doesNotMatch(reply.choices[0]!.message.content!, /\s/);
    assert.equal(reply.choices[0]!.finish_reason, 'stop');
  });

  test('logprobs are those of the tokens; logit_bias is obeyed', async () => {
    const reply = await client().chat.completions.create({
      ...hello,
      logprobs: true,
      max_tokens: 4,
      temperature: 0,
    });
    const content = reply.choices[0]!.logprobs!.content!;
    assert.equal(content.length, reply.usage!.completion_tokens);
    assert.ok(content.every(({ logprob }) => logprob <= 0));
    assert.equal(
      content
        .map(({ token }) => token)
        .join('')
        .trimStart(),
      reply.choices[0]!.message.content,
    );
    const [first] = server().model.loaded.tokenize(content[0]!.token);
    const other = await client().chat.completions.create({
      ...hello,
      logit_bias: { [first!]: -100 },
      logprobs: true,
      max_tokens: 1,
      temperature: 0,
    });
    assert.notEqual(other.choices[0]!.logprobs!.content![0]!.token, content[0]!.token);
  });

  test('top_logprobs are the most probable tokens of each place, whole and streamed', async () => {
    const wanted = { ...hello, logprobs: true, max_tokens: 4, temperature: 0, seed: 1 };
    const reply = await client().chat.completions.create({ ...wanted, top_logprobs: 5 });
    const content = reply.choices[0]!.logprobs!.content!;
    assert.equal(content.length, 4);
    for (const { token, logprob, top_logprobs: top } of content) {
      assert.equal(top.length, 5);
      // Without a temperature the most probable token comes.
      assert.deepEqual([top[0]!.token, top[0]!.logprob], [token, logprob]);
      const logprobs = top.map((one) => one.logprob);
      assert.deepEqual(
        logprobs,
        logprobs.toSorted((one, other) => other - one),
      );
      assert.ok(logprobs.reduce((sum, one) => sum + Math.exp(one), 0) <= 1 + 1e-6);
      assert.ok(
        top.every(({ bytes, token: text }) => !bytes || String(Buffer.from(bytes)) === text),
      );
    }
    const streamed = [];
    for await (const { choices } of await client().chat.completions.create({
      ...wanted,
      top_logprobs: 5,
      stream: true,
    })) {
      streamed.push(...(choices[0]?.logprobs?.content ?? []));
    }
    assert.deepEqual(
      streamed.map(({ token, top_logprobs: top }) => [token, top.map((one) => one.token)]),
      content.map(({ token, top_logprobs: top }) => [token, top.map((one) => one.token)]),
    );
    const none = await client().chat.completions.create(wanted);
    assert.deepEqual(none.choices[0]!.logprobs!.content![0]!.top_logprobs, []);
    await assert.rejects(
      client().chat.completions.create({ ...wanted, top_logprobs: 21 }),
      BadRequestError,
    );
    await assert.rejects(
      client().chat.completions.create({ ...wanted, logprobs: false, top_logprobs: 2 }),
      /top_logprobs/,
    );
  });

  test('response_format holds the reply to a JSON schema', async () => {
    const reply = await client().chat.completions.create({
      ...hello,
      max_tokens: 100,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'mood',
          schema: {
            type: 'object',
            properties: { mood: { enum: ['good', 'bad'] } },
            required: ['mood'],
            additionalProperties: false,
          },
        },
      },
    });
    assert.ok(['good', 'bad'].includes(JSON.parse(reply.choices[0]!.message.content!).mood));
  });

  test('a tool that must be called is called with arguments that fit, streamed too', async () => {
    const wanted = {
      ...hello,
      messages: [
        { role: 'developer' as const, content: [{ type: 'text' as const, text: 'Be brief.' }] },
        { role: 'user' as const, content: 'How is the weather in Rome?' },
        {
          role: 'assistant' as const,
          content: null,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function' as const,
              function: { name: 'weather', arguments: '{"city":"Rome"}' },
            },
          ],
        },
        { role: 'tool' as const, tool_call_id: 'call_1', content: 'sunny' },
        { role: 'user' as const, content: 'And in Bern?' },
      ],
      tools: [
        {
          type: 'function' as const,
          function: {
            name: 'weather',
            parameters: {
              type: 'object',
              properties: { city: { enum: ['Rome', 'Bern'] } },
              required: ['city'],
              additionalProperties: false,
            },
          },
        },
      ],
      tool_choice: { type: 'function' as const, function: { name: 'weather' } },
    };
    const check = ({ message, finish_reason }: OpenAI.ChatCompletion.Choice) => {
      assert.equal(finish_reason, 'tool_calls');
      assert.equal(message.content, null);
      const [call] = message.tool_calls!;
      assert.ok(call?.type === 'function' && call.function.name === 'weather');
      assert.ok(['Rome', 'Bern'].includes(JSON.parse(call.function.arguments).city));
    };
    check((await client().chat.completions.create(wanted)).choices[0]!);
    const streamed = client().chat.completions.stream({ ...wanted, stream: true });
    check((await streamed.finalChatCompletion()).choices[0]!);
  });

  test('a raw completion, whole and streamed, for texts and tokens', async () => {
    const prompt = ['Once upon a time', 'My dog'];
    const wanted = { model: MODEL, max_tokens: 6, temperature: 0 };
    const whole = await client().completions.create({ ...wanted, prompt, logprobs: 0 });
    assert.deepEqual(
      whole.choices.map(({ index }) => index),
      [0, 1],
    );
    const { tokens, token_logprobs } = whole.choices[0]!.logprobs!;
    assert.equal(tokens!.length, token_logprobs!.length);
    const [first] = (await client().completions.create({ ...wanted, prompt, logprobs: 3 })).choices;
    const { top_logprobs: top, tokens: came, token_logprobs: likely } = first!.logprobs!;
    for (const [at, places] of top!.entries()) {
      assert.equal(Object.keys(places).length, 3);
      assert.equal(places[came![at]!], likely![at]);
      assert.equal(Math.max(...Object.values(places)), likely![at]);
    }
    let text = '';
    for await (const chunk of await client().completions.create({
      ...wanted,
      prompt: [...server().model.loaded.tokenize(prompt[0]!, { special: true })],
      stream: true,
    })) {
      text += chunk.choices[0]!.text;
    }
    assert.equal(text, whole.choices[0]!.text);
  });

  test('embeddings are the same as base64 (the default of the client) and as floats', async () => {
    const input = ['I love dogs.', 'My dog is named Buddy.', 'The bank is closed.'];
    const packed = await client().embeddings.create({ model: MODEL, input });
    const floats = await client().embeddings.create({
      model: MODEL,
      input,
      encoding_format: 'float',
    });
    assert.equal(packed.data.length, 3);
    for (const [at, { embedding, index }] of packed.data.entries()) {
      assert.equal(index, at);
      assert.equal(embedding.length, server().model.info.width);
      const difference = embedding.map((value, i) =>
        Math.abs(value - floats.data[at]!.embedding[i]!),
      );
      assert.ok(Math.max(...difference) < 1e-6);
      assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-5);
    }
    assert.ok(packed.usage.prompt_tokens > 10);
  });

  test('refusals are typed, and name the parameter', async () => {
    const { completions } = client().chat;
    const refused = [
      [{ n: 2 }, 'n'],
      [{ temperature: 3 }, 'temperature'],
      [{ messages: [] }, 'messages'],
      [{ messages: [{ role: 'assistant', content: 'I' }] }, 'messages[0].role'],
      [
        { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
        'messages[0].content[0]',
      ],
      [{ tool_choice: 'required' }, 'tool_choice'],
      [{ stream_options: { include_usage: true } }, 'stream_options'],
      [{ logit_bias: { 4096: 1 } }, 'logit_bias.4096'],
      [{ functions: [] }, 'functions'],
      [{ user: '../secret' }, 'user'],
      [
        {
          response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 7 } } },
        },
        'response_format',
      ],
    ] as const;
    for (const [more, param] of refused) {
      await assert.rejects(completions.create({ ...hello, ...more } as never), (error) => {
        assert.ok(error instanceof BadRequestError, String(error));
        assert.equal(error.param, param);
        assert.equal(error.type, 'invalid_request_error');
        return true;
      });
    }
    await assert.rejects(completions.create({ ...hello, model: 'gpt-5' }), NotFoundError);
    await assert.rejects(
      completions.create({ ...hello, messages: [{ role: 'user', content: 'word '.repeat(5000) }] }),
      (error) => error instanceof BadRequestError && error.code === 'context_length_exceeded',
    );
  });

  test('a client that goes away ends its reply', async () => {
    const stream = await client().chat.completions.create({
      ...hello,
      stream: true,
      max_tokens: 400,
      logit_bias: { 2: -100 },
    });
    for await (const chunk of stream) if (chunk.choices[0]!.delta.content) break;
    const deadline = Date.now() + 20_000;
    const inFlight = async () =>
      /graffiti_replies_in_flight (\d+)/.exec(await (await server().get('/metrics')).text())![1];
    while ((await inFlight()) !== '0') assert.ok(Date.now() < deadline, 'still replying');
  });
});
