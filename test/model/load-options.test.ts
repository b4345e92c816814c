import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { GraffitiModel, type LoadOptions } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { chat, needs, small, stories } from '../fixtures/models.js';

const wrong: [string, object | null, typeof Error][] = [
  ['null', null, TypeError],
  ['an array', [], TypeError],
  ['an unknown option', { treads: 1 }, TypeError],
  ['model as a number', { model: 5 }, TypeError],
  ['an empty path', { model: '' }, RangeError],
  ['a web address', { model: new URL('http://localhost/x') }, TypeError],
  ['device as a number', { device: 1 }, TypeError],
  ['an unknown device', { device: 'tpu' }, RangeError],
  ...['rpc:', 'rpc:here', 'rpc:here:0', 'rpc:here:70000', 'rpc:here:1,', 'rpc:a b:1'].map(
    (device): [string, object, typeof Error] => [`device ${device}`, { device }, RangeError],
  ),
  ['onProgress as a string', { onProgress: 'x' }, TypeError],
  ['signal as an object', { signal: {} }, TypeError],
  ['cache as a number', { cache: 1 }, TypeError],
  ['chatTemplate as a number', { chatTemplate: 1 }, TypeError],
  ...['threads', 'sessions', 'contextSize', 'queueLimit', 'gpuLayers'].flatMap(
    (name): [string, object, typeof Error][] => [
      ...[NaN, Infinity, -Infinity, -2, 1.5, 1e9, 2 ** 53].map(
        (value): [string, object, typeof Error] => [
          `${name} ${value}`,
          { [name]: value },
          RangeError,
        ],
      ),
      [`${name} as a string`, { [name]: '1' }, TypeError],
      [`${name} null`, { [name]: null }, TypeError],
    ],
  ),
  ...['threads', 'sessions', 'contextSize', 'queueLimit'].map(
    (name): [string, object, typeof Error] => [`${name} 0`, { [name]: 0 }, RangeError],
  ),
];

suite('load options', () => {
  for (const [name, options, error] of wrong) {
    test(`${name} is a ${error.name}`, async () => {
      const base = options && !Array.isArray(options) ? { model: stories, ...small } : undefined;
      const given = base ? { ...base, ...options } : options;
      await assert.rejects(GraffitiModel.load(given as LoadOptions), (caught: Error) => {
        assert.equal(caught.constructor, error, caught.stack);
        return true;
      });
    });
  }
});

suite('a context', () => {
  // ggml asserts on a position outside of the table: the process would abort at the 257th token.
  test('longer than the positions the model knows is refused', needs(chat), async () => {
    await assert.rejects(
      GraffitiModel.load({ ...small, model: chat, contextSize: 257 }),
      code('ERR_NATIVE'),
    );
  });

  // The memory is handed out, and its use ends the process.
  test('larger than the memory of any machine is refused', needs(stories), async () => {
    await assert.rejects(
      GraffitiModel.load({ ...small, model: stories, contextSize: 2 ** 24, sessions: 64 }),
      code('ERR_NATIVE'),
    );
  });

  test('of the smallest size works', needs(stories), async () => {
    await using model = await GraffitiModel.load({ ...small, model: stories, contextSize: 16 });
    await using session = await model.createSession();
    const { finish } = await session.prompt('Hi', { maxTokens: 100 });
    assert.ok(['context', 'end'].includes(finish));
  });

  test('a chat template that does not parse is ERR_MODEL_INVALID', needs(stories), async () => {
    for (const chatTemplate of ['{% for', '{{ nothing() }}{% endif %}']) {
      await assert.rejects(
        GraffitiModel.load({ ...small, model: stories, chatTemplate }),
        code('ERR_MODEL_INVALID'),
      );
    }
  });
});
