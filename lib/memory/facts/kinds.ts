import { isKindOf, nounMeaning } from './thesaurus.js';

/** Members of kinds that questions ask for ("what color …"), stems. */
const MEMBERS: Readonly<Record<string, string>> = {
    color: 'red blue green yellow orange purple pink black white gray grey brown silver gold golden beige turquoise teal violet indigo maroon navy crimson scarlet magenta cyan lavender olive tan bronze burgundy lilac mauve ochre amber emerald ivory khaki rust coral peach aqua azure cream charcoal mustard plum ruby sapphire fuchsia periwinkle chartreuse sepia copper auburn ginger blond blonde hazel chestnut brunette platinum strawberry',
    instrument: 'guitar piano violin viola cello flute drum drums saxophone trumpet trombone clarinet harp banjo ukulele accordion oboe harmonica bass keyboard tuba mandolin bagpipes bagpipe organ sitar lute bassoon piccolo recorder cornet xylophone marimba harpsichord didgeridoo synthesizer bongos tambourine euphonium fiddle lyre zither',
    sport: 'soccer football tennis basketball baseball golf hockey rugby cricket volleyball badminton swimming rowing boxing wrestling squash lacrosse handball judo karate fencing polo softball netball hurling bowling surfing skiing snowboarding skating climbing bouldering archery triathlon gymnastics taekwondo jiu-jitsu aikido kickboxing cycling running padel pickleball darts ultimate diving sailing kayaking canoeing floorball dodgeball curling',
    game: 'chess poker cards go checkers backgammon scrabble bridge monopoly dominoes',
    language: 'french spanish german italian portuguese polish greek russian chinese japanese korean arabic hindi dutch swedish turkish english finnish danish norwegian czech hungarian latin hebrew thai vietnamese welsh irish gaelic basque catalan galician swahili yoruba igbo hausa zulu xhosa amharic somali urdu punjabi bengali tamil telugu marathi gujarati malayalam kannada farsi persian kurdish pashto romanian bulgarian serbian croatian slovak slovenian ukrainian estonian latvian lithuanian icelandic albanian georgian armenian tagalog malay indonesian khmer lao burmese mongolian nepali sinhala cantonese mandarin esperanto afrikaans maltese breton luxembourgish macedonian azerbaijani kazakh uzbek tibetan maori hawaiian quechua nahuatl',
    day: 'monday tuesday wednesday thursday friday saturday sunday',
    month: 'january february march april may june july august september october november december',
    season: 'spring summer autumn fall winter',
    animal: 'dog cat rabbit hamster parrot horse pony cow goat sheep pig duck chicken snake lizard frog mouse rat ferret turtle bird fish owl fox wolf bear lion tiger elephant',
    drink: 'tea coffee water juice milk beer wine cocoa lemonade soda cola whiskey cider smoothie espresso latte cappuccino',
    size: 'small medium large',
    fruit: 'apple banana orange mango papaya peach pear plum grape cherry strawberry raspberry blueberry blackberry kiwi pineapple melon watermelon lemon lime apricot fig date pomegranate coconut grapefruit nectarine tangerine guava lychee',
    vegetable: 'carrot broccoli spinach kale cabbage cauliflower potato tomato onion garlic pea bean lentil pepper cucumber zucchini eggplant aubergine celery asparagus pumpkin leek radish turnip beet beetroot lettuce mushroom olive corn artichoke cilantro',
    dessert: 'cake pie cookie brownie tiramisu cheesecake chocolate pudding donut doughnut muffin cupcake baklava gelato sorbet pancake waffle candy',
    food: 'pizza pasta sushi taco burrito lasagna lasagne spaghetti ramen noodle curry burger hamburger sandwich salad soup steak rice bread cheese egg seafood shrimp salmon tuna lobster crab oyster bacon sausage ham beef pork chicken lamb paella risotto gnocchi ravioli dumpling pierogi goulash kebab falafel hummus biryani samosa pho ramen kimchi tofu quesadilla enchilada nacho pretzel omelette quiche fondue stew chili meatball lobster anchovy peanut nut shellfish gluten honey butter yogurt popcorn chip fries',
    flower: 'rose tulip daisy lily orchid sunflower daffodil violet peony lavender iris lilac dahlia marigold carnation poppy',
    money: 'dollar euro pound krone kroner kronor yen franc peso rupee buck quid cent pence',
    medicine: 'ibuprofen aspirin paracetamol acetaminophen tylenol advil insulin penicillin amoxicillin antibiotic antihistamine metformin statin prozac zoloft xanax melatonin vitamin inhaler',
    illness: 'diabetes asthma arthritis epilepsy migraine eczema hypertension anemia anaemia depression anxiety adhd autism cancer flu covid celiac coeliac gout insomnia psoriasis lupus tinnitus vertigo sciatica endometriosis',
    music: 'jazz pop classical metal punk reggae techno folk country soul funk disco opera ska hip-hop rap indie bluegrass blues grunge rock salsa flamenco gospel ambient dubstep bossa samba swing baroque emo synthpop trance electronica bebop r&b k-pop fado afrobeat',
}; // prettier-ignore

const kinds = new Map<string, string[]>();
for (const [kind, members] of Object.entries(MEMBERS)) {
  for (const member of members.split(' ').map(nounMeaning))
    kinds.set(member, [...(kinds.get(member) ?? []), nounMeaning(kind)]);
}
const members = new Map(
  Object.entries(MEMBERS).map(
    ([kind, list]) => [nounMeaning(kind), list.split(' ').map(nounMeaning)] as const,
  ),
);
const listed = new Set(Object.keys(MEMBERS).map(nounMeaning));

/** The kinds a thing is known to be of, none for most things. */
export function kindsOf(noun: string): readonly string[] {
  return kinds.get(noun) ?? [];
}

/** Whether the thing is known to be of the kind: a mango is a fruit, and food. */
export function isOfListedKind(noun: string, kind: string): boolean {
  return kindsOf(noun).some((known) => known === kind || isKindOf(known, kind));
}

/** Whether things of this kind are listed, so that one that is not listed is doubtful. */
export function isListedKind(kind: string): boolean {
  return listed.has(kind);
}

/** The listed things of a kind. */
export function membersOf(kind: string): readonly string[] {
  return members.get(kind) ?? [];
}
