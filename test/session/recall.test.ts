import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { builtIn, chat, loadForSuite, needs } from '../fixtures/models.js';

const short = { maxTokens: 32 } as const;

for (const [name, path] of [
  ['a model without a template', chat],
  ['the built-in model', builtIn],
] as const) {
  suite(`recall with ${name}`, needs(path), () => {
    const model = loadForSuite(path);

    test('the reply is the answer, byte for byte, and names its memory', async () => {
      await using session = await model().createSession();
      await session.prompt('my friend is named Tomás Żółć-42', short);
      await session.prompt('nice weather today', short);
      const { text, recalled, finish } = await session.prompt("what is my friend's name?", short);
      assert.equal(text, 'Your friend is named Tomás Żółć-42.');
      assert.equal(finish, 'end');
      assert.deepEqual(
        recalled.map(({ id, text: told, score }) => [id, told, score]),
        [[1, 'my friend is named Tomás Żółć-42', 1]],
      );
      assert.ok(session.history.every(({ role }) => role !== 'memory' && role !== 'system'));
    });

    test('what nothing told answers recalls nothing', async () => {
      await using session = await model().createSession();
      await session.prompt('my dog is named Buddy', short);
      for (const question of ['how are you?', "what is your dog's name?"]) {
        assert.deepEqual((await session.prompt(question, short)).recalled, [], question);
      }
      const { text, recalled } = await session.prompt("what is my cat's name?", short);
      assert.deepEqual([text, recalled], ["I don't know that yet.", []]);
    });

    test('what is recalled is never told again', async () => {
      await using session = await model().createSession();
      const turns = ['my dog is named Buddy', "what is my dog's name?", 'who is my dog?'];
      for (const turn of turns) await session.prompt(turn, short);
      const kept = (await session.memory.list()).map((memory) => memory.text).reverse();
      assert.deepEqual(kept, turns); // the turns, and nothing that a reply said
      assert.deepEqual((await session.memory.audit()).duplicates, []);
      const { memories } = (await session.memory.ask("what is my dog's name?"))!;
      assert.deepEqual(
        memories.map(({ id }) => id),
        [1],
      );
    });

    test('replies and questions become no facts', async () => {
      await using session = await model().createSession();
      await session.prompt('my dog is named Buddy', short);
      await session.prompt('is my dog named Rex?', short);
      const { answer, memories } = (await session.memory.ask("what is my dog's name?"))!;
      assert.equal(answer, 'Your dog is named Buddy.');
      assert.deepEqual(
        memories.map(({ id }) => id),
        [1],
      );
    });

    test('recall is off where the session or the prompt turns it off', async () => {
      await using session = await model().createSession({ recall: false });
      await session.prompt('my name is Ivan', short);
      assert.deepEqual((await session.prompt('what is my name?', short)).recalled, []);
      const on = await session.prompt('what is my name?', { ...short, recall: true });
      assert.equal(on.text, 'Your name is Ivan.');
      await assert.rejects(async () => session.prompt('x', { recall: 1 } as never), TypeError);
    });

    test('"forget my password" forgets, in the brain and in the conversation, and says so', async () => {
      await using session = await model().createSession();
      await session.prompt('my password is swordfish', short);
      await session.prompt('i like fish', short);
      const { text, forgotten } = await session.prompt('forget my password', short);
      assert.equal(text, 'Okay, I have forgotten that.');
      assert.deepEqual(forgotten, [1]);
      assert.deepEqual(
        (await session.memory.list()).map((memory) => memory.text),
        ['i like fish'],
      );
      assert.ok(session.history.every(({ content }) => !content.includes('swordfish')));
      assert.deepEqual((await session.prompt('what is my password?', short)).recalled, []);
      const again = await session.prompt('forget my password', short);
      assert.equal(again.text, 'I remember nothing about that.');
    });
  });
}
