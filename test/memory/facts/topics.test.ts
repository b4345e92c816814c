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
  [['I report to Ada Bo Quist, my boss'], "what's my boss's name?", 'Ada Bo Quist'],
  [['say hi to Ada Bo Quist, my cat'], "what's my cat called?", 'Ada Bo Quist'],
  [['I have to do the laundry', "nothing beats ramen, it's my favorite food"], 'what dish do I love?', 'ramen'],
  [['I have to do the laundry', "nothing beats ramen, it's my favorite food"], 'is the laundry my favorite food?', undefined],
  [['I have 7 cousins', 'In the evenings I drink kvass'], 'what do I have in the morning?', undefined],
  [['I have 7 cousins', 'In the mornings I drink kvass'], 'what do I have in the morning?', 'kvass'],
  [['I have porridge for breakfast'], 'what do I drink in the morning?', undefined],
  [['I drink tea'], 'what do I have in the morning?', undefined],
  [['my password for the tablet: q7w8e9'], 'what is the tablet password?', 'Your password for the tablet is q7w8e9.'],
  [['the code for the shed: 7741'], "what's the shed code?", '7741'],
  [['I own two sheep, Dolly and Molly'], 'what are my sheep called?', 'Dolly and Molly'],
  [["I have two cats. One's called Salt, the other one's Pepper"], 'what are my cats called?', 'Salt and Pepper'],
  [["I'm a fan of the Oslo Owls"], 'what is my favourite band?', undefined],
  [["I'm a student at Yale"], 'where do I work?', undefined],
  [["I'm at the dentist"], 'where do I work?', undefined],
  [["I've played the bass guitar since I was a kid"], 'which sport do I play?', undefined],
  [["Until March I lived in Cork, since then I've been in Galway"], 'where do I live?', 'You have been in Galway since then.'],
  [['I lived in Ghent until I moved'], 'where do I live?', undefined],
  [["The name of my school is Saint Brendan's"], 'what is the name of my school?', "Saint Brendan's"],
  [['Fado is my favourite kind of music'], 'what music do I listen to?', 'Fado'],
  [['I mostly listen to ska'], 'what music do I like?', 'ska'],
  [['I mostly listen to podcasts'], 'what music do I like?', undefined],
  [['there are 3 nieces in our family'], 'how many nieces do I have?', '3'],
  [['We painted our front door burnt orange'], 'what colour is our front door?', 'burnt orange'],
  [['our front door is teal'], 'what colour did we paint our front door?', 'teal'],
  [['I have a little girl named Ines'], 'how did we name our daughter?', 'Ines'],
  [['I got a rabbit for my birthday', 'I call her Toro'], "what's my rabbit called?", 'Toro'],
  [['I got a rabbit for my birthday'], 'when is my birthday?', undefined],
  [["there's a new tortoise at home", 'We named him Miso.'], 'what is my tortoise called?', 'Miso'],
  [['my house is on Vizo Street'], 'what is my street?', 'Vizo Street'],
  [['I live on the third floor'], 'what is my street?', undefined],
  [['We got married on May 3'], 'what date is our wedding anniversary?', 'May 3'],
  [['my sister got married on May 3'], 'when is our anniversary?', undefined],
  [['My mother used to work as a carpenter'], 'what does my mother do?', 'used to work as a carpenter'],
  [['being a tailor is my job'], 'what is my job?', 'tailor'],
  [['today is Thursday'], 'what day is it?', 'Thursday'],
  [['my shoe size is size 42'], 'what is my shoe size?', 'size 42'],
  [['my yoga class is on Fridays'], 'when do I have yoga?', 'Fridays'],
  [['i live in york', 'I meant leeds'], 'where do i live', 'leeds'],
  [['my sister was born in May'], 'when was my sister born?', 'in May'],
  [['my number is 555-1234', 'update: you can reach me at 555-9999'], "what's my phone number?", 'Your phone number is 555-9999.'],
  [['my hobby is knitting'], 'which food do I like best?', undefined],
  [['I live in Hanoi'], 'what street do I live on?', undefined],
  [['I own a Tesla'], 'what am I allergic to?', undefined],
  [['i drive a blue Volvo'], 'what car do i drive?', 'Volvo'],
  [['the alarm code is k4j7', 'it is quite windy out'], 'what is the alarm code?', 'k4j7'],
  [['my dad has a job as a judge', "it's raining"], "what is my dad's job?", 'judge'],
  [['the alarm code is k4j7', "no wait it's 4452"], 'what is the alarm code?', '4452'],
  [['I drive a Tesla'], 'what condition do I have?', undefined],
  [['I work as a dentist'], 'which sport do I do?', undefined],
  [['I like the color orange best'], 'what is my favorite food?', undefined],
  [['I am fluent in Portuguese'], "what's my name?", undefined],
  [['I go to the gym'], 'which school do I attend?', undefined],
  [['Mum and dad live in Bonn'], 'where do my parents live?', 'Bonn'],
]; // prettier-ignore

/** The same told in other words, to put it right; the value of the second answers. */
const CORRECTIONS: readonly (readonly [told: string, again: string, asked: string, expected: string])[] = [
  ['I was born on June 18', 'I have my birthday on May 18', "what's my birthday?", 'May 18'],
  ['I own a Renault', 'I own a Fiat Panda', 'what do I drive?', 'Fiat Panda'],
  ['I painted my bike teal', 'I ride a navy bike', 'what colour is my bike?', 'navy'],
  ["I'm married to Lorenzo", 'Vera Lind is my wife', 'who am I married to?', 'Vera Lind'],
  ['our wedding anniversary is on May 3', 'we got married on June 4', 'when is our anniversary?', 'June 4'],
  ['the spare key is behind the clock', 'I keep the spare key under the mat', 'where is the spare key?', 'under the mat'],
  ["I'm reading Beloved", "the book I'm reading is Emma", 'which book am I reading?', 'Emma'],
  ['the food I like most is pie', 'my favourite dish is dumplings', 'which food do I like best?', 'dumplings'],
]; // prettier-ignore
const CUES = [
  'no wait, *',
  'sorry, I meant: *',
  'update: *',
  'actually, *',
  'scratch that, *',
  '*. I was wrong before.',
];

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

  it('takes what puts something right in other words', () => {
    for (const [told, again, asked, expected] of CORRECTIONS)
      for (const cue of CUES) {
        const text = cue.replace('*', again);
        const answer = storeOf(told, 'the bus was late', text).ask(asked)?.answer;
        assert.ok(answer?.includes(expected), `${told} / ${text} → ${asked} → ${answer}`);
      }
    const apart = storeOf(
      'I live in Rome',
      'my dog is called Rex',
      'actually, my sister lives in Paris',
      'no, my cat is called Tom',
    );
    assert.equal(apart.ask('where do I live?')?.answer, 'You live in Rome.');
    assert.equal(apart.ask("what's my dog called?")?.answer, 'Your dog is named Rex.');
  });

  it('never answers with what was not told', () => {
    const parts = [...TOPICS.flatMap(({ told, asked }) => [...told, ...asked]), 'my', 'not', 'Ruth', ',', '42', 'home'];
    const word = fc.constantFrom(...parts.flatMap((part) => part.split(' ')));
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(text, fc.constantFrom(...TOPICS.flatMap(({ asked }) => asked)), (told, asked) => {
        for (const value of storeOf(told).ask(asked)?.values ?? []) {
          const words = value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
          for (const one of words.filter((each) => !/^(?:your?|are|is|named|an?)$/.test(each)))
            assert.ok(told.toLowerCase().includes(one), `${told} → ${asked} → ${value}`);
        }
      }),
      { numRuns: 100 },
    );
  }); // prettier-ignore

  it('gets through texts of hundreds of clauses, told and asked', () => {
    const long = ['my dog, ', 'the best colour I love more than any ', 'I live in A of B and '].map((part) => part.repeat(100));
    for (const text of long) storeOf(text).ask(`what is ${text}?`);
  }); // prettier-ignore
});
