import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FactStore } from '../../../lib/memory/facts/index.js';

function answerTo(question: string, ...told: readonly string[]): string | undefined {
  const store = new FactStore();
  told.forEach((text, index) => {
    store.add({ id: index + 1, text, speaker: 'user', time: index });
  });
  return store.ask(question)?.answer;
}

/** Told, put right, asked; what the answer must hold, and what it must not. */
type Correction = readonly [
  told: string,
  later: string,
  question: string,
  now: string,
  before: string,
];

function check(corrections: readonly Correction[]): void {
  for (const [told, later, question, now, before] of corrections) {
    const answer = answerTo(question, told, 'what a lovely evening', later) ?? '';
    assert.ok(answer.includes(now), `${told} / ${later} → ${answer}`);
    assert.ok(!answer.includes(before), `${told} / ${later} → ${answer}`);
  }
}

describe('corrections without a word in common', () => {
  it('change a number where it stands', () => {
    check([
      ['our desk is on the third floor', 'they moved us up to the fifth', 'which floor is our desk on?', 'fifth', 'third'],
      ['my gym costs 25 euros', 'it went up to 30', 'how much does my gym cost?', '30', '25'],
      ['we own six hens', 'make that seven, one has hatched', 'how many hens do we own?', 'seven hens', 'six'],
      ['my rehearsal is on Monday', 'pushed back to Thursday', 'when is my rehearsal?', 'Thursday', 'Monday'],
      ["i'm 51", 'sorry, 52 since Sunday', 'how old am i?', '52', '51'],
    ]); // prettier-ignore
  });

  it('announce themselves in many ways', () => {
    check([
      ["my cat's name is Pixi", "I misspelled it, it's Pixie", "what is my cat's name?", 'Pixie', 'Pixi.'],
      ['we are eating at Bella', 'change of plans, Osteria Lupo instead', 'where are we eating?', 'Osteria Lupo', 'Bella'],
      ['my coach is Irma', 'Irma is off, Benno took over as my coach', 'who is my coach?', 'Benno', 'Irma'],
      ['i live in Ghent', "we've since moved to Namur", 'where do i live?', 'Namur', 'Ghent'],
    ]); // prettier-ignore
  });

  it('give one thing away for another', () => {
    check([
      ['i drive a Fiat', 'i sold the Fiat and bought a Lancia', 'what car do i drive?', 'Lancia', 'Fiat'],
      ['i ride a Ducati', 'i swapped the Ducati for a Triumph', 'what do i ride?', 'Triumph', 'Ducati'],
    ]); // prettier-ignore
    assert.equal(answerTo('where do i work?', 'i work at Ferrero', 'i quit Ferrero'), undefined);
    assert.match(answerTo('what do i drive?', 'i drive a Fiat', 'Ken sold his Fiat') ?? '', /Fiat/);
  });
});

describe('labels without a sentence', () => {
  it('are read with their value', () => {
    assert.match(answerTo('when is my birthday?', 'Birthday? 9 October') ?? '', /9 October/);
    assert.match(answerTo("what's my hobby?", 'Hobby? Fencing, mostly') ?? '', /Fencing/);
    assert.match(answerTo('what is my shoe size?', 'Shoe size 38') ?? '', /38/);
    assert.equal(answerTo('what is my hobby?', "my hobby? i don't know"), undefined);
  });
});

describe('what no more answers', () => {
  it('the past, the supposed, the nearly, and what is yet to be', () => {
    const silent = [
      ['where do i work?', 'i worked at Ferrero'],
      ['where do i live?', 'i lived in Peru for a year'],
      ["what's our rabbit called?", "maybe we'll call the rabbit Duke"],
      ['what car did i buy?', 'i nearly bought a Jaguar'],
      ['where are we going tomorrow?', 'we went to Brno yesterday'],
      ['who called today?', 'Selma called yesterday'],
      ['where do i live?', 'i sold my house in Turin'],
    ] as const;
    for (const [question, told] of silent) assert.equal(answerTo(question, told), undefined, told);
    assert.match(answerTo('where did i work?', 'i worked at Ferrero') ?? '', /Ferrero/);
    assert.match(
      answerTo('where do i work?', 'i have worked at Ferrero since May') ?? '',
      /Ferrero/,
    );
    assert.match(answerTo('who called yesterday?', 'Selma called yesterday') ?? '', /Selma/);
  });

  it('other people and the other side of a deal', () => {
    const silent = [
      ['what does my sister do?', 'Omar told me that his sister is a judge'],
      ['who did i hire?', 'Ruben hired Salome'],
      ["what is my husband's name?", 'my husband is a baker'],
      ["what is my coach's phone number?", 'my coach is called Benno'],
      ['who lent me a tent?', 'Ivo borrowed my tent'],
      ['when does the pool open?', 'the pool closes at 8'],
    ] as const;
    for (const [question, told] of silent) assert.equal(answerTo(question, told), undefined, told);
    assert.match(answerTo('who lent me a tent?', 'i borrowed a tent from Ivo') ?? '', /Ivo/);
  });
});

describe('answers', () => {
  it('count only what was asked for', () => {
    const told = 'the hall has 90 chairs and 11 lamps';
    assert.equal(answerTo('how many lamps are there?', told), 'The hall has 11 lamps.');
    assert.equal(answerTo('how many chairs are there?', told), 'The hall has 90 chairs.');
  });

  it('know somebody by the first of two names, and by a pronoun', () => {
    assert.match(
      answerTo('where does Ada live?', 'my friend Ada Nowak lives in Lodz') ?? '',
      /Lodz/,
    );
    const store = new FactStore();
    store.add({
      id: 1,
      text: 'my aunt Greta stashes her jewels in a flour jar',
      speaker: 'user',
      time: 1,
    });
    assert.match(store.ask('where does she hide her jewels?')?.answer ?? '', /flour jar/);
  });

  it('say how somebody likes food and drink', () => {
    assert.match(answerTo('how do i like my steak?', 'i like my steak rare') ?? '', /rare/);
  });
});
