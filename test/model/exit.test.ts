import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outcome, runChild } from '../fixtures/child.js';
import { chat, needs } from '../fixtures/models.js';

const program = new URL('./exit-scenarios.ts', import.meta.url);

async function ends(scenario: string, ended: string, said: RegExp, ...args: string[]) {
  const child = outcome(await runChild(program, [scenario, ...args]));
  assert.equal(child.ended, ended, child.stderr);
  assert.match(child.said, said);
}

/** Each line says which bug the test would catch. */
suite('the process ends', { ...needs(chat), concurrency: 2 }, () => {
  // A referenced thread-safe function, timer or handle of an idle engine.
  test('when a loaded model is idle and nobody disposes of it', () =>
    ends('idle', 'exit 0', /^idle$/));
  // An unreferenced event channel: the process would end with the reply unsaid.
  test('not before a pending reply has come', () =>
    ends('pendingReply', 'exit 0', /^reply context$/));
  // The same for work on the thread pool.
  test('not before a pending tag is kept', () => ends('pendingTag', 'exit 0', /^memory 1$/));
  test('not before a pending load is complete', () => ends('pendingLoad', 'exit 0', /^loaded$/));
  // A thread that dispose() does not join, or a channel it does not close.
  test('by itself after dispose', () => ends('disposeThenEnd', 'exit 0', /^disposed$/));
  test('by itself after a block with `await using`', () =>
    ends('awaitUsing', 'exit 0', /^left the block$/));
  // A reply that nobody answers when the engine stops: `await` would never come back.
  test('after dispose in the middle of a reply, which is told so', () =>
    ends('disposeWhileReplying', 'exit 0', /^ERR_DISPOSED$/));
  // An engine thread that calls into an environment that is gone, or is not joined (SIGSEGV, SIGABRT, hang).
  test('at process.exit in the middle of a reply', () => ends('exitWhileReplying', 'exit 7', /^$/));
  test('at process.exit in the token loop', () => ends('exitInTokenLoop', 'exit 7', /^$/));
  test('at process.exit with requests in the queue', () => ends('exitWhileQueued', 'exit 7', /^$/));
  // A pool thread that waits for the engine that the exit has stopped.
  test('at process.exit while a text is encoded', () => ends('exitWhileTagging', 'exit 7', /^$/));
  // dispose() and the exit both stop the engine.
  test('at process.exit while the model is disposed of', () =>
    ends('exitWhileDisposing', 'exit 7', /^$/));
  // A load on a pool thread reports progress to, or releases, a function that is freed.
  for (const delay of [0, 5, 20, 60]) {
    test(`at process.exit ${delay} ms into a load`, () =>
      ends('exitWhileLoading', 'exit 7', /^$/, String(delay)));
  }
  test('at process.exit from a progress callback', () =>
    ends('exitWhileCalibrating', 'exit 7', /^$/));
  // Cleanup that only runs after a normal end.
  test('at an uncaught error in the middle of a reply', () =>
    ends('uncaughtWhileReplying', 'exit 1', /^$/));
  test('in a signal handler in the middle of a reply', { skip: process.platform === 'win32' }, () =>
    ends('signalWhileReplying', 'exit 7', /^$/),
  );
});
