/** The closed classes of English, and the open ones as far as they must be told apart. */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

export const FIRST_PERSON = words('i me we us myself ourselves');
export const SECOND_PERSON = words('you yourself u ya');
export const THIRD_PERSON = words('he she it they him her them himself herself itself themselves');
/** Point at the situation, not at anything that was named. */
export const DEMONSTRATIVE = words(
  'this that these those there here everything something nothing everyone',
);
export const SUBJECT_PRONOUNS = words('i we you u he she it they');
export const POSSESSIVES = words('my our your his her its their ur');
export const DETERMINERS = words(
  'a an the this that these those some any another each every no both all',
);
export const INDEFINITE = words('a an some another one any');
export const COPULAS = words('am is are was were be been being');
export const HAVE = words('have has had');
export const DO = words('do does did');
export const MODALS = words('can could will would shall should may might must');
export const QUESTION_WORDS = words('what who whom whose where when which why how');
export const PREPOSITIONS = words(
  `at in on for to from with of by about as into onto near under over behind beside between during since until
   till after before without against through across along around inside outside above below off via per within
   towards toward like than next opposite`,
);
export const CONJUNCTIONS = words('and or but so because plus while whereas though although & yet');
export const ADVERBS = words(
  `really actually just also always never usually often sometimes currently now still already finally only even
   honestly definitely probably maybe perhaps recently mostly mainly generally totally absolutely very quite too
   simply basically literally almost nearly once again ever soon originally officially secretly personally
   normally rarely regularly formerly truly proudly happily sadly quickly slowly accidentally apparently
   kinda sorta pretty so rather anymore already yet`,
);
/** Said before a statement without being part of it. */
export const INTERJECTIONS = words(
  `hi hello hey hiya oh ok okay well so yes yeah yep yup no nope nah wow haha lol um uh hmm please thanks sorry btw
   fyi anyway anyways actually really honestly look listen and but also then plus wait oops hm ah aha alright sure
   right great cool nice good man dude morning greetings however meanwhile ps guess`,
);
/** Announce that what was said before is put right. */
export const CORRECTION_CUES = words(
  'no wait actually sorry oops correction update edit nope rather scratch',
);
/** What they say is not so. */
export const UNREAL = words(
  'if unless suppose imagine wish whether pretend assuming hopefully lets',
);
export const NEGATIONS = words("not never n't no");

export const WEEKDAYS = words('monday tuesday wednesday thursday friday saturday sunday');
export const MONTHS = words(
  `january february march april may june july august september october november december jan feb mar apr jun jul
   aug sep sept oct nov dec`,
);
/** Heads of phrases that say when. */
export const TIME_NOUNS = words(
  `today tomorrow yesterday tonight morning afternoon evening night noon midnight midday dawn dusk week weekend
   month year day hour minute second spring summer autumn fall winter christmas easter halloween weekday century
   decade birthday hours minutes days weeks months years weekends mornings evenings nights lunchtime
   bedtime o'clock am pm a.m p.m lately nowadays ago earlier later`,
);
export const NUMBER_WORDS = words(
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
   eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen`,
);

/** Adjectives, states and nationalities: "i'm tired" says no name. */
const ADJECTIVES = words(
  `able absent afraid alive alone alright amazing angry annoyed anxious asleep ashamed awake aware away awesome back
   bad beautiful best better big bilingual bisexual blind blond blonde bored brave bright broke broken brown brunette
   busy calm careful certain cheap clean clever close cold comfortable confident confused cool crazy curious cute dead
   deaf deaf deep depressed different difficult dirty divorced done down drunk dry dying early easy elderly empty
   engaged enough evil excellent excited exhausted expecting expensive fair famous fast fat fine fit free fresh full
   fun funny furious gay glad gone good grateful great guilty handsome happy hard healthy heavy here high home honest
   hot huge hungover hungry hurt ill important impressed in interested invincible jealous jobless kind large late lazy
   left-handed lefthanded light little local lonely long lost loud loyal lucky mad married mean mixed moody muslim
   naughty near nearby neat nervous new next nice noisy normal obsessed off offline ok okay old on online open
   optimistic out outside over overweight over own pale patient perfect pissed playful pleased poor positive pregnant
   proud quick quiet ready real red relaxed religious retired rich right right-handed rude sad safe same scared
   serious shy sick silly similar single sleepy slim slow small smart sober soft sore sorry special straight stressed
   strict strong stubborn stuck stupid successful sure surprised sweet tall tan tense terrible thankful there thin
   thirsty tired tiny tough trans true ugly unemployed unhappy unique unsure up upset used useful vegan vegetarian warm
   weak weird well wet wide widowed wild wise wonderful worried worse wrong young yours mine black white blue green
   yellow orange purple pink gray grey silver gold golden adorable bald christian catholic jewish hindu buddhist atheist
   adopted orphaned diabetic autistic allergic celiac dyslexic colorblind vegan pescatarian introverted extroverted
   american british english french german italian spanish portuguese dutch belgian swiss austrian polish czech
   hungarian romanian bulgarian greek turkish russian ukrainian swedish norwegian danish finnish icelandic irish
   scottish welsh canadian mexican brazilian argentinian chilean colombian peruvian cuban chinese japanese korean
   vietnamese thai indian pakistani bangladeshi nepali indonesian malaysian filipino australian egyptian moroccan
   nigerian kenyan ethiopian ghanaian african asian european iranian iraqi israeli lebanese syrian afghan latino latina
   hispanic based located situated due closed delicious boring gentle smelly fluffy furry chubby energetic friendly grumpy blessed human`,
);
const ADJECTIVE_ENDING = /(?:ful|ous|ive|able|ible|less|ish|ing|ated|ized|ised|ly)$/;

/** Whether a word in lower case describes rather than names. */
export function isAdjective(lower: string): boolean {
  return ADJECTIVES.has(lower) || (lower.length > 5 && ADJECTIVE_ENDING.test(lower));
}

/** Whether a word with a capital describes: "Italian". */
export function isListedAdjective(lower: string): boolean {
  return ADJECTIVES.has(lower);
}

/** Kin and company: a name may follow them directly ("my sister Anna"). */
export const PEOPLE = words(
  `mother father mom mum dad mama papa parent sister brother son daughter child kid baby wife husband spouse partner
   girlfriend boyfriend fiance fiancee fiancé fiancée grandmother grandfather grandma grandpa granny nana nan nanna gran grandson
   granddaughter aunt auntie uncle cousin niece nephew stepmother stepfather stepmom stepdad stepsister stepbrother
   twin friend buddy pal neighbor neighbour roommate flatmate housemate boss manager colleague coworker teacher
   professor tutor coach doctor dentist therapist lawyer landlord landlady mentor student barber hairdresser nanny
   babysitter mechanic accountant guru godmother godfather sibling bestie classmate instructor supervisor trainer
   sister-in-law brother-in-law mother-in-law father-in-law girlfriend ex plumber gardener assistant vet tenant lodger neighbor intern apprentice trainee client customer
   patient carer cleaner builder electrician postman pharmacist
   children kids parents guy man woman boy girl lady gentleman person lad bloke teenager infant newborn toddler`,
);
/** Say where by themselves. */
export const PLACE_ADVERBS = words(
  'downstairs upstairs abroad overseas nearby outside inside outdoors indoors next-door uptown downtown offshore',
);
export const ANIMALS = words(
  `dog cat puppy pup doggo kitten kitty rabbit bunny hamster parrot budgie canary bird goldfish fish turtle tortoise
   horse pony donkey cow goat sheep lamb pig piglet duck chicken hen rooster snake lizard gecko iguana frog mouse rat
   ferret hedgehog gerbil pet spider tarantula llama alpaca chinchilla hound terrier poodle labrador beagle`,
);

/** A number as digits or as a word; codes with letters are none. */
export function isNumber(lower: string): boolean {
  if (/^[#$€£]?\d[\d.,]*(?:st|nd|rd|th|k|m|%|€|\$)?$/.test(lower)) return true;
  return lower.split('-').every((part) => NUMBER_WORDS.has(part));
}

export function isTimeWord(lower: string): boolean {
  return (
    WEEKDAYS.has(lower.replace(/s$/, '')) ||
    (MONTHS.has(lower) && lower !== 'may') ||
    TIME_NOUNS.has(lower) ||
    /^\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m|p\.m|h)$|^\d{1,2}:\d{2}$|^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}$/.test(
      lower,
    ) ||
    /^(?:19|20)\d{2}s?$/.test(lower)
  );
}
