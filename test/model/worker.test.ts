import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { outcome, runChild } from '../fixtures/child.js';
import { chat, needs } from '../fixtures/models.js';

const program = new URL('./worker-scenarios.ts', import.meta.url);

async function holds(...args: string[]) {
  const child = outcome(await runChild(program, args, { deadline: 240_000 }));
  assert.deepEqual([child.ended, child.said], ['exit 0', 'true'], child.stderr);
}

/** Each line says which bug the test would catch. */
suite('worker threads', needs(chat), () => {
  // State of the addon that is static and not per environment; a binary unloaded with its last worker.
  test('load a model and reply as the main thread does', () => holds('worker'));
  // Initialisation of llama.cpp that two threads run at once.
  test('several workers reply at once', () => holds('several'));
  // Events of one environment delivered to the other.
  test('the main thread and a worker each have a model', () => holds('together'));
  // A thread-safe function used after its environment is gone; an exception thrown into a dead isolate.
  test('a worker is terminated in the middle of a reply, and the others go on', () =>
    holds('terminate', 'endless', '0', '7', '40'));
  test('a worker is terminated while it encodes', () =>
    holds('terminate', 'tagging', '0', '30', '200'));
  test('a worker is terminated while it loads', () =>
    holds('terminate', 'loading', '0', '3', '10', '30', '60', '90', '150', '300'));
  // Threads of a worker that the exit of the process does not wait for.
  test('the process exits while a worker replies', () => holds('exit'));
});
