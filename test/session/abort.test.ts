import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { GraffitiModel } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { chat, chatEnd, loadForSuite, needs, small, stories } from '../fixtures/models.js';

const long = { temperature: 0, maxTokens: 200, logitBias: { [chatEnd]: -1000 } } as const;
const reason = new Error('my reason');
const gone = AbortSignal.abort(reason);

/** ERR_ABORTED, with the signal's reason as cause. */
function aborted(error: unknown): boolean {
  code('ERR_ABORTED')(error);
  assert.equal((error as Error).cause, reason);
  return true;
}

suite('an aborted prompt', needs(chat), () => {
  const model = loadForSuite(chat);

  test('before it began was not said and not remembered', async () => {
    await using session = await model().createSession();
    await assert.rejects(session.prompt('Hello.', { ...long, signal: gone }), aborted);
    assert.equal(session.history.length, 0);
    assert.equal((await session.memory.list()).length, 0);
    await session.prompt('Hello.', { maxTokens: 2 });
  });

  test('while it is remembered was not said', async () => {
    await using session = await model().createSession();
    const control = new AbortController();
    const reply = session.prompt('Hello.', { ...long, signal: control.signal });
    queueMicrotask(() => control.abort(reason));
    await assert.rejects(reply, aborted);
    assert.equal(session.history.length, 0);
    await session.prompt('Hello.', { maxTokens: 2 });
  });

  test('in the middle of the reply keeps what was said, and frees the session', async () => {
    await using session = await model().createSession();
    const control = new AbortController();
    const stream = session.stream('Tell me a story.', { ...long, signal: control.signal });
    let tokens = 0;
    await assert.rejects(async () => {
      for await (const _ of stream) if (++tokens === 3) control.abort(reason);
    }, aborted);
    await assert.rejects(stream.reply, aborted);
    assert.ok(tokens >= 3 && tokens < 200);
    assert.equal(session.history.length, 2);
    assert.ok(session.history[1]!.content.length > 0);
    await session.prompt('Go on.', { maxTokens: 2 });
  });

  test('after its end has no effect', async () => {
    await using session = await model().createSession();
    const control = new AbortController();
    const stream = session.stream('Hello.', { maxTokens: 3, signal: control.signal });
    await stream.reply;
    control.abort(reason);
    let tokens = 0;
    for await (const _ of stream) tokens++;
    assert.ok(tokens > 0);
  });

  test('a signal of many prompts keeps no listeners', async () => {
    await using session = await model().createSession();
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    for (let i = 0; i < 15; i++) {
      await session.prompt('Hello.', { maxTokens: 1, signal, remember: false });
      await session.tag('Hello.', { signal });
    }
    await new Promise(setImmediate);
    process.off('warning', listen);
    assert.deepEqual(warnings, []);
  });

  test('tag: before, and while it is encoded', async () => {
    await using session = await model().createSession();
    await assert.rejects(session.tag('I love dogs.', { signal: gone }), aborted);
    const control = new AbortController();
    const tag = session.tag('I love dogs.', { signal: control.signal });
    control.abort(reason);
    await assert.rejects(tag, aborted);
    assert.equal((await session.memory.list()).length, 0);
  });
});

suite('an aborted load', needs(stories), () => {
  const options = { ...small, model: stories, cache: false } as const;

  test('before it began', () =>
    assert.rejects(GraffitiModel.load({ ...options, signal: gone }), aborted));

  test('at any step of its progress', async () => {
    const seen: string[] = [];
    const onProgress = ({ phase, fraction }: { phase: string; fraction: number }) => {
      assert.ok(fraction >= 0 && fraction <= 1);
      seen.push(phase);
    };
    await using model = await GraffitiModel.load({ ...options, onProgress });
    assert.ok(seen.includes('load') && seen.includes('calibrate'));
    assert.ok(model.info.width > 0);
    for (const phase of ['load', 'calibrate']) {
      const control = new AbortController();
      const load = GraffitiModel.load({
        ...options,
        signal: control.signal,
        onProgress: (progress) => {
          if (progress.phase === phase) control.abort(reason);
        },
      });
      // The load of a small file may be complete before the first report of it arrives.
      await load.then((complete) => complete.dispose(), aborted);
    }
  });

  test('an error thrown by onProgress ends the load and is its error', async () => {
    const onProgress = () => {
      throw reason;
    };
    await assert.rejects(GraffitiModel.load({ ...options, onProgress }), reason);
  });

  test('after it is complete the model works on', async () => {
    const control = new AbortController();
    await using model = await GraffitiModel.load({ ...options, signal: control.signal });
    control.abort(reason);
    await using session = await model.createSession();
    await session.prompt('Once', { maxTokens: 2 });
  });
});
