import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { listDevices } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { chat, load, loadForSuite, needs } from '../fixtures/models.js';

suite('what goes through the door', needs(chat), () => {
  const model = loadForSuite(chat);

  test('token ids that are none are a RangeError, not an abort', () => {
    const { loaded } = model();
    for (const id of [-1, 14019, 2 ** 31 - 1, -(2 ** 31)]) {
      const tokens = Int32Array.of(1, id);
      assert.throws(() => loaded.detokenize(tokens), RangeError);
      assert.throws(() => loaded.score(tokens, 1, 1), RangeError);
      assert.throws(() => loaded.checkInfluence(tokens, 1), RangeError);
    }
    assert.throws(() => loaded.detokenize([1] as never), TypeError);
    assert.throws(() => loaded.tokenize(5 as never), TypeError);
  });

  // ggml asserts on a position outside of the table of learned positions.
  test('a text longer than the context is ERR_CONTEXT_OVERFLOW', () => {
    const tokens = new Int32Array(257).fill(50);
    assert.throws(() => model().loaded.score(tokens, 1, 1), code('ERR_CONTEXT_OVERFLOW'));
    assert.throws(() => model().loaded.score(tokens.subarray(0, 1), 1, 1), RangeError);
    assert.throws(() => model().loaded.score(tokens.subarray(0, 3), 0, 1), RangeError);
    assert.throws(() => model().loaded.score(tokens.subarray(0, 3), 3, 1), RangeError);
    assert.throws(() => model().loaded.score(tokens.subarray(0, 3), 1, 1, NaN), RangeError);
  });

  // What stands for a message while the template runs, in a place where no message is.
  test('a role is text, whatever it holds', async (context) => {
    const chatTemplate = '{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}';
    const { loaded } = await load(context, chat, { chatTemplate });
    for (const role of ['\ue00099\ue001', '\ue000zz\ue001', '\ue000', '\ue0000']) {
      const { text } = loaded.renderChat([{ role, content: 'hello' }]);
      assert.equal(text, `${role}: hello`);
    }
    assert.throws(() => loaded.renderChat([{ role: 5 as never, content: '' }]), TypeError);
    assert.throws(() => loaded.renderChat([{ role: 'user' } as never]), TypeError);
  });

  test('a native error carries the stack of the call', async () => {
    await using session = await model().createSession();
    await assert.rejects(session.prompt('Hello.', { grammar: '][' }), (error: Error) => {
      assert.match(error.stack!, /generate/);
      return true;
    });
  });

  test('there is a processor among the devices', () => {
    const devices = listDevices();
    assert.ok(devices.some(({ kind }) => kind === 'cpu'));
    for (const { memoryTotal, memoryFree } of devices) assert.ok(memoryTotal >= memoryFree);
  });
});
