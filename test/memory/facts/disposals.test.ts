// What somebody has no more, and what they have instead.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FactStore } from '../../../lib/memory/facts/index.js';

const answers = (told: readonly string[], asked: string): string | undefined => {
  const store = new FactStore();
  told.forEach((text, at) => store.add({ id: at + 1, text, speaker: 'user', time: at }));
  return store.ask(asked)?.answer;
};

suite('giving a thing away', () => {
  test('ends what was said of having it', () => {
    const told = ['I ride a Vespa.', 'I sold the Vespa last week.'];
    assert.match(answers(told, 'do I ride a Vespa?')!, /^No, not any more\.$/);
  });

  test('and what was had instead is known', () => {
    for (const said of [
      'We swapped the Fiat for a Honda.',
      'I sold the Fiat and got a Honda.',
      'I replaced the Fiat with a Honda.',
    ]) {
      assert.match(answers(['I drive a green Fiat.', said], 'what do I drive?')!, /Honda/, said);
    }
  });

  test('a price is not had instead, and other things stay', () => {
    const told = [
      'I own a sailboat and a kayak.',
      'My car is a Fiat.',
      'I sold the Fiat for 3000 euros.',
    ];
    assert.doesNotMatch(answers(told, 'what car do I have?') ?? '', /3000 euros is|have 3000/);
    assert.match(answers(told, 'do I own a kayak?')!, /^Yes/);
  });

  test('what others part with is theirs', () => {
    const told = ['I drive a Fiat.', 'My sister sold her Fiat.'];
    assert.match(answers(told, 'what do I drive?')!, /Fiat/);
    assert.match(answers(told, 'do I drive a Fiat?')!, /^Yes/);
  });
});

suite('numbers', () => {
  test('end before small words that follow them', () => {
    for (const small of ['now', 'instead', 'though']) {
      const told = ['The rehearsal is at 7.', `actually it's at 8 ${small}`];
      assert.match(answers(told, 'when is the rehearsal?')!, /\b8\b/, small);
    }
  });
});

suite('a phone', () => {
  test('is not what somebody is called', () => {
    for (const asked of ["what is my landlord's phone number?", "what's my landlord's phone?"]) {
      assert.equal(answers(['My landlord is called Piet.'], asked), undefined, asked);
    }
    assert.match(answers(['My landlord is called Piet.'], "what's my landlord called?")!, /Piet/);
  });
});
