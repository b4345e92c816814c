import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { FactStore } from '../../../lib/memory/facts/index.js';

function storeOf(...texts: readonly string[]): FactStore {
  const store = new FactStore();
  texts.forEach((text, at) => store.add({ id: at + 1, text, speaker: 'user', time: at }));
  return store;
}

const answered: readonly (readonly [told: string, asked: string, value: string])[] = [
  ['I lent my copy of Emma to Otto', 'who has my copy of Emma?', 'Otto'],
  ['my passport runs out in May 2031', 'when does my passport expire?', 'May 2031'],
  ['there is a spare fuse in the shed, behind the ladder', 'where is the spare fuse?', 'ladder'],
  [
    'the vet says our cat has to lose two kilos',
    'how much weight does our cat have to lose?',
    'two',
  ],
  ['our choir practises every second Friday', 'how often does our choir practise?', 'every second'],
  ['my supervisor is Professor Ibe', 'who supervises me?', 'Ibe'],
  ['I got the keys, the flat is on the third floor', 'which floor is the flat on?', 'third'],
  [
    'my locker is in the gym and the combination is 8-33-17',
    'what is my locker combination?',
    '8-33-17',
  ],
  ['I wrote a novel called The Salt Road', "what's the title of my novel?", 'The Salt Road'],
];
const unanswered: readonly (readonly [told: string, asked: string])[] = [
  ['I lent my copy of Emma to Otto', 'who has my copy of Persuasion?'],
  ['I bought a lamp at the flea market', 'when did I buy the lamp?'],
  ['my niece got a rabbit for Christmas', 'what did I get for Christmas?'],
  ["my bank's number is 555-9000", 'what is my number?'],
  ['my ex wife is called Carla', "what's my wife's name?"],
  ['I take the bus to work', 'which bus do I take?'],
  ['I love my job', 'what is my job?'],
  ["my daughter's teacher is Mr. Holt", "who is my son's teacher?"],
  ['I wish I had a boat called Marlin', "what's my boat called?"],
  ['I might plant roses behind the shed', 'what did I plant behind the shed?'],
  ['I never plant roses behind the shed', 'what do I plant behind the shed?'],
  ['I keep chess sets with my sister in Cork', 'what does my sister keep?'],
  ['is the flat on the third floor?', 'which floor is the flat on?'],
  ['my phone has 64 gigs', "what's my phone number?"],
  ['we might name the baby Iris', "what's the baby's name?"],
  ['I teach Nadine the violin', 'who teaches me the violin?'],
  ['I ate sushi with Bruno', 'what does Bruno like to eat?'],
];
const THINGS = ['kettle', 'ladder', 'anvil', 'trowel', 'lantern', 'kayak', 'easel', 'magnet'];

describe('told sentences that hold all that a question says', () => {
  it('answer where no reading of the question does', () => {
    for (const [told, asked, value] of answered) {
      const answer = storeOf(told).ask(asked);
      assert.ok(answer?.answer.includes(value), `${told} → ${asked} → ${answer?.answer}`);
    }
  });

  it('answer nothing about somebody or something else, and nothing of another type', () => {
    for (const [told, asked] of unanswered)
      assert.equal(storeOf(told).ask(asked)?.answer, undefined, `${told} → ${asked}`);
  });

  it('take what is said last for what puts right, by its shape', () => {
    const store = storeOf("I'm meeting Laila at 3", "no wait, she texted, it's 4:30");
    assert.match(store.ask('when am I meeting Laila?')?.answer ?? '', /Laila at 4:30/);
    const later = storeOf('the boat race is on Monday', "it rained, so it's Thursday instead");
    assert.match(later.ask('when is the boat race?')?.answer ?? '', /Thursday/);
    const ignored = storeOf('the deadline is March 3rd', 'ignore that, the deadline is March 10th');
    assert.match(ignored.ask("when's the deadline?")?.answer ?? '', /March 10th/);
  });

  it('answer by the latest, and no more when they are forgotten', () => {
    const store = storeOf(
      'the plumber fitted a valve behind the boiler',
      'the plumber fitted a valve behind the sink',
    );
    const asked = 'where did the plumber fit the valve?';
    assert.match(store.ask(asked)?.answer ?? '', /sink/);
    store.remove(new Set([2]));
    assert.match(store.ask(asked)?.answer ?? '', /boiler/);
    store.remove(new Set([1]));
    assert.equal(store.ask(asked), undefined);
  });

  it('name the thing that was told, byte for byte, and answer for no other thing', () => {
    const thing = fc.constantFrom(...THINGS);
    const value = fc.stringMatching(/^[A-Z][a-zéüø]{3,9}$/);
    fc.assert(
      fc.property(thing, thing, value, (told, asked, name) => {
        const store = storeOf(`so anyway I finally lent the ${told} to ${name} from work`);
        const answer = store.ask(`any idea who I lent the ${asked} to?`);
        if (told === asked) assert.ok(answer?.answer.includes(name), answer?.answer);
        else assert.equal(answer, undefined);
      }),
      { numRuns: 100 },
    );
  });

  it('take any text', () => {
    assert.equal(storeOf('is her').ask('is her?'), undefined);
    const word = fc.constantFrom(
      ...'who where when how many what my I the is lent to not if , . ? \' 7 Otto boat says her "'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 14 }),
        fc.array(word, { maxLength: 10 }),
        (one, other) => {
          const answer = storeOf(one.join(' ')).ask(`${other.join(' ')}?`);
          assert.ok(answer === undefined || answer.answer.length > 0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
