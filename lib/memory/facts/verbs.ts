import { stem } from '../stem.js';

/** Irregular verbs: base, past, participle where it differs; further forms after a comma. */
const IRREGULAR = `
arise arose arisen|awake awoke awoken|bear bore born,borne|beat beat beaten|become became|begin began begun|bend bent|
bet bet|bid bid|bind bound|bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought|
build built|burn burnt|burst burst|buy bought|cast cast|catch caught|choose chose chosen|cling clung|come came|
cost cost|creep crept|cut cut|deal dealt|dig dug|do did done,does|draw drew drawn|dream dreamt|drink drank drunk|
drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fly flew flown|
forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten|
give gave given|go went gone,goes|grind ground|grow grew grown|hang hung|have had,has|hear heard|hide hid hidden|
hit hit|hold held|hurt hurt|keep kept|kneel knelt|knit knit|know knew known|lay laid|lead led|learn learnt|leave left|
lend lent|let let|lie lay lain,lied,lying|light lit|lose lost|make made|mean meant|meet met|mow mowed mown|pay paid|
prove proved proven|put put|quit quit|read read|ride rode ridden|ring rang rung|rise rose risen|run ran|saw sawed sawn|
say said|see saw seen|seek sought|sell sold|send sent|set set|sew sewed sewn|shake shook shaken|shine shone|
shoot shot|show showed shown|shrink shrank shrunk|shut shut|sing sang sung|sink sank sunk|sit sat|sleep slept|
slide slid|smell smelt|sow sowed sown|speak spoke spoken|speed sped|spell spelt|spend spent|spill spilt|spin spun|
spit spat|split split|spoil spoilt|spread spread|spring sprang sprung|stand stood|steal stole stolen|stick stuck|
sting stung|stink stank stunk|strike struck|string strung|strive strove striven|swear swore sworn|sweep swept|
swell swelled swollen|swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told|think thought|
throw threw thrown|tread trod trodden|understand understood|undo undid undone|upset upset|wake woke woken|
wear wore worn|weave wove woven|weep wept|win won|wind wound|withdraw withdrew withdrawn|write wrote written|
be am,is,are,was,were,been,being|die dying|tie tying|overcome overcame|undergo underwent undergone|foresee foresaw|
rebuild rebuilt|repay repaid|resell resold|rewrite rewrote rewritten|retell retold|outgrow outgrew outgrown`;

/** Regular verbs that people tell about themselves with: needed where a verb is no neighbour of its subject. */
const REGULAR = `
accept ache act add admire adopt adore advise agree aim allow answer appear apply appreciate arrange arrive ask assemble
attend avoid babysit bake bathe beg behave believe belong bike blame bless boil book borrow bother bounce bow brew brush
bury call camp cancel care carry carve celebrate change charge chase chat check chop claim clean climb close coach code
collect color comb compete complain compose consider consult contact cook copy cost count cover craft crash crawl create
cross crochet cry cuddle cultivate cure cycle damage dance date dare decide decorate deliver depart deserve design desire
destroy detest develop die direct discover dislike divorce donate download drop dump earn edit educate employ empty end
enjoy enter escape establish exchange exercise expect explain explore face fail fancy farm fear fetch fill film finish
fish fix fold follow found garden gather glue grab graduate greet guard guess guide handle happen harvest hate head heal
help hike hire hope host hug hunt imagine import improve inherit install invent invest invite iron jog join joke jump
kick kill kiss knit knock lack land last laugh launch lease like limp list listen live load lock long look love maintain
manage march marry master match measure meditate mend mention milk mind miss mix move name need notice nurse nurture
obey obtain offer open operate order organise organize own owe pack paint park participate pass pay perform permit phone
photograph pick pickle plan plant play polish post pour practice practise pray prefer prepare present press print
produce promise pronounce protect publish pull pump punish push race raise reach realise realize receive recommend
record recycle refuse regret rehearse relax remain remember remove renovate rent repair repeat replace reply report
rescue reside research respect rest restore retire return ride roast rob roll rule rush sail save scare score scrub
search sculpt serve settle share shave shop shout sign sketch ski skate skip smile smoke sneeze snore snowboard solve
speak spot stay start stop store stretch study succeed suffer suggest supply support surf surprise survive suspect
switch talk taste tattoo tease test thank tidy tour trace track trade train translate travel treat trim trust try turn
tutor type use visit volunteer vote wait walk wander want warn wash waste watch water weigh welcome whistle wish wonder
work worry wrap wrestle yell relocate emigrate immigrate enroll enrol subscribe reserve schedule weld sketch sculpt expire renew board dock host mentor foster upgrade cater bark itch referee hum blog stream invest contain include feature focus frighten terrify fear graduate swap loan propose prescribe deliver knead brew forage volunteer adore harvest specialise specialize treasure loathe purchase acquire possess dwell inhabit consume
respond rent hail originate relocate raise hitch reply react depart hang lodge detest despise abhor support root swallow devour sip munch deposit stash program commute juggle bowl box fence row paddle garden hoard lift crave`;

const lemmas = new Map<string, string>();
/** Past forms and participles. */
const past = new Set<string>();
for (const entry of IRREGULAR.split('|')) {
  const [base = '', ...forms] = entry.trim().split(/[\s,]+/);
  lemmas.set(base, base);
  for (const form of forms) {
    if (!lemmas.has(form)) lemmas.set(form, base);
    if (!/ing$|^(?:does|goes|has|is|am|are|be)$/.test(form)) past.add(form);
  }
}
for (const form of ['left', 'found', 'saw', 'lay', 'felt', 'ground', 'wound', 'bound'])
  past.add(form);
for (const [form, base] of [
  ['found', 'find'],
  ['saw', 'see'],
  ['left', 'leave'],
  ['felt', 'feel'],
  ['lay', 'lie'],
]) {
  lemmas.set(form!, base!);
}
const bases = new Set([...REGULAR.trim().split(/\s+/), ...new Set(lemmas.values())]);

/** The base form of a verb, as its stem: "drank" and "drinking" are both "drink". */
export function verbStem(lower: string): string {
  const known = lemmas.get(lower);
  if (known) return stem(known);
  const ing = /^(.+)ing$/.exec(lower)?.[1];
  const base =
    ing && (lemmas.get(ing) ?? lemmas.get(`${ing}e`) ?? lemmas.get(ing.replace(/(.)\1$/, '$1')));
  if (base) return stem(base);
  if (lower.endsWith('ies') && lemmas.has(`${lower.slice(0, -3)}y`))
    return stem(`${lower.slice(0, -3)}y`); // "flies"
  const third = /^(.+?)e?s$/.exec(lower)?.[1];
  const present = third && (lemmas.get(third) ?? lemmas.get(`${third}e`));
  return stem(present ?? lower);
}

const regularStems = new Set([...bases].map((base) => stem(base)));

/** Whether the word is a form of a verb that is known. */
export function isVerbForm(lower: string): boolean {
  return lemmas.has(lower) || regularStems.has(verbStem(lower));
}

/** Whether the word can be the verb of a sentence by itself: not a gerund. */
export function isFinite(lower: string): boolean {
  return isVerbForm(lower) && !/.ing$/.test(lower);
}

/** "repaired", "drank", "taken": what was, or what was done to something. */
export function isPast(lower: string): boolean {
  return (
    past.has(lower) ||
    (/[^aeiou]ed$|[aeiou]ed$/.test(lower) && !bases.has(lower) && lower.length > 3)
  );
}

/** Form of the third person: "carry" → "carries", "watch" → "watches". */
export function thirdPerson(base: string): string {
  const irregular: Record<string, string> = {
    have: 'has',
    be: 'is',
    do: 'does',
    go: 'goes',
    am: 'is',
    are: 'is',
  };
  if (Object.hasOwn(irregular, base)) return irregular[base]!;
  if (/[^aeiou]y$/.test(base)) return `${base.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(base) ? `${base}es` : `${base}s`;
}

/** Verbs by which something becomes, or is, somebody's. */
const ACQUIRING = new Set(
  'have get got adopt buy own rescu inherit receiv rais keep purchas acquir possess'.split(' '),
);

export function isAcquiring(verb: string): boolean {
  return ACQUIRING.has(verb);
}

/** Verbs that say nearly the same, by one name for all of them. */
const SAME_VERB = new Map(
  [
    'live resid dwell inhabit settl', 'like love enjoi ador fanci', 'hate detest dislik loath', 'want desir crave',
    'buy purchas', 'have own possess', 'get acquir obtain receiv', 'repair fix mend', 'eat devour consum munch',
    'begin start', 'end finish', 'hide stash', 'cook prepar', 'depart leav', 'employ hire', 'create make craft build assembl',
    'talk speak chat', 'move reloc emigr immigr', 'phone call', 'marri wed', 'studi major',
  ].flatMap((group) => {
    const [first = '', ...rest] = group.split(' ');
    return rest.map((other) => [other, first] as const);
  }),
); // prettier-ignore

/** Two verbs with one meaning have one name. */
export function verbMeaning(verb: string): string {
  return SAME_VERB.get(verb) ?? verb;
}
