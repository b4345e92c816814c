import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FactStore } from '../../../lib/memory/facts/index.js';

function storeOf(...told: readonly string[]): FactStore {
  const store = new FactStore();
  told.forEach((text, index) => {
    store.add({ id: index + 1, text, speaker: 'user', time: index });
  });
  return store;
}

/** One thing told in many ways and asked for in many ways; `*` stands for the value. */
const TOPICS: readonly {
  readonly value: string;
  readonly told: readonly string[];
  readonly asked: readonly string[];
  /** What it does not answer. */
  readonly apart: readonly string[];
}[] = [
  {
    value: 'São Paulo',
    told: ['I call * home', 'home for me is *', "I've settled down in *", "you'll find me living in *", 'My place is in *', 'I reside in *', 'we just relocated to *'],
    asked: ['where do I live?', 'my city?', 'in which city am I based?', 'What place do I call home?', 'whereabouts do i live', "where's home for me?"],
    apart: ['where do I work?', 'where was I born?', 'where does my mother live?', 'where do you live?'],
  },
  {
    value: 'software engineer',
    told: ['I earn my living as a *', 'by profession I am a *', "I'm a * by trade", 'they hired me as a *'],
    asked: ['what is my line of work?', 'how do I earn my living?', 'what is my profession?', 'what do i do for a living'],
    apart: ['where do I work?', 'what does my wife do for a living?', 'what is your job?'],
  },
  {
    value: 'lilac',
    told: ['the colour I like most is *', '* is the color I like best', 'of all colours, I prefer *', 'my go-to colour is *'],
    asked: ['what is my favourite colour?', 'what colour do I prefer?', 'which colour is my favourite?'],
    apart: ['what is my favourite song?', 'what colour is my car?'],
  },
  {
    value: 'Mary Jane Watson',
    told: ['meet my dog *', 'I adopted a puppy and named her *', "I've decided to name my new dog *", "there's a dog I own, his name's *", 'we gave our dog the name *'],
    asked: ['what do we call my puppy?', 'name of my dog?', "I forgot my dog's name, what is it?", "do you know my dog's name?"],
    apart: ["what's my cat called?", "what's my sister's dog called?", 'what is my name?'],
  },
  {
    value: 'peanuts',
    told: ['* gives me an allergic reaction', "my body can't handle *, I'm allergic", 'I have a bad allergy to *', 'my allergy is to *'],
    asked: ['what are my allergies?', 'do I have any allergies?', 'to what am I allergic?'],
    apart: ['what is my wife allergic to?', 'what do I like?'],
  },
  {
    value: '07700 900123',
    told: ['you can call me on *', 'phone me at *', 'My cell is *'],
    asked: ['on what number can I be reached?', 'my phone number?', 'what number do I have?'],
    apart: ['what is my bank account number?', "what is my mum's phone number?"],
  },
  {
    value: 'Lin Wei',
    told: ['my better half is called *', '* and I are married'],
    asked: ["what's my wife called?", 'who is my spouse?'],
    apart: ['who is my boss?', 'who is my brother married to?'],
  },
]; // prettier-ignore

/** Told texts, a question, and what the answer holds; undefined where nothing may answer. */
const EPISODES: readonly (readonly [told: readonly string[], asked: string, expected: string | undefined])[] = [
  [['my sister is not Anna but Hanna'], "what's my sister's name?", 'Hanna'],
  [["my name isn't John, it's Jon"], "what's my name", 'Jon'],
  [['my phone number is 555-1212. correction: 555-2121'], "what's my phone number", '555-2121'],
  [['i live in york', 'wait no, i live in leeds'], 'where do i live', 'leeds'],
  [['I used to live in Madrid but now I live in Seville'], 'where did I used to live?', 'Madrid'],
  [['In 2015 I lived in Malaga, now I live in Granada'], 'where did I live in 2015?', 'Malaga'],
  [['we need 50 chairs, 8 tables and 200 plates'], 'how many plates', '200'],
  [['I married Paul in June 2015'], 'when did I get married?', 'June 2015'],
  [['My dog, a beagle called Waffles, is three.'], 'what breed is my dog?', 'beagle'],
  [["don't forget that Tuesday is bin day"], 'when is bin day?', 'Tuesday'],
  [['I bought my dad a silk scarf'], 'what present did I give my dad?', 'silk scarf'],
  [['Mr Voss teaches me maths'], 'who is my maths teacher?', 'Mr Voss'],
  [["I'm seeing the dentist on Monday at 9"], 'when is my dentist appointment?', 'Monday at 9'],
  [["I don't have a car"], 'do I have a car?', 'No.'],
  [['my favourite drink is hot chocolate'], "what's my favourite food?", undefined],
  [['I am based in Rome'], 'what is my name?', undefined],
  [['I study at the University of Ghent'], 'where do I work?', undefined],
  [['I major in chemistry'], 'where do I study?', undefined],
  [['my birthday is on March 5'], 'what should I do for my birthday?', undefined],
  [['if i had a dog i would call him Rex'], "what's my dog called?", undefined],
]; // prettier-ignore

describe('topics told and asked in any words', () => {
  for (const { value, told, asked, apart } of TOPICS) {
    it(`finds ${value}`, () => {
      for (const words of told) {
        const text = words.replace('*', value);
        const store = storeOf('haha nice', text, 'do you like music?');
        for (const question of asked) {
          const answer = store.ask(question)?.answer ?? '';
          assert.ok(answer.includes(value), `${text} → ${question} → ${answer}`);
        }
        for (const question of apart)
          assert.equal(store.ask(question)?.answer, undefined, `${text} → ${question}`);
      }
    });
  }

  it('follows contrasts, corrections and times, and keeps apart what is apart', () => {
    for (const [told, asked, expected] of EPISODES) {
      const answer = storeOf(...told).ask(asked)?.answer;
      const place = `${told.join(' / ')} → ${asked} → ${answer}`;
      if (expected === undefined) assert.equal(answer, undefined, place);
      else assert.ok(answer?.includes(expected), place);
    }
  });

  it('never answers with what was not told', () => {
    const parts = [...TOPICS.flatMap(({ told, asked }) => [...told, ...asked]), 'my', 'not', 'Ruth', ',', '42', 'home'];
    const word = fc.constantFrom(...parts.flatMap((part) => part.split(' ')));
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.constantFrom(...TOPICS.flatMap(({ asked }) => asked)), (told, asked) => {
        for (const value of storeOf(told).ask(asked)?.values ?? []) {
          const words = value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
          for (const one of words.filter((each) => !/^(?:your?|are|is|named)$/.test(each)))
            assert.ok(told.toLowerCase().includes(one), `${told} → ${asked} → ${value}`);
        }
      }),
      { numRuns: 100 },
    );
  }); // prettier-ignore

  it('takes no more than linear time for long texts', () => {
    const long = ['my dog, ', 'the best colour I love more than any ', 'I live in A of B and '].map((part) => part.repeat(100));
    for (const text of long) storeOf(text).ask(`what is ${text}?`);
  }); // prettier-ignore
});
