import { membersOf } from './kinds.js';
import { ANIMALS, PEOPLE } from './lexicon.js';
import { nounMeaning, specificOf } from './thesaurus.js';
import type { Token } from './tokens.js';
import { isVerbForm, verbMeaning, verbStem } from './verbs.js';

/**
 * Words by which one thing is told and asked. They do not mean the same, so they find a told sentence only where
 * everything else that the question says is in it too, and what it asks for.
 */
const RELATED = [
  'marry wedding wed married engaged ceremony', 'marry fiance fiancee fiancé fiancée bride groom', 'expire valid expiry expiration',
  'commute journey ride', 'cost price charge fee worth pay spend', 'rent pay charge', 'lend loan borrow', 'earn salary wage paid income pay',
  'study major degree course', 'weigh weight heavy kilo kg pound kilogram', 'tall height feet foot cm', 'teach teacher tutor instructor lesson class coach',
  'cook chef recipe bake', 'live home reside address flat apartment', 'flat apartment house home', 'work job employ employer hire',
  'doctor physician doc gp', 'appointment meeting', 'start begin open', 'end finish over close', 'break broke fracture', 'die death dead',
  'born birth birthday birthplace', 'exam test quiz midterm final', 'grade mark score result', 'fly flight plane', 'trip travel vacation holiday journey',
  'party celebration celebrate', 'afraid fear scare phobia terrify frighten', 'love like adore enjoy prefer crazy', 'favorite pick choose choice prefer best', 'hate dislike loathe detest',
  'medicine medication pill tablet prescribe', 'book novel read author write writer', 'vinyl record album', 'car vehicle', 'plate registration',
  'park spot space', 'deadline due submit', 'train practice practise training', 'name call title', 'quit resign', 'buy purchase pick',
  'allergy allergic react', 'supervisor adviser advisor', 'room bedroom', 'dinner supper',
  'big large size', 'paint painting painter', 'sing singer song', 'drive driver', 'play player', 'win winner won', 'visit visitor', 'own owner',
  'fix repair mend', 'clean cleaner', 'move relocate', 'graduate graduation', 'retire retirement', 'swim swimming pool', 'email mail',
  'phone number cell mobile', 'pin code', 'passport document', 'language speak fluent', 'instrument play', 'sport play', 'team club side',
  'deliver delivery arrive', 'arrive land', 'leave depart', 'meet met', 'save saving', 'plan planning', 'hurt injure injury', 'operate operation surgery',
  'sleep bed', 'wake alarm', 'eat meal food', 'drink beverage', 'clothes wear', 'dress wear', 'gift present give', 'hide stash', 'keep store',
  'movie film watch', 'show series', 'game play', 'concert gig', 'restaurant eat', 'store shop', 'school attend', 'garden plant',
  'inherit leave left', 'raise grow', 'lose lost', 'find found', 'guest invite', 'neighbour neighbor', 'photo picture', 'shift work',
]; // prettier-ignore

/** Said for one word: "my passport runs out in May". */
const PHRASES: Readonly<Record<string, string>> = {
  'run out': 'expire', 'runs out': 'expire', 'ran out': 'expire', 'clock in': 'start', 'give up': 'quit', 'gave up': 'quit',
  'pick up': 'collect', 'picked up': 'collect', 'hand in': 'submit', 'turn in': 'submit', 'get married': 'marry', 'got married': 'marry',
  'getting married': 'marry', 'tie the knot': 'marry', 'get hitched': 'marry', 'take off': 'depart', 'takes off': 'depart',
  'get to work': 'commute', 'license plate': 'plate', 'licence plate': 'plate', 'number plate': 'plate', 'nothing beats': 'love',
  'run away': 'escape', 'ran away': 'escape', 'look after': 'mind', 'looks after': 'mind', 'take care of': 'mind', 'takes care of': 'mind',
  'set up': 'install', 'put off': 'postpone', 'pushed back': 'postpone', 'passed away': 'die', 'kicks off': 'begin', 'kick off': 'begin',
  'can not stand': 'hate', 'can not bear': 'hate', 'freaks out': 'scare', 'knock off': 'finish', 'get off work': 'finish',
  'get up': 'wake', 'wake up': 'wake', 'woke up': 'wake', 'got up': 'wake', 'find out': 'learn', 'found out': 'learn', 'grew up': 'childhood',
  'grow up': 'childhood', 'blood group': 'blood type', 'zip code': 'zip', 'post code': 'zip', 'postal code': 'zip', 'work out': 'exercise',
}; // prettier-ignore
const LONGEST_PHRASE = 3;
const ENDING =
  /(?:ments?|ations?|ions?|ings?|ances?|ences?|ers?|ors?|ists?|ants?|ents?|ives?|als?|ed|es|s|e|y|i)$/;

const meanings = new Map<string, ReadonlySet<string>>();
const related = new Map<string, ReadonlySet<string>>();
for (const group of RELATED) {
  const all = new Set(group.split(' ').flatMap((word) => [...senses(word)]));
  for (const word of group.split(' '))
    for (const sense of senses(word))
      related.set(sense, new Set([...(related.get(sense) ?? []), ...all]));
}

/** What a word may mean: as a noun, as a verb, and what is made from it ("supervisor", "supervises"). */
export function senses(lower: string): ReadonlySet<string> {
  const cached = meanings.get(lower);
  if (cached) return cached;
  const found = new Set([nounMeaning(lower)]);
  if (isVerbForm(lower)) found.add(verbMeaning(verbStem(lower)));
  const root = lower.replace(/'s?$/, '').replace(ENDING, '').replace(ENDING, '');
  const somebody = [lower, lower.replace(/s$/, '')].some(
    (word) => PEOPLE.has(word) || ANIMALS.has(word),
  );
  const kin = somebody && !/(?<!th|st|ht)(?:er|or)s?$/.test(lower);
  if (!kin && root.length > 3 && /^[a-z]+$/.test(root)) found.add(`${root}-`);
  if (meanings.size > 8192) meanings.clear();
  meanings.set(lower, found);
  return found;
}

/** The word that several tokens stand for together, and how many they are. */
export function phraseAt(
  tokens: readonly Token[],
  at: number,
): { word: string; length: number } | undefined {
  let key = tokens[at]!.lower;
  for (let length = 2; length <= LONGEST_PHRASE && at + length <= tokens.length; length++) {
    key += ` ${tokens[at + length - 1]!.lower}`;
    if (Object.hasOwn(PHRASES, key)) return { word: PHRASES[key]!, length };
  }
  return undefined;
}

/** The senses of told words that may be meant by a word of a question; who is meant has no other words. */
export function acceptedFor(lower: string, somebody: boolean): ReadonlySet<string> {
  const own = senses(lower);
  const all = new Set(own);
  for (const sense of own) {
    for (const other of somebody ? [] : (related.get(sense) ?? [])) all.add(other);
    for (const other of specificOf(sense)) all.add(other);
    for (const other of membersOf(sense)) all.add(other);
  }
  return all;
}
