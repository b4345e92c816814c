import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chat, loadForSuite, needs } from '../fixtures/models.js';
import { describeStores } from '../store/kinds.js';

suite('a session whose memory is read only', needs(chat), () => {
  const model = loadForSuite(chat);

  describeStores('and written elsewhere', ({ fresh }) => {
    test('leans as the writer leans, soon after every change', async (context) => {
      const location = fresh(context);
      await using writer = await model().openMemory(location);
      await writer.remember({ text: 'the sea is blue' });
      await using reader = await model().openMemory(location, { readOnly: true });
      await using session = await model().createSession({
        brain: reader,
        graffiti: { remember: false },
      });
      await using other = await model().createSession({ brain: writer });
      const lean = async (one: typeof session) => [
        ...(await one.score('My dog likes the sea.')).kl,
      ];
      assert.deepEqual(await lean(session), await lean(other));
      for (const text of ['my dog likes the sea', 'dogs are friendly']) {
        const before = await lean(session);
        await other.tag(text);
        const expected = await lean(other);
        assert.notDeepEqual(expected, before);
        let now = before;
        for (let wait = 0; wait < 200 && now.join() === before.join(); wait++) {
          await sleep(20);
          now = await lean(session);
        }
        assert.deepEqual(now, expected);
      }
      const { text } = await session.prompt('hello', { maxTokens: 4 });
      assert.equal(typeof text, 'string');
    });
  });
});
