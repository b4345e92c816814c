import type { FactCase, FactStep } from './facts.js';
import { Random } from './random.js';

/** Something that can be told and asked for, in several wordings. `*` stands for the value. */
interface FactKind {
  readonly category: string;
  /** Drawn anew for each case: what the wordings are about. */
  readonly subject: (random: Random) => string;
  readonly value: (random: Random) => string;
  /** `#` stands for the subject. */
  readonly told: readonly string[];
  readonly asked: readonly string[];
  /** Questions whether it is so. */
  readonly checked?: readonly string[];
  /** Another subject's question, which must stay unanswered. */
  readonly apart?: readonly string[];
}

const ONSETS = 'b br d dr f fl g gr h k kl l m n p pr r s st t tr v w z th sh'.split(' ');
const VOWELS = 'a e i o u ai ei ou é ö ü á'.split(' ');
const CODAS = ['', '', 'n', 'r', 'l', 's', 'm', 'k', 'th', 'nd'];

function syllables(random: Random, count: number): string {
  return Array.from(
    { length: count },
    () => random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS),
  ).join('');
}

function name(random: Random): string {
  const one = () => {
    const word = syllables(random, random.integer(2, 3));
    return word[0]!.toUpperCase() + word.slice(1);
  };
  return random.chance(0.2) ? `${one()} ${one()}` : one();
}

const code = (random: Random): string =>
  random.pick([
    () => `${random.integer(10, 99)}-${random.integer(10, 99)}`,
    () => `${syllables(random, 2)}${random.integer(10, 999)}`,
    () => String(random.integer(1000, 99999)),
  ])();
const number = (random: Random): string => String(random.integer(3, 480));
const nothing = (): string => '';
const from = (list: string) => (random: Random) => random.pick(list.split(', '));
const organisation = (random: Random): string =>
  `${name(random).split(' ')[0]} ${random.pick(['Robotics', 'Bakery', 'Logistics', 'Institute', 'Optics'])}`;
const hour = (random: Random): string =>
  `${random.integer(1, 12)}${random.pick(['am', 'pm', ':30pm', ':15am'])}`;

const PETS = 'tortoise, parakeet, spaniel, hamster, pony, gecko, cat, dog, rabbit';
const KIN = 'aunt, brother, niece, grandmother, cousin, sister, nephew, uncle, daughter';
const THINGS =
  'telescope, banjo, lantern, kayak, typewriter, greenhouse, sundial, wardrobe, compass, teapot';
const SECRETS =
  'locker combination, garage code, alarm code, library card number, suitcase code, router password, passport number, membership number, parking spot, seat number';

// prettier-ignore
const KINDS: readonly FactKind[] = [
  {
    category: 'own-name', subject: nothing, value: name,
    told: ['you can call me *', 'hello there, i am *', 'everyone calls me *', 'My full name is *', "hey, my name's *", 'i go by *', '* is my name'],
    asked: ['do you still know my name?', "what's my name again?", 'how am i called?', 'say my name', 'by what name do people call me?', 'what name do i go by?'],
    checked: ['am i called *?', 'is * my name?'], apart: ["what is my neighbor's name?", 'what is my teacher called?'],
  },
  {
    category: 'pet-name', subject: from(PETS), value: name,
    told: ['* is my #', '* is the name of my #', 'we adopted a # and named it *', 'i call my # *', 'our # goes by *', 'i just got a #. its name is *', "there is a # at home, my # *", 'my # answers to the name *'],
    asked: ['what did i name my #?', 'how is my # called?', 'which name did i give to my #?', 'could you tell me the name of my #?', 'i forgot what my # is called', 'and what was the name of my #?', "what's the name of the # i have?"],
    checked: ['is * my #?', "is * my #'s name?"], apart: ["what's my goldfish called?", "what is my sister's # called?"],
  },
  {
    category: 'kin-name', subject: from(KIN), value: name,
    told: ['i have got a # whose name is *', "the name of my # is *", 'my # is someone called *', '* is my #', 'my # * lives next door', 'my #, *, is a painter'],
    asked: ['who is my #?', "what's the first name of my #?", 'tell me the name of my #', 'do you recall how my # is called?', "my #'s name is what?"],
    checked: ['is my # named *?', 'is * the name of my #?'], apart: ['who is my landlord?', 'what is my name?'],
  },
  {
    category: 'secret', subject: from(SECRETS), value: code,
    told: ['the # is *', 'note that my # is *', 'please remember my #: *', '* is my #', 'just so you know, my # is *', 'my # has changed to *', 'my new # is *', 'i set my # to *'],
    asked: ['what was my # again?', 'give me my #', 'i need my #', 'can you look up my #?', 'which # do i have?', 'my #?'],
    checked: ['is my # *?', 'is * my #?'], apart: ['what is my bank account number?', 'what is my shoe size?'],
  },
  {
    category: 'home', subject: nothing, value: name,
    told: ['my apartment is in *', 'i moved to * in spring', 'i have lived in * since 2015', 'i reside in *', "i'm living in * these days", 'we settled in *', 'my family and i live in *'],
    asked: ['in what town do i live?', 'where is my home?', 'which place do i live in?', "what's my home town?", 'where am i living?'],
    checked: ['do i live in *?'], apart: ['where does my boss live?', 'where do i work?'],
  },
  {
    category: 'work', subject: nothing, value: organisation,
    told: ['i am employed at *', "i'm an engineer at *", 'i started working for *', 'my employer is *', 'i got hired by *', 'i have a job at *', 'i work part time at *'],
    asked: ['at which company do i work?', 'who do i work for?', "who's my employer?", 'where am i employed?', 'what company do i work for?', "where's my job?"],
    checked: ['do i work at *?'], apart: ['where does my wife work?', 'where do i live?'],
  },
  {
    category: 'count', subject: from('umbrellas, lanterns, invitations, kayaks, envelopes, candles, pillows, forks, blankets'), value: number,
    told: ['there will be * # at the event', 'i bought * # for the party', 'we have to bring * #', 'the order is for * #', 'i counted * #', 'please note: * # are needed'],
    asked: ['how many # are there?', 'what number of # was it?', 'how many # again?', 'do you remember how many #?'],
    apart: ['how many spoons are there?'],
  },
  {
    category: 'action', subject: from('repaired:repair, sketched:sketch, polished:polish, auctioned:auction, borrowed:borrow, photographed:photograph, restored:restore, hid:hide, stole:steal, wove:weave, drew:draw, mailed:mail'), value: from(THINGS),
    told: ['i @ a *', 'yesterday i @ a *', 'this weekend i @ an old *', 'i @ my * on monday', 'we @ a * together', 'last summer i @ the *', "i've @ a *"],
    asked: ['what did i +?', 'which thing did i +?', 'what was it that i @?', 'do you know what i @?', 'what have i @?', "what's the thing i @?"],
    checked: ['did i + a *?'], apart: ['what did my brother +?', 'what did i swallow?'],
  },
  {
    category: 'kin-verb', subject: from('aunt, brother, grandfather, cousin, boss, landlord, neighbor, dentist, roommate'), value: from('trumpets, beetles, marbles, postcards, violets, walnuts, orchids, maps, fossils'),
    told: ['my # collects *', 'my # is collecting *', 'my # has always collected *', '* are what my # collects', 'my # started to collect *'],
    asked: ['what does my # collect?', 'what is my # collecting?', 'which things does my # collect?', 'tell me what my # collects'],
    apart: ['what do i collect?', 'what does my wife collect?'],
  },
  {
    category: 'when', subject: from('driving test, dental checkup, recital, graduation, job interview, train, haircut, rehearsal'), value: hour,
    told: ['my # is at *', 'my # starts at *', 'the # is scheduled for *', 'i have a # at *', 'my # was moved to *', 'my # takes place at *'],
    asked: ['at what time is my #?', 'when does my # start?', 'when do i have my #?', "what's the time of my #?", 'when will my # be?'],
    apart: ['when is my barbecue?'],
  },
  {
    category: 'favourite', subject: from('dessert, painter, planet, flower, board game, cheese, novel, river'), value: name,
    told: ['my favourite # is *', 'of all things * is my favorite #', 'my fave # would be *', "i'd say my favorite # is *", '* has always been my favorite #'],
    asked: ['which # is my favorite?', 'what is the # i like most?', 'what # do i like best?', 'do you remember my favourite #?', 'name my favorite #'],
    checked: ['is * my favorite #?'], apart: ['what is my favorite metal?'],
  },
  {
    category: 'world', subject: from('the password of the clubhouse, the capital of Vintria, the king of Melodia, the answer to the riddle, the mascot of our team, the color of the gate'), value: name,
    told: ['# is *', '* is #', 'by the way, # is *', 'remember: # is *'],
    asked: ['what is #?', "what's # again?", 'tell me #', 'do you know #?'],
    checked: ['is # *?'], apart: ['what is the capital of Norland?'],
  },
  {
    category: 'place-of', subject: from('umbrella, bicycle, passport, guitar, spare key, winter coat'), value: from('attic, basement, hallway, shed, cellar, wardrobe, pantry'),
    told: ['my # is in the *', 'i left my # in the *', 'i put the # in the *', 'the # is down in the *', 'you can find my # in the *', 'i keep my # in the *'],
    asked: ['where is my #?', 'where did i put my #?', 'where can i find my #?', 'where do i keep my #?'],
    apart: ['where is my wallet?'],
  },
];

const SMALL_TALK = [
  'nice weather, is it not?',
  'haha that is funny',
  'i see',
  'tell me a joke',
  'how are you doing?',
  'what do you think about jazz?',
  'thanks a lot',
  'good morning',
  'sing me a song',
  'that was quick',
  'do you dream?',
  'what should we cook tonight?',
  'never mind',
];
const NEVER = [
  'what is the weather like?',
  'are you sleepy?',
  'what is your favorite color?',
  'do you like pizza?',
  'who made you?',
  'how does rain form?',
  'what shall we talk about?',
];

/**
 * Cases with random values, each of which tells something among other things and asks for it later. The same seed
 * makes the same cases.
 */
export function generateFactCases(count: number, seed = 1): FactCase[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) => {
    const kind = random.pick(KINDS);
    return { id: `${kind.category}-${index + 1}`, steps: stepsOf(random, kind) };
  });
}

function stepsOf(random: Random, kind: FactKind): FactStep[] {
  const subject = kind.subject(random);
  const value = kind.value(random);
  const [past = subject, base = subject] = subject.split(':');
  const say = (words: string, said = value) =>
    cased(
      random,
      words
        .replaceAll('#', subject)
        .replaceAll('@', past)
        .replaceAll('+', base)
        .replaceAll('*', said),
    );
  const steps: FactStep[] = [];
  const chat = () => {
    while (random.chance(0.4)) steps.push({ tell: random.pick(SMALL_TALK) });
  };
  chat();
  const other = random.pick(
    KINDS.filter(
      ({ category }) =>
        category !== kind.category && !(related(category) && related(kind.category)),
    ),
  );
  if (random.chance(0.5)) steps.push({ tell: told(random, other) });
  steps.push({ tell: say(random.pick(kind.told)) });
  chat();
  if (random.chance(0.3)) steps.push({ restart: true });
  if (random.chance(0.3))
    steps.push({ ask: random.pick(NEVER), expect: [], forbid: [value], recall: false });
  if (kind.apart && random.chance(0.3) && steps.filter((step) => 'tell' in step).length > 0) {
    const apart = random.pick(kind.apart).replaceAll('#', subject).replaceAll('+', base);
    if (!answeredBy(apart, other, steps))
      steps.push({ ask: apart, expect: [], forbid: [value], recall: false });
  }
  if (kind.checked && random.chance(0.3)) {
    const check = random.pick(kind.checked);
    if (random.chance(0.5)) steps.push({ ask: say(check), expect: ['yes'], recall: true });
    else if (!kind.category.startsWith('action')) {
      steps.push({
        ask: say(check, kind.value(random)),
        expect: ['not that i know', value],
        recall: true,
      });
    }
  }
  steps.push({ ask: say(random.pick(kind.asked)), expect: [value], recall: true });
  return steps;
}

/** Kinds of which one may answer what another leaves open. */
function related(category: string): boolean {
  return ['own-name', 'kin-name', 'home', 'work'].includes(category);
}

/** Whether the other thing told is what the question is about. */
function answeredBy(apart: string, { category }: FactKind, steps: readonly FactStep[]): boolean {
  return (
    steps.some((step) => 'tell' in step) &&
    ((apart.includes('live') && category === 'home') ||
      (apart.includes('work') && category === 'work') ||
      (apart.includes('my name') && category === 'own-name'))
  );
}

function told(random: Random, kind: FactKind): string {
  const subject = kind.subject(random);
  const [past = subject] = subject.split(':');
  return random
    .pick(kind.told)
    .replaceAll('#', subject)
    .replaceAll('@', past)
    .replaceAll('*', kind.value(random));
}

/** Some people begin with a capital, end with a mark, or say "I". */
function cased(random: Random, words: string): string {
  if (!random.chance(0.3)) return words;
  const first = words[0]!.toUpperCase() + words.slice(1);
  const proper = first.replace(/\bi\b/g, 'I');
  return /[?.!]$/.test(proper) ? proper : `${proper}.`;
}
