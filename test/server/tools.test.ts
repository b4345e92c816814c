// Tools with the real client: in a model's own format, and with a model that knows none.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import OpenAI, { BadRequestError } from 'openai';
import { builtIn, needs } from '../fixtures/models.js';
import { toolTemplate } from '../fixtures/tool-template.js';
import { MODEL, serverForSuite } from './server.js';

const parameters = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['Rome', 'Bern'] } },
  required: ['city'],
  additionalProperties: false,
};
const weather = { type: 'function' as const, function: { name: 'weather', parameters } };
const clock = { type: 'function' as const, function: { name: 'clock', description: 'The time.' } };

for (const [name, load] of [
  ['a template that knows tools', { chatTemplate: toolTemplate }],
  ['a template that knows none', {}],
] as const) {
  suite(`tools: ${name}`, needs(builtIn), () => {
    const server = serverForSuite({}, load);
    const completions = () =>
      new OpenAI({ baseURL: `${server().address}/v1`, apiKey: 'none', maxRetries: 0 }).chat
        .completions;
    const wanted = {
      model: MODEL,
      messages: [{ role: 'user' as const, content: 'How is the weather in Rome?' }],
      tools: [weather, clock],
      temperature: 0, // a prompt that is found in the cache is rounded otherwise: a draw could come out another way
      seed: 3,
      // The same request shall have the same reply.
      graffiti: { remember: false, strength: 0 },
    };

    test('required and named, whole and streamed, give the same valid call', async () => {
      for (const choice of ['required', { type: 'function', function: { name: 'weather' } }]) {
        const request = {
          ...wanted,
          tool_choice: choice as 'required',
          parallel_tool_calls: false,
        };
        const { message, finish_reason: why } = (await completions().create(request)).choices[0]!;
        assert.equal(why, 'tool_calls');
        assert.equal(message.content, null);
        assert.equal(message.tool_calls!.length, 1);
        const [call] = message.tool_calls!;
        assert.ok(call?.type === 'function');
        assert.match(call.id, /^[a-zA-Z0-9]{9}$/);
        const given = JSON.parse(call.function.arguments) as { city?: string };
        if (choice !== 'required') assert.equal(call.function.name, 'weather');
        if (call.function.name === 'weather') assert.match(given.city!, /^(Rome|Bern)$/);
        else assert.deepEqual(given, {});

        const stream = completions().stream({ ...request, stream: true });
        const headers: (string | undefined)[] = [];
        for await (const { choices } of stream) {
          for (const delta of choices[0]?.delta.tool_calls ?? []) {
            assert.equal(delta.index, 0);
            if (delta.id) headers.push(delta.function?.name);
          }
        }
        assert.deepEqual(headers, [call.function.name]);
        const final = (await stream.finalChatCompletion()).choices[0]!;
        assert.equal(final.finish_reason, 'tool_calls');
        const [streamed] = final.message.tool_calls!;
        assert.ok(streamed?.type === 'function');
        assert.deepEqual(
          [streamed.function.name, streamed.function.arguments],
          [call.function.name, call.function.arguments],
        );
      }
    });

    test('auto says words chunk by chunk; none is as without tools', async () => {
      const request = { ...wanted, tool_choice: 'auto' as const, max_tokens: 8 };
      const { choices } = await completions().create(request);
      const words = choices[0]!.message.content!;
      assert.ok(words.length > 0);
      assert.equal(choices[0]!.message.tool_calls, undefined);
      let pieces = 0;
      let text = '';
      for await (const chunk of await completions().create({ ...request, stream: true })) {
        const piece = chunk.choices[0]?.delta.content ?? '';
        if (piece !== '') pieces++;
        text += piece;
      }
      assert.equal(text, words);
      assert.ok(pieces > 1);
      const without = await completions().create({ ...request, tool_choice: 'none' });
      const plain = await completions().create({ ...request, tools: [], tool_choice: 'none' });
      assert.equal(without.usage!.prompt_tokens, plain.usage!.prompt_tokens);
      assert.ok(choices[0]!.message.content !== null);
    });

    test('a call that is cut short says so, and never comes as one to run', async () => {
      const request = { ...wanted, tool_choice: 'required' as const, max_tokens: 3 };
      const { choices } = await completions().create(request);
      assert.equal(choices[0]!.finish_reason, 'length');
    });

    test('results go to the model, with and without ids, and are not remembered', async () => {
      const call = {
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Rome"}' },
      };
      const user = `tools-${name.at(-1)}`;
      for (const id of ['abc', undefined]) {
        const messages = [
          { role: 'user', content: 'My dog is named Buddy. How is the weather in Rome?' },
          { role: 'assistant', content: null, tool_calls: [{ ...call, id }] },
          { role: 'tool', tool_call_id: id, content: 'My cat is named Tom.' },
        ];
        const reply = (await completions().create({
          ...wanted,
          ...{ messages: messages as never, max_tokens: 4, user, graffiti: {} },
        })) as OpenAI.ChatCompletion & { graffiti: { remembered: number | null } };
        assert.equal(reply.graffiti.remembered, null);
        assert.ok(reply.usage!.completion_tokens > 0);
      }
      const said = { ...wanted, tool_choice: 'required' as const, user, graffiti: {} };
      await completions().create(said);
      const { data } = (await (
        await server().get(`/v1/graffiti/brains/${user}/memories`)
      ).json()) as { data: { text: string }[] };
      assert.deepEqual(
        data.map(({ text }) => text),
        ['How is the weather in Rome?'],
      );
    });

    test('arguments that are no JSON any more, or nested without end, are words', async () => {
      for (const given of ['{"city": "Ro', '', '5', `${'['.repeat(5000)}${']'.repeat(5000)}`]) {
        const messages = [
          ...wanted.messages,
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'x', arguments: given } }],
          },
          { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'no' }] },
        ];
        const asked = completions().create({
          ...wanted,
          ...{ messages: messages as never, max_tokens: 2 },
        });
        // What is longer than the context is refused as such.
        if (given.length < 100) assert.ok((await asked).usage!.completion_tokens > 0);
        else await assert.rejects(asked, BadRequestError);
      }
    });

    test('what is no tool is refused with its place', async () => {
      const named = (tool: string) => ({ type: 'function', function: { name: tool } });
      const refused = [
        [{ tools: [weather, weather] }, 'tools[1].function.name'],
        [{ tools: [named('a b')] }, 'tools[0].function.name'],
        [{ tools: [named('')] }, 'tools[0].function.name'],
        [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].function'],
        [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
        [
          {
            tools: [{ type: 'function', function: { name: 'x', parameters: { type: 'string' } } }],
          },
          'tools[0].function.parameters',
        ],
        [
          {
            tools: [
              {
                type: 'function',
                function: { name: 'x', parameters: { properties: { y: { type: 7 } } } },
              },
            ],
          },
          'tools',
        ],
        [{ tool_choice: named('missing') }, 'tool_choice.function.name'],
        [{ tools: [], tool_choice: 'required' }, 'tool_choice'],
        [{ tool_choice: 'perhaps' }, 'tool_choice'],
        [{ response_format: { type: 'json_object' } }, 'response_format'],
      ] as const;
      for (const [more, param] of refused) {
        await assert.rejects(completions().create({ ...wanted, ...more } as never), (error) => {
          assert.ok(error instanceof BadRequestError, String(error));
          assert.equal(error.param, param, error.message);
          return true;
        });
      }
    });
  });
}
