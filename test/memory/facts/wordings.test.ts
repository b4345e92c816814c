import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FactStore } from '../../../lib/memory/facts/index.js';

interface Wording {
  readonly told: readonly string[];
  /** Questions with what the answer must hold; undefined where nothing told may answer. */
  readonly asked: readonly (readonly [question: string, expected: string | undefined])[];
}

function storeOf(told: readonly string[]): FactStore {
  const store = new FactStore();
  told.forEach((text, index) => {
    store.add({ id: index + 1, text, speaker: 'user', time: index });
  });
  return store;
}

function check(wordings: readonly Wording[]): void {
  for (const { told, asked } of wordings) {
    const store = storeOf(told);
    for (const [question, expected] of asked) {
      const answer = store.ask(question)?.answer;
      const place = `${told.join(' / ')} → ${question} → ${answer}`;
      if (expected === undefined) assert.equal(answer, undefined, place);
      else assert.ok(answer?.includes(expected), place);
    }
  }
}

describe('wordings of one question', () => {
  it('asks for names in many ways', () => {
    check([
      {
        told: ['our rabbit goes by Thumper'],
        asked: [
          ['what does our rabbit go by?', 'Thumper'],
          ['what do you call my rabbit?', 'Thumper'],
        ],
      },
      {
        told: ['My full name is Bartholomew Quill but everyone calls me Bart'],
        asked: [
          ['what is my full name?', 'Bartholomew Quill'],
          ['what does everyone call me?', 'Bart'],
        ],
      },
      { told: ["the name's Orla Finnegan"], asked: [['do you know my name?', 'Orla Finnegan']] },
      { told: ['I am married to Lucinda'], asked: [["what is my wife's name?", 'Lucinda']] },
      { told: ['my daughter is June'], asked: [['who is my daughter?', 'June']] },
    ]);
  });

  it('answers "who" with the name', () => {
    check([
      {
        told: ['My neighbor Hugo plays the trombone'],
        asked: [['who plays the trombone?', 'Your neighbor Hugo plays the trombone']],
      },
    ]);
  });

  it('knows work by what it is done as', () => {
    check([
      {
        told: ["I'm employed as a welder at Norcross Shipyard"],
        asked: [['what do I do for a living?', 'welder']],
      },
      { told: ['I got a new job as a pastry chef'], asked: [["what's my job?", 'pastry chef']] },
    ]);
  });

  it('reads times in words', () => {
    check([
      {
        told: ['the meeting with Olaf is at half past two'],
        asked: [
          ['what time is the meeting with Olaf?', 'half past two'],
          ['when is the meeting with Ingrid?', undefined],
        ],
      },
      {
        told: ["don't forget my anniversary is May 14"],
        asked: [["when's my anniversary?", 'May 14']],
      },
      { told: ['my birthday is on October 9th'], asked: [['when was I born?', 'October 9th']] },
      {
        told: ['On Mondays I play squash and on Thursdays I go swimming'],
        asked: [
          ['what do I do on Thursdays?', 'swimming'],
          ['when do I play squash?', 'Mondays'],
        ],
      },
    ]);
  });

  it('reads what somebody said, and what a question tells', () => {
    check([
      {
        told: ['Sandra told me that her brother is called Amos'],
        asked: [["what is Sandra's brother called?", 'Amos']],
      },
      {
        told: ['Did I mention that my grandpa was a sailor?'],
        asked: [['what was my grandpa?', 'sailor']],
      },
    ]);
  });

  it('keeps several of a kind together', () => {
    check([
      {
        told: ['I have two dogs, one is called Salt and the other is called Pepper'],
        asked: [['what are my dogs called?', 'Salt and Pepper']],
      },
      {
        told: ['the shopping list is milk, bread and candles'],
        asked: [["what's on the shopping list?", 'milk, bread and candles']],
      },
    ]);
  });

  it('takes a thing for what was told with it', () => {
    check([
      {
        told: ['Our wifi is called NetNest and the password is quokka88'],
        asked: [['what is the wifi password?', 'quokka88']],
      },
      {
        told: ['My neighbour has a goat. It eats everything. Its name is Gustav.'],
        asked: [["what is the goat's name?", 'Gustav']],
      },
      {
        told: ['The band I listen to most is Moonfold'],
        asked: [['which band do I listen to the most?', 'Moonfold']],
      },
    ]);
  });

  it('denies what a denial of the general denies', () => {
    check([
      { told: ["I don't have any siblings"], asked: [['do I have a sister?', 'No.']] },
      { told: ['we no longer own the boat'], asked: [['do we own the boat?', 'No.']] },
    ]);
  });
});

describe('what was said before', () => {
  it('is what pronouns and elliptic sentences are about', () => {
    check([
      { told: ["my dog? He's called Bruno."], asked: [["what is my dog's name?", 'Bruno']] },
      { told: ["the door code? It's 8812."], asked: [["what's the door code?", '8812']] },
      {
        told: ['my sister Dina works as a vet', "what is my sister's name?"],
        asked: [['what does she do for work?', 'vet']],
      },
      {
        told: ['my brother lives in Accra, my sister in Quito'],
        asked: [
          ['where does my sister live?', 'Quito'],
          ['where does my brother live?', 'Accra'],
        ],
      },
      {
        told: ['my cat is three and my dog seven'],
        asked: [
          ['how old is my dog?', 'seven'],
          ['how old is my cat?', 'three'],
        ],
      },
      {
        told: ["my neighbor's name is Bill", "it's not Bill, it's Will", 'hm no, Phil'],
        asked: [["what's my neighbor's name?", 'Phil']],
      },
      {
        told: ['I have an uncle in Cairo who sells carpets'],
        asked: [['what does my uncle sell?', 'carpets']],
      },
    ]);
  });

  it('may be told in another part of the sentence', () => {
    check([
      { told: ["I'm a huge fan of Radio Lumen"], asked: [['who am I a fan of?', 'Radio Lumen']] },
      { told: ['I was raised in Marseille'], asked: [['where did I grow up?', 'Marseille']] },
      {
        told: ['my car broke down near Dresden'],
        asked: [['where did my car break down?', 'Dresden']],
      },
      {
        told: ['Rosa, my neighbor, grows orchids'],
        asked: [
          ['who grows orchids?', 'Rosa'],
          ['what does my neighbor grow?', 'orchids'],
        ],
      },
      {
        told: ['I have two sisters, Mina and Tess. Mina is a pilot.'],
        asked: [['who is a pilot?', 'Mina']],
      },
      {
        told: ['My daughter goes to Willowbrook Academy'],
        asked: [['which school does my daughter attend?', 'Willowbrook']],
      },
      { told: ['I hate cilantro'], asked: [['is there any food I hate?', 'cilantro']] },
      { told: ['my exam is scheduled for June 21st'], asked: [["when's my exam?", 'June 21st']] },
      {
        told: ["my kid's birthday is the 5th of August"],
        asked: [['when was my kid born?', '5th of August']],
      },
      { told: ["I'll turn 40 in March"], asked: [['when will I turn 40?', 'March']] },
      {
        told: ['my sister can be reached on 555-0122'],
        asked: [["what's my sister's phone number?", '555-0122']],
      },
      { told: ['I bought a tent in Lima'], asked: [['where can I buy a tent?', undefined]] },
    ]);
  });
});

describe('facts that hold the words of a question', () => {
  it('answer where no reading of it fits', () => {
    check([
      { told: ['I drive a rusty green Saab'], asked: [['what colour is my car?', 'green']] },
      {
        told: ['The code for the garage is 7719'],
        asked: [['what code opens the garage?', '7719']],
      },
      {
        told: ['I have a dentist appointment on Friday'],
        asked: [['when am I seeing the dentist?', 'Friday']],
      },
    ]);
  });

  it('answer nothing about others, and nothing of another kind', () => {
    check([
      {
        told: ["my bank's phone number is 555-9000"],
        asked: [["what's my phone number?", undefined]],
      },
      {
        told: ['my car is a red Saab'],
        asked: [
          ['who fixed my car?', undefined],
          ['what color is my house?', undefined],
        ],
      },
      { told: ['I like jazz'], asked: [['what food do I like?', undefined]] },
      { told: ['I wash my car on Sundays'], asked: [['when did I buy my car?', undefined]] },
      {
        told: ['my sister Anna lives in Oslo with her husband Bob'],
        asked: [["what's my husband's name?", undefined]],
      },
    ]);
  });
});

describe('owners, amounts and clauses turned round', () => {
  it('says whose something is', () => {
    check([
      {
        told: ["Pepper is my landlady's parrot", "the black bicycle is my cousin's"],
        asked: [
          ['whose parrot is Pepper?', 'landlady'],
          ['whose bicycle is black?', 'cousin'],
          ['whose bicycle is red?', undefined],
        ],
      },
      { told: ['the barn belongs to my uncle'], asked: [['whose barn is it?', 'uncle']] },
      {
        told: ['Rita admires Bruno'],
        asked: [
          ['who admires Bruno?', 'Rita'],
          ['who admires Rita?', undefined],
        ],
      },
    ]);
  });

  it('knows sizes, weights and prices by noun and by adjective', () => {
    check([
      {
        told: ["i'm 171 cm tall", 'i weigh 66 kilos', 'i jog 9 km every morning'],
        asked: [
          ["what's my height?", '171'],
          ["what's my weight?", '66'],
          ['how far do i jog?', '9 km'],
        ],
      },
      {
        told: ['i bought a lamp for 35 francs', 'i bought a vase for my aunt'],
        asked: [
          ['how much did my lamp cost?', '35'],
          ['what did my vase cost?', undefined],
        ],
      },
      {
        told: ['it takes me 20 minutes to cycle to school'],
        asked: [['how long does it take me to cycle to school?', 'It takes you 20 minutes']],
      },
    ]);
  });

  it('reads what stands in a clause of its own', () => {
    check([
      {
        told: ['the village i grew up in is Thornby', 'what i fear most is deep water'],
        asked: [
          ['where did i grow up?', 'The village you grew up in is Thornby.'],
          ['what do i fear most?', 'deep water'],
        ],
      },
      {
        told: ['the man who repairs my bike is Anselm', 'Malmö is where i work'],
        asked: [
          ['who repairs my bike?', 'Anselm'],
          ['where do i work?', 'Malmö is where you work.'],
        ],
      },
    ]);
  });

  it('reads sentences that leave out who says them, and nothing into commands and thanks', () => {
    check([
      { told: ['allergic to celery'], asked: [['what am i allergic to?', 'celery']] },
      { told: ['just turned 44'], asked: [['how old am i?', '44']] },
      { told: ['favourite colour: ochre'], asked: [["what's my favourite colour?", 'ochre']] },
      {
        told: ['working on it', 'love you', 'got it', 'work hard'],
        asked: [
          ['where do i work?', undefined],
          ['who do i love?', undefined],
          ['what did i get?', undefined],
        ],
      },
    ]);
  });

  it('follows what was moved, renewed or put right', () => {
    check([
      {
        told: ['my exam is on Monday', "it's been moved to Friday"],
        asked: [['when is my exam?', 'Friday']],
      },
      {
        told: ['my phone number is 555 0123', 'my new number is 555 0987'],
        asked: [["what's my phone number?", '555 0987']],
      },
      {
        told: ["my dog isn't a poodle, he's a beagle"],
        asked: [["what's my dog?", 'beagle']],
      },
      { told: ['my old address was 3 Mill Lane'], asked: [["what's my address?", undefined]] },
    ]);
  });

  it('tells yes from no by what is said to the contrary', () => {
    check([
      {
        told: ['i hate turnips', 'Greta is my niece'],
        asked: [
          ['do i like turnips?', 'No. You hate turnips.'],
          ['do i hate turnips?', 'Yes.'],
          ['is Greta my sister?', 'Not that I know. Your niece is named Greta.'],
        ],
      },
    ]);
  });
});
