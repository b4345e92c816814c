import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chat, loadForSuite, needs } from '../fixtures/models.js';

const questions = [
  'What is your favorite food?',
  'Do you like dogs?',
  'Hello there.',
  'Tell me a story about a cat.',
  'How was your day?',
  'Where do you live?',
  'I feel sad today.',
];

suite('more sessions than sequences', needs(chat), () => {
  const model = loadForSuite(chat, { sessions: 2 });

  test('two turns of greedy replies are those of sessions alone', async () => {
    const options = { temperature: 0, maxTokens: 16 };
    const alone: string[][] = [];
    for (const question of questions) {
      await using session = await model().createSession();
      const replies = [
        await session.prompt(question, options),
        await session.prompt('Why?', options),
      ];
      alone.push(replies.map(({ text }) => text));
    }
    const together = await Promise.all(
      questions.map(async (question) => {
        await using session = await model().createSession();
        const replies = [
          await session.prompt(question, options),
          await session.prompt('Why?', options),
        ];
        return replies.map(({ text }) => text);
      }),
    );
    assert.deepEqual(together, alone);
  });

  test('each session keeps to its own memory and seed', async () => {
    const say = async (seed: number) => {
      await using session = await model().createSession();
      await session.tag(seed % 2 ? 'I love dogs.' : 'The moon is made of cheese.');
      const reply = await session.prompt('Hello.', { seed, maxTokens: 12 });
      return { text: reply.text, kl: reply.influence!.meanKl.toFixed(4) };
    };
    const alone = [await say(1), await say(2), await say(3)];
    assert.deepEqual(await Promise.all([1, 2, 3].map(say)), alone);
  });
});
