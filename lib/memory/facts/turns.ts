import { ANIMALS, PEOPLE } from './lexicon.js';
import { neededWords } from './needed-words.js';

/**
 * A turn of phrase, over the words of a sentence in lower case, and what it comes to. In a pattern, OWNER is "i" or "my
 * brother", OWNERS "my" or "my brother's", KIN somebody's relative or animal, NOUN one to three words, VALUE what is told.
 */
export interface Turn {
  /** Compiled when it is first asked for. */
  readonly said: RegExp;
  /** Sets of words: a sentence that the pattern fits has one of each. */
  readonly needs: readonly ReadonlySet<string>[];
  readonly as: readonly string[];
  /** The value is a proper name. */
  readonly proper: boolean;
}

/** Letters put before the words for people and for animals: patterns that held those words took a second to compile. */
const PERSON_MARK = 'ᵖ';
const ANIMAL_MARK = 'ᵃ';
const PET = `${ANIMAL_MARK}[\\p{L}-]+`;
const PERSON_OR_PET = `[${PERSON_MARK}${ANIMAL_MARK}][\\p{L}-]+`;
const KIN = `(?:my|our|his|her|their) (?:[\\p{L}-]+ ){0,2}?${PERSON_OR_PET}(?: 's ${PERSON_OR_PET})?`;
const PARTS: Readonly<Record<string, string>> = {
  OWNERS: `(?<owners>my|our|his|her|their|${KIN} 's)`,
  OWNER: `(?<owner>i|we|he|she|they|${KIN})`,
  KIN: `(?<kin>${KIN})`,
  PET: `(?<pet>(?:(?:new|little|old|big|small|baby|rescue) )?${PET})`,
  NOUN: '(?<noun>(?!(?:one|thing)\\b)[\\p{L}-]+(?: (?!(?:is|are|was|do|does|did|i|that|which)\\b)[\\p{L}-]+){0,2}?)',
  VALUE: '(?<value>[^,:;]{1,80}?)',
  NAME: '(?<value>[^,:;]{1,60}?)',
  LIKE: '(?:(?:really|absolutely|always|have always) )?(?:like|likes|love|loves|prefer|prefers|enjoy|enjoys|adore|adores|loved|liked|preferred)',
  MOST: "(?:the )?(?:most|best|more)(?: (?:of|than|out of)(?: them)?(?: all| any| any other| anything else| everything else)?)?|above (?:all|everything)(?: others| else)?",
  TOP: '(?:(?:absolute|all-time|all time|personal|number one|number-one|current|very) )*(?:favou?rite|fave|preferred|best-loved|best loved|most-loved|most loved|go-to|top|number-one|number one)(?: (?:kind|type|sort|style|genre) of)?',
  IS: "(?:is|are|'s|was|were|would be|has to be|have to be|must be|will always be|has always been|have always been|happens to be|turns out to be|might be)",
  GIVE: '(?:buy|bought|buys|get|got|gets|give|gave|gives|gift|gifted|order|ordered|make|made|send|sent)',
}; // prettier-ignore

/** A word as the patterns of turns see it. */
export function marked(lower: string): string {
  if (PEOPLE.has(lower)) return PERSON_MARK + lower;
  return ANIMALS.has(lower) ? ANIMAL_MARK + lower : lower;
}

/** Words for people and animals that a pattern names, and not its groups, which are named so too. */
const NAMED_WORD = new RegExp(
  `(?<![<\\p{L}-])(?:${[...PEOPLE, ...ANIMALS].join('|')})(?![\\p{L}-])`,
  'gu',
);

function turn(said: string, as: string | readonly string[], proper = false): Turn {
  const pattern = said.replace(/\b[A-Z]{2,}\b/g, (word) => PARTS[word] ?? word);
  let compiled: RegExp | undefined;
  return {
    get said() {
      const marking = (word: string) => `(?:${marked(word)}|${word})`;
      return (compiled ??= new RegExp(`^${pattern.replace(NAMED_WORD, marking)}$`, 'du'));
    },
    needs: neededWords(pattern),
    as: [as].flat(),
    proper,
  };
}

const NUMBER = '(?<value>\\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
/** Those of whom somebody has a number. */
const RELATIVES =
  '(?:(?:older |younger |little |big |grown )?(?:sisters|brothers|siblings|kids|children|sons|daughters|cats|dogs|pets|grandchildren|grandsons|granddaughters|cousins|nephews|nieces|aunts|uncles))';
/** A colour may be two words: "burnt orange". */
const SHADE =
  '(?:(?:dark|light|pale|bright|deep|burnt|burned|royal|navy|sky|forest|lime|mint|hot|electric|dusty|pastel|off|jet|snow|blood|cherry|steel|baby|powder|rose|sage|neon)[ -])';
const KINDS =
  'colou?r|band|film|movie|song|book|novel|team|sport|game|food|dish|drink|number|city|season|fruit|animal|flower|singer|author|show|series|artist';
/** How food and drink may be. */
const SERVED =
  '(?:black|white|strong|weak|hot|cold|iced|warm|mild|spicy|sweet|unsweetened|plain|dry|rare|medium|well|poached|scrambled|fried|boiled|soft|hard|crispy|raw|dark|light|with|without|extra|over)';
const NAMED = '(?:call|calls|called|name|named|nickname|nicknamed|christened|dubbed)';
const MEALS = '(?<meal>breakfast|lunch|dinner|supper|brunch)';

/** Statements. */
export const TOLD: readonly Turn[] = [
  turn('(?<what>.{1,60}?) (?:happens?|turns?|turned)(?: out)? to be (?<who>.{1,60})', 'WHAT is WHO'),
  turn(`OWNER (?:am|is|'s) ${NUMBER}(?: now| already| today| these days)?`, 'OWNER turned VALUE'),
  turn('(?:.* )?(?:an?|my|our) (?<value>\\d{1,3})[- ]years?[- ]old (?<who>[\\p{L}-]+)(?: .*)?', 'my WHO is VALUE years old'),
  turn('(?:i|we) (?:.{1,30} )?report(?:s)? to NAME', 'my boss is VALUE', true),
  turn('(?:i|we) work (?:for|under) a (?:boss|manager) (?:named|called) NAME', 'my boss is VALUE', true),
  turn('(?:.* )?know(?:s|n)? (?:me )?(?:to (?:everyone|everybody|all|my friends) )?as NAME', 'I am named VALUE', true),
  turn('(?:.* )?NAME (?:took over|has taken over|takes over|is taking over|stepped in|was promoted|will be taking over) as OWNERS NOUN(?: (?:now|this|last|since|in) ?.*)?', 'OWNERS NOUN is VALUE', true),
  turn('(?:i|we)(?: would|\'d)? (?:rather )?(?:pick|choose|take|go for|have) VALUE over (?<what>[^,]{1,40}?)(?: (?:any day|any time|anytime|always|every time))?', 'I prefer VALUE to WHAT'),
  turn('(?:i|we) (?:am|are|\'m) (?:much )?more (?:of )?an? (?<value>[\\p{L}-]+) (?:person|lover|fan|drinker|guy|girl|type) than an? (?<what>[\\p{L}-]+)(?: (?:person|one|lover|fan|drinker|guy|girl|type))?', 'I prefer VALUE to WHAT'),
  turn('(?:i|we) (?:wear|take|need) (?:an? )?size (?<value>\\d+(?:\\.\\d)?|xs|s|m|l|xl|xxl)(?: in)? (?<what>shoes?|dress|dresses|shirts?|trousers|pants|jeans|hats?|gloves?|boots?|jackets?|rings?|coats?|suits?)', 'my WHAT size is VALUE'),
  turn('OWNERS NOUN IS (?<what>an? [^,]{1,40}?) (?:called|named) NAME', ['OWNERS NOUN is named VALUE', 'OWNERS NOUN is WHAT'], true),
  turn(`OWNER (?:usually |always )?(?:take|takes|like|likes|drink|drinks|prefer|prefers|have|has|want|wants) OWNERS NOUN (?<value>${SERVED}\\b.{0,60})`, 'OWNERS NOUN preference is VALUE'),
  turn('it (?:is|\'s) me ,? ?NAME', 'I am named VALUE', true),
  turn('(?:they|(?:i|we) (?:was|were|got|have been|am)) (?:just )?(?:hired|employed|promoted|appointed|taken on|took on) (?:me )?(?:as|to) VALUE', 'I work as VALUE'),
  turn('(?:(?:i|we|got|just|there) .*)?\\b(?:an?|this|the|that) PET\\b (?:.* )?(?:his|her|its|the) name (?:is|\'s) NAME', 'my PET is named VALUE', true),
  turn('(?:(?:i|we|got|just|there) .* )?(?:an?|this|another) PET (?:who is |that is |whose name is |who \'s )?(?:called|named) NAME(?: (?:today|yesterday|last .*|this .*))?', 'my PET is named VALUE', true),
  turn('NAME ,? ?(?:that|this) (?:is|\'s) KIN', 'KIN is named VALUE', true),
  turn('NAME teach(?:es)? (?:me|us) NOUN', 'my NOUN teacher is VALUE', true),
  turn('(?:the|my) (?:person|one|teacher|man|woman) who teaches (?:me|us) NOUN IS NAME', 'my NOUN teacher is VALUE', true),
  turn('(?:i|we) have NAME (?:for|in) (?<noun>math|maths|history|english|physics|chemistry|biology|french|german|spanish|latin|art|music|geography|science|pe|sports)', 'my NOUN teacher is VALUE', true),
  turn('(?:i think |i believe |for me ,? ?)?VALUE IS the (?:best|greatest|finest|nicest|coolest|most beautiful) NOUN(?: ever| of all(?: time)?| in the world| there is)?', 'my favourite NOUN is VALUE'),
  turn('(?:there is|there \'s) no NOUN (?:that )?OWNER LIKE (?:better|more) than VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('no (?:other )?NOUN (?:comes close to|beats|compares to|is better than) VALUE', 'my favourite NOUN is VALUE'),
  turn('the NOUN (?:that )?OWNER (?:adore|love|prefer|adores|loves|prefers) IS VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('OWNER (?:gave|give|have given) KIN the (?:name|nickname)(?: of)? VALUE', 'KIN is named VALUE'),
  turn('VALUE (?:makes|make|gives|give) (?:me|us) [^,]{1,40} ,? ?(?:and |so |because )?i (?:am|\'m) allergic(?: to (?:it|them|that))?', 'I am allergic to VALUE'),
  turn('OWNERS (?:TOP )?NOUN used to be (?<was>[^,]{1,40}?) ,? ?(?:but )?(?:now|these days|today|nowadays) (?:it is|it \'s) VALUE', 'OWNERS NOUN is VALUE'),
  turn('OWNER (?:am |is |\'m )?(?:busy |currently |now |trying to |started |have been |has been |been )*(?:learning|learn) VALUE', 'OWNER learn VALUE'),
  turn('OWNERS NOUN of choice IS VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('OWNER (?:had|ate|have|eat|has|eats) VALUE (?:for|at) (?:my |our )?(?<meal>breakfast|lunch|dinner|supper|brunch)(?:time)?(?: today| yesterday)?', 'I ate VALUE for MEAL'),
  turn(`(?:my |our |the |today 's )?${MEALS}(?: today| yesterday)? (?:is|was|will be|consisted of) VALUE`, 'I ate VALUE for MEAL'),
  turn(`(?:i|we) (?:.{1,40} )?(?:have|got|with|had) ${NUMBER} (?<what>${RELATIVES})`, 'I have VALUE WHAT'),
  turn(`there are ${NUMBER} (?<what>${RELATIVES}) in (?:my|our) (?:family|house|home|household)`, 'I have VALUE WHAT'),
  turn('(?:the|my) NOUN (?:(?:that|which) )?OWNER LIKE (?:MOST) IS VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('VALUE IS the NOUN (?:(?:that|which) )?OWNER LIKE (?:MOST)', 'OWNERS favourite NOUN is VALUE'),
  turn('(?:out )?(?:of|among) all (?:the |my |types of |kinds of )?NOUN ,? ?OWNER LIKE VALUE(?: (?:MOST))?', 'OWNERS favourite NOUN is VALUE'),
  turn('OWNER LIKE VALUE (?:(?:MOST) )?(?:out )?(?:of|among) all (?:the |other )?NOUN', 'OWNERS favourite NOUN is VALUE'),
  turn('OWNER LIKE VALUE (?:more than|over|above|better than) (?:any|every|all) (?:other )?NOUN', 'OWNERS favourite NOUN is VALUE'),
  turn('the best NOUN (?:that )?OWNER (?:have |has )?ever [\\p{L}]+ IS VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('VALUE IS the best NOUN (?:that )?OWNER (?:have |has )?ever [\\p{L}]+', 'OWNERS favourite NOUN is VALUE'),
  turn('(?:nothing|no [\\p{L}-]+) (?:beats|tops|compares to|compares with|is better than) VALUE ,? ?(?:(?:it is |it \'s |that is |that \'s |as )?)OWNERS TOP NOUN', 'OWNERS favourite NOUN is VALUE'),
  turn('when it comes to (?:the )?NOUN ,? ?OWNER LIKE VALUE(?: (?:MOST))?', 'OWNERS favourite NOUN is VALUE'),
  turn('when it comes to (?:the )?NOUN ,? ?VALUE IS (?:OWNERS TOP|the best)(?: one)?', 'my favourite NOUN is VALUE'),
  turn('OWNERS TOP NOUN (?:of all (?:time )?)?IS VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('VALUE IS OWNERS TOP NOUN(?: of all(?: time)?)?', 'OWNERS favourite NOUN is VALUE'),
  turn('as for (?:OWNERS )?(?:TOP )?NOUN , (?:it IS |that IS |it would be |i would say |i \'d say )VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('if OWNER had to (?:pick|choose|name) (?:a|one|my) (?:TOP )?NOUN ,? ?(?:it|that) (?:would|will|\'d) be VALUE', 'OWNERS favourite NOUN is VALUE'),
  turn('OWNER LIKE (?:to eat|eating) VALUE (?:MOST)', 'OWNERS favourite food is VALUE'),
  turn('OWNER LIKE (?:to drink|drinking) VALUE (?:MOST)', 'OWNERS favourite drink is VALUE'),
  turn('OWNER (?:use|uses|chose|choose|picked|pick|selected|set|took|take|have|has|got|went with|bought) VALUE (?:as|for|to be) OWNERS (?!birthday|christmas|anniversary|wedding|graduation|trip|holiday|breakfast|lunch|dinner)NOUN', 'OWNERS NOUN is VALUE'),
  turn('VALUE IS what OWNER (?:use|uses|chose|picked|have|has|call|calls) (?:as|for) OWNERS NOUN', 'OWNERS NOUN is VALUE'),
  turn('(?:(?:remember|note|save|store|write down|here is|here \'s|this is|know) )?OWNERS NOUN ,? ?(?:it is|it \'s|it\'s|which is|that is|:) VALUE', 'OWNERS NOUN is VALUE'),
  turn('KIN , (?<what>an? [^,]{1,40}?) (?:called|named) NAME , (?<rest>.*)', ['KIN is named VALUE', 'KIN is WHAT', 'KIN REST'], true),
  turn('KIN , (?<what>an? [^,]{1,40}?) , (?<rest>.*)', ['KIN is WHAT', 'KIN REST']),
  turn('OWNER go(?:es)? by (?:the )?(?:name|nickname)(?: of)? VALUE', 'OWNER am named VALUE'),
  turn(`OWNER (?:have |has |just |had )*(?:painted|repainted|dyed|coloured|colored|sprayed) OWNERS NOUN (?<value>${SHADE}?[\\p{L}-]+)`, 'OWNERS NOUN is VALUE'),
  turn('(?<time>(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?|today|tomorrow) IS (?<what>(?:the |our |my )?[\\p{L}-]+ (?:day|night|evening|morning))', 'WHAT is on TIME'),
  turn('OWNER (?:owe|owes|lent|loaned|paid|gave|sent) NAME (?<what>[$€£]?\\d[\\d.,]*(?: [\\p{L}]+)?)', 'OWNER owe WHAT to VALUE', true),
  turn('(?:.* )?KIN , NAME(?: , .*)?', 'KIN is named VALUE', true),
  turn('(?:.* )?NAME , KIN(?: , .*)?', 'KIN is named VALUE', true),
  turn('(?:say (?:hi|hello) to|meet|greet|this is|here is|here \'s|introducing) NAME , KIN', 'KIN is named VALUE', true),
  turn('(?:say (?:hi|hello) to|meet|greet|this is|here is|here \'s|introducing) KIN ,? ?NAME', 'KIN is named VALUE', true),
  turn(`OWNER (?:decided to |have |has |just )*${NAMED} her NAME`, 'she is named VALUE', true),
  turn('there (?:is|\'s) an? PET (?:living |now |here )*(?:at home|(?:in|at) (?:my|our) (?:house|home|family|household|place|flat|life)|with (?:me|us))(?: now| too)?', 'I have a PET'),
  turn('being an? VALUE IS OWNERS (?:job|profession|occupation|work|trade|career)', 'OWNER work as a VALUE'),
  turn('OWNER (?:have|has|celebrate|celebrates) OWNERS birthday on VALUE', 'OWNERS birthday is VALUE'),
  turn('(?:my |our )?(?:mum|mom|mother|mummy|mommy|mama|ma) and (?:my |our )?(?:dad|father|daddy|papa|pa) (?<rest>.*)', 'my parents REST'),
  turn('(?:my |our )?(?:dad|father|daddy|papa|pa) and (?:my |our )?(?:mum|mom|mother|mummy|mommy|mama|ma) (?<rest>.*)', 'my parents REST'),
  turn(`OWNER LIKE the (?<noun>${KINDS}) (?<value>[^,:;]{1,40}?) (?:MOST)`, 'OWNERS favourite NOUN is VALUE'),
  turn('NAME the PET .*', 'my PET is named VALUE', true),
  turn('.*\\b(?:my|our|a|an|the|this|that) PET\\b.*\\b(?:name|named|call|called|naming|calling|christened|dubbed) (?:him|her|it|them) NAME', 'my PET is named VALUE', true),
  turn('(?:.* )?(?:decided|decide|going|want|wanted|chose|ended up|end up) (?:to )?(?:name|naming|call|calling) KIN NAME', 'KIN is named VALUE', true),
  turn('(?:there is|there \'s) an? PET .*\\b(?:called|named) NAME', 'my PET is named VALUE', true),
  turn('OWNER (?:am |is |\'m |have |has )?(?:got |having |seeing |see |visiting |visit )?(?:an |the |my |a )?(?:appointment|meeting|checkup|session) (?:with|at) (?:the |my |a )?NOUN (?<time>(?:on|at|in|this|next|tomorrow|today|tonight|every)\\b.*)', 'OWNERS NOUN appointment is TIME'),
  turn('OWNER (?:am |is |\'m |will be |will )?(?:seeing|see|visiting|visit) (?:the|my|an?) NOUN (?<time>(?:on|at|in|this|next|tomorrow|today|tonight|every)\\b.*)', 'OWNERS NOUN appointment is TIME'),
  turn('OWNERS (?:appointment|meeting|session) (?:with|at) (?:the |my |a )?NOUN IS (?<time>.*)', 'OWNERS NOUN appointment is TIME'),
  turn('OWNER GIVE KIN (?<value>(?:an?|the|some|two|three|new)\\b[^,]{1,60}?)(?: (?:for|on|as)\\b.*)?', 'my gift for KIN is VALUE'),
  turn('OWNER GIVE (?<value>(?:an?|the|some|two|three|new)\\b[^,]{1,60}?) (?:for|to) KIN(?: (?:for|on|as)\\b.*)?', 'my gift for KIN is VALUE'),
]; // prettier-ignore

/** "my sister is not Anna but Hanna" */
export const CONTRAST: readonly Turn[] = [
  turn('OWNER (?:can|could) not (?:have|eat|touch|handle|tolerate|take|stand|go near|be near) VALUE ,? ?(?:because |as |since )?(?:i am |i \'m |he is |she is |it is )?(?:an )?allerg(?:ic|y)', 'OWNER am allergic to VALUE'),
  turn('(?:my|our) body can not (?:handle|tolerate|take) VALUE ,? ?(?:i am )?allergic', 'I am allergic to VALUE'),
  turn('(?<who>[^,]{1,60}?) IS not (?<wrong>[^,]{1,40}?) ,? ?(?:but|it is|it \'s|he is|he \'s|she is|she \'s|they are|rather) VALUE', 'WHO is VALUE'),
  turn('not (?<wrong>[^,]{1,40}?) ,? ?but (?<value>[^,]{1,40}?) IS (?<who>.{1,60})', 'VALUE is WHO'),
  turn('it IS not (?<wrong>[^,]{1,40}?) ,? ?but (?<value>[^,]{1,40}?) (?:who|that) is (?<who>.{1,60})', 'VALUE is WHO'),
]; // prettier-ignore

/** Questions. */
export const ASKED: readonly Turn[] = [
  turn('(?:the |my )NOUN (?:that )?OWNER LIKE(?: (?:MOST))?', 'what is OWNERS favourite NOUN'),
  turn('how (?:do|does) OWNER (?:usually |always |normally )?(?:take|like|drink|prefer|have|want) OWNERS NOUN', 'what is OWNERS NOUN preference'),
  turn('(?:what|which) NOUN (?:is|are) (?:mine|ours)', 'what is my NOUN'),
  turn('what (?:am|is|was) OWNER (?:employed|hired|working) as', "what is OWNERS job"),
  turn('(?:(?:what is|what \'s|what was) )?the number of OWNERS NOUN', 'how many NOUN do I have'),
  turn('how many NOUN (?:have|has) OWNER got', 'how many NOUN do OWNER have'),
  turn('who teach(?:es)? (?:me|us) NOUN', 'who is my NOUN teacher'),
  turn('(?:what|which|who) teacher do (?:i|we) have (?:for|in) NOUN', 'who is my NOUN teacher'),
  turn(`what (?:is|was|did i have|did we have|'s)(?: for)?(?: my| our)? ${MEALS}(?: today| yesterday)?`, 'what did I eat for MEAL'),
  turn('(?<what>.* )(?:that|this|the) (?<noun>[\\p{L}-]+) of mine(?<who> .*)?', 'WHAT my NOUN WHO'),
  turn('(?<what>(?:my|our|the) .{1,60}) (?:is|are|was)', 'what is WHAT'),
  turn('(?:what|which) (?:day|date)(?: of the week)? is (?:it|this)(?: today| now)?', 'what is today'),
  turn('(?:what|which) (?:day|date) is today', 'what is today'),
  turn('how much (?:money )?(?:do|does) OWNER owe (?:to )?(?<who>.*)', 'how much do OWNER owe to WHO'),
  turn('(?:what|which) NOUN (?:do|does) OWNER LIKE(?: (?:MOST))?', 'what is OWNERS favourite NOUN'),
  turn('(?:what|which) NOUN (?:is|are|\'s) OWNERS TOP(?: one)?', 'what is OWNERS favourite NOUN'),
  turn('(?:what|who|which)(?: is| are| \'s) OWNERS TOP NOUN(?: of all(?: time)?)?', 'what is OWNERS favourite NOUN'),
  turn('(?:what|which) NOUN (?:do|does|did|have|has) OWNER (?:use|used|choose|chosen|pick|picked|set|select|have|go with|take|own|go for)', 'what is OWNERS NOUN'),
  turn('(?:when|(?:at |on )?(?:what|which) (?:time|day|date)) (?:is|\'s|was|do|does) (?:OWNERS|the) (?:appointment|meeting|session) (?:with|at) (?:the |my |a )?NOUN', 'when is my NOUN appointment'),
  turn('(?:when|(?:at |on )?(?:what|which) (?:time|day|date)) (?:do|does|am|is|will) OWNER (?:see|seeing|visit|visiting|meet|meeting|be seeing|go to|going to) (?:the|my|an?) NOUN', 'when is OWNERS NOUN appointment'),
  turn('(?:what|which) (?:(?:present|gift|thing) )?(?:did|do|have|am) OWNER GIVE (?:for |to )?KIN', 'what is my gift for KIN'),
  turn('(?:what|which) (?:present|gift) (?:did|do|have|am) OWNER GIVE (?:for |to )?KIN', 'what is my gift for KIN'),
  turn('(?:what|which) colou?r (?:do|does|did|have|has|is|are|was) OWNER (?:paint|painted|repaint|dye|dyed|colou?r|colou?red|spray|painting) OWNERS NOUN', 'what colour is OWNERS NOUN'),
  turn(`how (?:did|do|does|have|has) OWNER (?:end up )?(?:${NAMED}|naming|calling) KIN`, 'what is the name of KIN'),
  turn('(?:what|which) language (?:am|is|are|do|does) OWNER (?:currently |now )?(?:studying|study|practising|practicing|taking up|picking up)', 'what language do OWNER learn'),
  turn('(?:when|(?:on )?(?:what|which) (?:day|days|time|weekday)) (?:do|does) OWNER (?:have|attend|go to|do) (?:my |the )?NOUN', 'when is OWNERS NOUN class'),
  turn('(?:what|which) colou?r (?:do|does) OWNERS NOUN have', 'what colour is OWNERS NOUN'),
  turn('(?:(?:what|which)(?: is| \'s) )?(?:the )?colou?r of OWNERS NOUN', 'what colour is OWNERS NOUN'),
  turn('(?:what|which)(?: is| are| \'s) OWNERS (?<noun>car|bike|house|door|front door|hair|eye|room|kitchen|cat|dog|coat|bag|umbrella|sofa|couch|bicycle|phone|jacket|hat|tent|boat|van|truck)(?: \'s)? colou?r', 'what colour is OWNERS NOUN'),
  turn('(?:what|which) colou?r (?:is|are) the NOUN (?:that )?OWNER (?:drive|have|own|ride|wear|drives|has|owns|rides|wears)', 'what colour is OWNERS NOUN'),
  turn('how (?:do|can) i (?:get on|get onto|log (?:on to|onto|into|in to)|connect to|join|use) (?:the |my |our )?(?<noun>wifi|wi-fi|internet|network)', 'what is my NOUN password'),
]; // prettier-ignore
