import { stem } from '../stem.js';

/** Plurals that no rule makes. */
const PLURALS = new Map(
  Object.entries({
  children: 'child', wives: 'wife', knives: 'knife', lives: 'life', mice: 'mouse', people: 'person', men: 'man',
  women: 'woman', feet: 'foot', teeth: 'tooth', geese: 'goose', leaves: 'leaf', wolves: 'wolf', shelves: 'shelf',
  halves: 'half', loaves: 'loaf', thieves: 'thief', calves: 'calf', kids: 'kid', oxen: 'ox', persons: 'person',
  }),
); // prettier-ignore

/** Everyday words for one thing; the first stands for all. */
const SAME_NOUN = new Map(
  [
    'dog puppy pup doggo doggy doggie hound pooch', 'cat kitten kitty kittycat', 'rabbit bunny', 'mother mom mum mommy mummy mama',
    'father dad daddy papa', 'grandmother grandma granny nana gran nan nanna', 'grandfather grandpa granddad grandad',
    'child kid', 'brother bro', 'sister sis', 'aunt auntie', 'husband hubby', 'wife wifey', 'book novel', 'girlfriend gf', 'boyfriend bf',
    'fiancee fiancée', 'fiance fiancé', 'friend pal buddy mate chum', 'bestie bff', 'neighbor neighbour',
    'colleague coworker co-worker workmate', 'boss manager supervisor', 'roommate flatmate housemate',
    'doctor physician gp', 'vet veterinarian', 'job profession occupation', 'employer company',
    'color colour', 'favorite favourite fave fav', 'movie film', 'picture photo photograph pic', 'car automobile auto',
    'bicycle bike', 'motorcycle motorbike', 'phone cellphone mobile smartphone', 'house home apartment',
    'password passcode passphrase pass', 'pin pincode', 'wifi wi-fi wlan', 'code combination combo', 'city town',
    'birthday birthdate bday b-day', 'vacation holiday', 'surname lastname', 'nickname moniker', 'plane airplane aircraft',
    'tv television telly', 'fridge refrigerator', 'couch sofa', 'garbage trash rubbish', 'exam examination', 'math maths',
    'meal dish', 'drink beverage', 'class lesson course', 'hobby pastime', 'email e-mail mail', 'laptop notebook',
    'lawyer attorney', 'store shop', 'present gift', 'soccer football', 'anniversary jubilee', 'spouse partner',
    'shoe sneaker', 'license licence', 'number no nr', 'aim goal', 'ill sick', 'big large huge', 'small little tiny',
    'zip zipcode postcode', 'afraid scared frightened terrified', 'newborn infant', 'university college uni', 'medicine medication drug pill', 'locker cupboard',
  ].flatMap((group) => {
    const [first = '', ...rest] = group.split(' ');
    return rest.map((other) => [other, first] as const);
  }),
); // prettier-ignore

/** Words that stand for any of several kinds: who asks for the pet may mean the dog. */
const MORE_GENERAL: Readonly<Record<string, readonly string[]>> = {
  pet: ['dog', 'cat', 'rabbit', 'hamster', 'parrot', 'goldfish', 'turtl', 'tortois', 'hors', 'poni', 'snake', 'lizard', 'bird',
    'ferret', 'hedgehog', 'gerbil', 'canari', 'budgi', 'iguana', 'gecko', 'fish', 'pig', 'rat', 'mous', 'chinchilla'],
  parent: ['mother', 'father'], son: ['boi'], boi: ['son'], daughter: ['girl'], girl: ['daughter'], dish: ['food', 'meal'], meal: ['food', 'dish'],
  bird: ['parrot', 'canari', 'budgi', 'parakeet', 'cockatiel', 'macaw', 'cockatoo'].map(nounMeaning), sibl: ['brother', 'sister'], child: ['son', 'daughter'], babi: ['newborn', 'son', 'daughter'], school: ['univers'], spous: ['husband', 'wife'],
  condit: ['ill'], diseas: ['ill'], disord: ['ill'], food: ['fruit', 'veget', 'dessert', 'meal', 'dish'],
  dog: ['terrier', 'poodl', 'labrador', 'beagl', 'spaniel', 'retriev', 'collie', 'husky', 'dachshund', 'corgi', 'greyhound', 'whippet',
    'chihuahua', 'pug', 'rottweil', 'dalmatian', 'boxer', 'mastiff', 'setter', 'mutt'].map(nounMeaning),
  cat: ['siamese', 'persian', 'tabby', 'ragdoll', 'bengal', 'sphynx'].map(nounMeaning),
  vehicl: ['car', 'motorcycl', 'truck', 'van', 'bicycl'], grandpar: ['grandmoth', 'grandfath'], wife: ['spous'], husband: ['spous'], partner: ['husband', 'wife',
    'girlfriend', 'boyfriend'], instrument: ['guitar', 'piano', 'violin'], relat: ['uncl', 'aunt', 'cousin'],
}; // prettier-ignore

/** One name for a noun in all its numbers and synonyms. */
export function nounMeaning(lower: string): string {
  const plain = lower.normalize('NFC').replace(/['’]s?$/, '');
  const single = PLURALS.get(plain) ?? singular(plain);
  return stem(SAME_NOUN.get(single) ?? SAME_NOUN.get(plain) ?? single);
}

function singular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word) || !/^[a-z-]+s$/.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  return /(?:ch|sh|x|ss)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

/** Nouns of two words for which one is enough, or which go by another name. */
const COMPOUNDS = new Map(
  Object.entries({
    'email address': 'email', 'cell number': 'phone number', 'mobile number': 'phone number',
    'telephone number': 'phone number', 'contact number': 'phone number', 'number plate': 'license plate',
    'plate number': 'license plate', 'birth date': 'birthday', 'pin code': 'pin', 'pin number': 'pin', 'zip code': 'zip', 'post code': 'zip',
    'postal code': 'zip', 'home address': 'address', 'street address': 'address',
    'blood group': 'blood type', 'cell phone': 'phone', 'mobile phone': 'phone', 'family name': 'surname', 'christian name': 'first name',
    'last name': 'surname', 'second name': 'surname', 'best friend': 'bestie', 'zodiac sign': 'star sign', 'wedding anniversary': 'anniversary', 'marriage anniversary': 'anniversary', 'better half': 'spouse', 'old man': 'father', 'significant other': 'spouse',
    'kid brother': 'little brother', 'baby brother': 'little brother', 'younger brother': 'little brother', 'older brother': 'big brother',
    'kid sister': 'little sister', 'baby sister': 'little sister', 'younger sister': 'little sister', 'older sister': 'big sister',
  }).map(([words, other]) => [meaningsOf(words), meaningsOf(other)] as const),
); // prettier-ignore

function meaningsOf(words: string): string {
  return words.split(' ').map(nounMeaning).join(' ');
}

/** The meanings of a noun phrase's words, with one name for what is said in several ways. */
export function compoundMeaning(words: readonly string[]): readonly string[] {
  const other = COMPOUNDS.get(words.slice(-2).join(' '));
  return other === undefined ? words : [...words.slice(0, -2), ...other.split(' ')];
}

/** Whether a noun may be meant by the more general one. */
export function isKindOf(noun: string, general: string): boolean {
  return Object.hasOwn(MORE_GENERAL, general) && MORE_GENERAL[general]!.includes(noun);
}

/** The nouns that may be meant by a more general one. */
export function specificOf(general: string): readonly string[] {
  return Object.hasOwn(MORE_GENERAL, general) ? MORE_GENERAL[general]! : [];
}

/** Whether the word is written as a plural. */
export function isPlural(lower: string): boolean {
  return PLURALS.has(lower) || singular(lower) !== lower;
}
