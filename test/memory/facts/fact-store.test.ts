import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { generateFactCases } from '../../../lib/eval/index.js';
import { auditOf, FactStore } from '../../../lib/memory/facts/index.js';

function told(...texts: string[]): FactStore {
  const store = new FactStore();
  texts.forEach((text, index) => store.add({ id: index + 1, text, speaker: 'user', time: index }));
  return store;
}

describe('the fact store', () => {
  it('answers with the sentence, the note, the value and the source', () => {
    assert.deepEqual(told('hello', 'my dog is named Buddy').ask('what do i call my puppy?'), {
      kind: 'value',
      answer: 'Your dog is named Buddy.',
      note: "The user's dog is named Buddy.",
      values: ['Buddy'],
      sources: [{ id: 2, score: 1 }],
    });
  });

  const conversations: [name: string, told: string[], asked: [question: string, answer: string | undefined][]][] = [
    ['binds relations in both directions', ['my sister is named Anna', 'my dog is named Rex'], [
      ['what is my name?', undefined], ["what is my cat's name?", undefined], ["what is my sister's dog called?", undefined],
      ['who is Anna?', 'Your sister is named Anna.'], ["what's your name?", undefined],
    ]],
    ['says whether it is so, or what it remembers instead', ["i'm a nurse", 'my cat is named Luna'], [
      ['am i a nurse?', 'Yes. You are a nurse.'], ['am i a doctor?', 'Not that I know. You are a nurse.'],
      ['is my cat named Rex?', 'Not that I know. What I remember is Luna.'], ['am i happy?', undefined],
    ]],
    ['lets the last correction count', ['my name is Gary', "no wait it's Garrett", "no wait it's Gareth"], [
      ['what is my name?', 'Your name is Gareth.'], ['is my name Gary?', 'Not that I know. What I remember is Gareth.'],
    ]],
    ['lets later facts overwrite', ['my dog is named Rex', 'actually my dog is named Max now'], [
      ["what is my dog's name?", 'Your dog is named Max.'], ['is my dog named Rex?', 'Not that I know. What I remember is Max.'],
    ]],
    ['knows what is no more', ['my dog is named Rex', "i don't have a dog anymore", 'i used to live in Rome'], [
      ["what is my dog's name?", undefined], ["what was my dog's name?", 'Your dog is named Rex.'.replace('is', 'was')],
      ['where do i live?', undefined], ['where did i live?', 'You used to live in Rome.'],
    ]],
    ['follows pronouns and names', ['i adopted a puppy', 'her name is Mochi', 'Mochi loves cheese'], [
      ["what is my puppy's name?", 'Your puppy is named Mochi.'], ['what does my puppy love?', 'Mochi loves cheese.'],
    ]],
    ['keeps bytes as they were', ['i live in Zürich', 'my uncle is named José', 'my favorite emoji is 🦊'], [
      ['where do i live?', 'You live in Zürich.'], ['who is my uncle?', 'Your uncle is named José.'],
      ['what is my favorite emoji?', 'Your favorite emoji is 🦊.'],
    ]],
    ['never takes a thing for another of its kind', ['my ex wife is named Carla', 'my middle name is Lee'], [
      ["what is my wife's name?", undefined], ['what is my name?', undefined], ['what is my middle name?', 'Your middle name is Lee.'],
    ]],
  ]; // prettier-ignore
  for (const [name, texts, asked] of conversations) {
    it(name, () => {
      const store = told(...texts);
      for (const [question, answer] of asked)
        assert.equal(store.ask(question)?.answer, answer, question);
    });
  }

  it('knows other speakers by their names', () => {
    const store = new FactStore();
    store.add({ id: 1, text: 'i adopted a parrot named Coco', speaker: 'Nora', time: 0 });
    store.add({ id: 2, text: 'my parrot is named Kiwi', speaker: 'assistant', time: 1 });
    assert.equal(store.ask("what is Nora's parrot called?")?.values[0], 'Coco');
    assert.equal(store.ask("what is my parrot's name?"), undefined);
  });

  it('finds the texts about a topic, those that repeat its value too', () => {
    const store = told(
      'my password is swordfish',
      'my dog is Rex',
      'is my password swordfish?',
      "my dog's vet is Kim",
    );
    assert.deepEqual(store.about('my password'), [1, 3]);
    assert.deepEqual(store.about('my dog'), [2, 4]);
    assert.deepEqual(store.about('my cat'), []);
  });

  it('lists duplicates, contradictions and what no longer holds', () => {
    const facts = told(
      'my dog is named Rex',
      'my dog is called Rex',
      'my pin is 1',
      'my pin is 2',
      'i am Ann',
      'no, it is Anne',
    ).all();
    const { duplicates, contradictions, stale } = auditOf(facts);
    assert.deepEqual(
      duplicates.map(({ ids }) => ids),
      [[1, 2]],
    );
    assert.deepEqual(
      contradictions.map(({ ids }) => ids),
      [[3, 4]],
    );
    assert.deepEqual(stale, [{ id: 5, sentence: "The user's name is Ann." }]);
  });

  it('after forgetting is as one that never heard it, older values included', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'my dog is named Rex',
            'my dog is named Max',
            "no wait it's Bo",
            'her name is Mochi',
            "i don't have a dog",
            'i adopted a cat',
            'my sister Anna lives in Oslo',
            'i live in Rome',
            'Anna has a dog named Kim',
            'hello',
          ),
          { maxLength: 10 },
        ),
        fc.array(fc.nat(9)),
        (texts, picks) => {
          const gone = new Set(picks.map((pick) => pick + 1));
          const all = told(...texts);
          const never = new FactStore();
          texts.forEach((text, index) => {
            if (!gone.has(index + 1))
              never.add({ id: index + 1, text, speaker: 'user', time: index });
          });
          all.all(); // derived before it is forgotten
          all.remove(gone);
          assert.deepEqual(all.all(), never.all());
          assert.deepEqual(all.ask("what is my dog's name?"), never.ask("what is my dog's name?"));
        },
      ),
    ));

  it('answers generated conversations of unseen words, and never invents', () => {
    let right = 0;
    let asked = 0;
    for (const { steps } of generateFactCases(400, 7)) {
      const texts = steps.flatMap((step) => ('tell' in step ? [step.tell] : []));
      const store = told(...texts);
      for (const step of steps) {
        if (!('ask' in step)) continue;
        const answer = store.ask(step.ask);
        if (!step.recall) assert.equal(answer, undefined, `${step.ask} after ${texts.join(' / ')}`);
        else {
          asked++;
          const text = answer?.answer.toLowerCase() ?? '';
          if (step.expect.every((part) => text.includes(part.toLowerCase()))) right++;
        }
      }
    }
    assert.ok(right / asked >= 0.97, `${right} of ${asked}`);
  });
});
