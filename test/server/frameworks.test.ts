// Frameworks from npm, unmodified, over the real server.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { AIMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { embedMany, generateText, jsonSchema, streamText, tool } from 'ai';
import { builtIn, needs } from '../fixtures/models.js';
import { MODEL, serverForSuite } from './server.js';

const parameters = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['Rome', 'Bern'] } },
  required: ['city'],
  additionalProperties: false,
} as const;

suite('LangChain', needs(builtIn), () => {
  const server = serverForSuite();
  const configuration = () => ({ baseURL: `${server().address}/v1` });
  const chat = () =>
    new ChatOpenAI({
      model: MODEL,
      apiKey: 'none',
      maxRetries: 0,
      maxTokens: 16,
      user: 'langchain',
      configuration: configuration(),
    });

  test('ChatOpenAI replies, remembers, and counts tokens', async () => {
    const first = await chat().invoke([
      new SystemMessage('You are friendly.'),
      new HumanMessage('My dog is named Buddy.'),
    ]);
    assert.ok((first as any).usage_metadata.output_tokens > 0);
    const second = await chat().invoke('What is my dog called?');
    assert.match(second.text, /Buddy/);
  });

  test('ChatOpenAI streams', async () => {
    const pieces: string[] = [];
    const conversation = [
      new HumanMessage('Hello.'),
      new AIMessage('Hi!'),
      new HumanMessage('How are you?'),
    ];
    for await (const chunk of await chat().stream(conversation)) pieces.push(chunk.text);
    assert.ok(pieces.filter((piece) => piece !== '').length > 1);
  });

  test('ChatOpenAI calls a bound tool', async () => {
    const bound = new ChatOpenAI({
      model: MODEL,
      apiKey: 'none',
      maxRetries: 0,
      configuration: configuration(),
    }).bindTools([{ type: 'function', function: { name: 'weather', parameters } }], {
      tool_choice: 'weather',
    });
    const { tool_calls: calls } = await bound.invoke('How is the weather in Bern?');
    assert.equal(calls![0]!.name, 'weather');
    assert.ok(['Rome', 'Bern'].includes(calls![0]!.args.city));
  });

  test('OpenAIEmbeddings embeds documents and queries alike', async () => {
    const embeddings = new OpenAIEmbeddings({
      model: MODEL,
      apiKey: 'none',
      maxRetries: 0,
      configuration: configuration(),
    });
    const [document] = await embeddings.embedDocuments(['I love dogs.', 'The bank is closed.']);
    assert.deepEqual(await embeddings.embedQuery('I love dogs.'), document);
    assert.equal(document!.length, server().model.info.width);
  });
});

suite("Vercel's AI SDK", needs(builtIn), () => {
  const server = serverForSuite();
  const provider = () =>
    createOpenAICompatible({
      name: 'graffiti',
      baseURL: `${server().address}/v1`,
      includeUsage: true,
    });
  const wanted = { maxOutputTokens: 16, maxRetries: 0 } as const;

  test('generates and streams text', async () => {
    const model = provider()(MODEL);
    const whole = await generateText({ ...wanted, model, prompt: 'Hello, how are you?' });
    assert.ok(whole.text.length > 0);
    assert.ok(whole.usage.outputTokens! > 0);
    const streamed = streamText({ ...wanted, model, system: 'Be friendly.', prompt: 'Hello.' });
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    assert.ok(text.length > 0);
    assert.ok((await streamed.usage).inputTokens! > 0);
  });

  test('calls a tool', async () => {
    const { toolCalls } = await generateText({
      model: provider()(MODEL),
      maxRetries: 0,
      prompt: 'How is the weather in Rome?',
      tools: {
        weather: tool({ inputSchema: jsonSchema<{ city: string }>({ ...parameters } as never) }),
      },
      toolChoice: { type: 'tool', toolName: 'weather' },
    });
    assert.equal(toolCalls[0]!.toolName, 'weather');
    assert.ok(['Rome', 'Bern'].includes((toolCalls[0]!.input as { city: string }).city));
  });

  test('embeds', async () => {
    const model = provider().textEmbeddingModel(MODEL);
    const { embeddings } = await embedMany({ model, values: ['dogs', 'banks'], maxRetries: 0 });
    assert.equal(embeddings.length, 2);
    assert.equal(embeddings[0]!.length, server().model.info.width);
  });
});
