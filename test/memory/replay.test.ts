import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FactStore } from '../../lib/memory/facts/index.js';
import { replayOf } from '../../lib/memory/replay.js';
import type { StoredEvent } from '../../lib/store/index.js';

function replay(...texts: readonly (string | Partial<StoredEvent>)[]) {
  const events = texts.map((text, index): StoredEvent => ({
    ...{ id: index + 1, text: '', speaker: 'user', tags: [], by: 'human', kind: 'tell' },
    ...{ time: index, importance: 1 },
    ...(typeof text === 'string' ? { text } : text),
  }));
  const facts = new FactStore();
  for (const event of events) facts.add(event);
  return replayOf(events, facts).map(({ source, prompt, reply }) => [source, prompt, reply]);
}

test('a question that is told with its answer is replayed as it stands', () => {
  assert.deepEqual(replay('Who built the clock? Mirella Dankovic built it.'), [
    [1, 'Who built the clock?', 'Mirella Dankovic built it.'],
  ]);
  assert.deepEqual(replay('Can you tell me who built it? It was built by Ann. She was 30.'), [
    [1, 'Can you tell me who built it?', 'It was built by Ann. She was 30.'],
  ]);
});

test('an answer about oneself is not put into the mouth of another', () => {
  for (const [, , reply] of replay('How are you? I am fine.', 'What is my name? My name is Ann.')) {
    assert.doesNotMatch(String(reply), /\b(?:I|my)\b/i);
  }
});

test('facts are replayed as the questions they answer, in several wordings', () => {
  const dog = replay('my dog is named Buddy');
  assert.ok(dog.length >= 3);
  assert.ok(dog.some(([, prompt]) => prompt === 'What is my dog called?'));
  assert.ok(dog.every(([source, , reply]) => source === 1 && reply === 'Your dog is named Buddy.'));
  assert.deepEqual(replay('I live in Oslo'), [[1, 'Where do I live?', 'You live in Oslo.']]);
  assert.deepEqual(replay('my sister works as a nurse'), [
    [1, 'What does my sister work as?', 'Your sister works as a nurse.'],
  ]);
  assert.deepEqual(replay('I was born in 1984'), [
    [1, 'When was I born?', 'You were born in 1984.'],
  ]);
});

test('what was put right is replayed as it is now', () => {
  const replies = replay('my dog is named Buddy', 'no wait, it is Max').map(([, , reply]) => reply);
  assert.ok(replies.length > 0);
  assert.ok(replies.every((reply) => reply === 'Your dog is named Max.'));
});

test('a statement that no question asks for is replayed as what was told', () => {
  assert.deepEqual(replay('it rained and rained and then some more'), [
    [1, 'What did I tell you?', 'You told me: it rained and rained and then some more'],
  ]);
});

test('questions, small talk and the words of the model teach nothing', () => {
  assert.deepEqual(
    replay('What is my dog called?', 'hello', 'oh well', {
      text: 'my dog is named Buddy',
      speaker: 'assistant',
    }),
    [],
  );
});
