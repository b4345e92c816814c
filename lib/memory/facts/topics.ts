/**
 * What people tell of themselves and of others every day, with the words in which it is told and asked for, and the
 * one sentence and question in which the grammar reads it. A sentence that speaks of a topic in whatever order, and of
 * nothing else, is said again in that form.
 */
export interface Topic {
  /** The sentence that says it: O the owner, O's what is the owner's, V the value; a star marks what agrees with O. */
  readonly told: string;
  /** The questions that ask for it. */
  readonly asked: readonly string[];
  readonly value: ValueForm;
  /** Words of which a statement about it has one; two with a plus must both be there. */
  readonly cues: string;
  /** Of these the cue is only one where the value is a proper name. */
  readonly weak?: string;
  /** Words that a statement or question about it may have besides. */
  readonly also: string;
  /** What a question about it has, by its question word; with = just that word, none that means the same. */
  readonly asks: Readonly<Partial<Record<Asker, string>>>;
  /** Prepositions before the value; '' for none. */
  readonly prepositions?: string;
  /** Past forms that say what is still so: "moved". Of other cues a past form says what is over. */
  readonly past?: string;
  /** It is told with "not": "can't stand". */
  readonly negated?: boolean;
  /** It is about a person or an animal that is not the user. */
  readonly other?: boolean;
}

/** The question word, with the adjective or noun that belongs to it; "tell me my age" asks "what". */
export type Asker =
  'what' | 'who' | 'where' | 'when' | 'how' | 'how many' | 'how much' | 'how old' | 'how tall';

/** What can be the value: a proper name, a place, a date, a number, digits, a measure, a kind of person, any thing. */
export type ValueForm =
  | 'name'
  | 'place'
  | 'date'
  | 'number'
  | 'clock'
  | 'digits'
  | 'measure'
  | 'class'
  | 'thing'
  | 'sport'
  | 'instrument'
  | 'language'
  | 'amount';

export const TOPICS: readonly Topic[] = [
  {
    told: 'O grew up in V', asked: ['where did O grow up'], value: 'place', prepositions: 'in at near around',
    cues: 'raise grow+up childhood upbringing', past: 'raised grew spent brought', also: 'bear grow up bring spend whole entire place town city country village small kid child young',
    asks: { where: 'raise grow+up childhood bring+up', what: 'grow+up raise childhood' },
  },
  {
    told: "O's hobby is V", asked: ["what is O's hobby"], value: 'thing', prepositions: ' into with on',
    cues: 'hobby pastime free+time spare+time take+up leisure', past: 'taken', also: 'time free spare do main favourite favorite spend weekend enjoy like love most fun up take leisure',
    asks: { what: 'hobby pastime free+time spare+time fun leisure', how: 'free+time spare+time leisure' },
  },
  {
    told: "O's flight is at V", asked: ["when is O's flight"], value: 'clock', prepositions: ' at on in for',
    cues: 'flight fly plane', past: 'scheduled booked', also: 'leave take depart departure off out schedule book time home back board start',
    asks: { when: 'flight fly plane', what: 'flight+time plane+time fly+time' },
  },
  {
    told: 'O live* in V', asked: ['where do* O live'], value: 'place', prepositions: 'in at near on outside to',
    cues: 'live reside base dwell lodge stay inhabit =moved =relocated =settled =emigrated call+home', weak: 'home house flat apartment place',
    past: 'moved relocated settled based emigrated called located situated',
    also: 'home house flat apartment place city town village country call find up down locate situate new family now currently own rent area part world',
    asks: { where: 'live reside base dwell stay home house flat apartment settle', what: 'live reside base city+my town+my home dwell settle' },
  },
  {
    told: 'O was* born in V', asked: ['where was* O born'], value: 'place', prepositions: 'in at near',
    cues: 'born birthplace birth', past: 'born raised', also: 'raise grow place city town country village come world first see light',
    asks: { where: 'born birth', what: 'born birthplace birth+place' },
  },
  {
    told: 'O come* from V', asked: ['where do* O come from'], value: 'place', prepositions: 'from in',
    cues: 'hail originate root origin hometown home+town', also: 'originally come city town country place lie',
    asks: { where: 'hail originate root origin hometown', what: 'hometown home+town origin native+city' },
  },
  {
    told: "O's birthday is V", asked: ["when is O's birthday"], value: 'date', prepositions: 'on in  is',
    cues: 'birthday born birth bday year+older', past: 'born', also: 'date older day celebrate fall turn every year come world be',
    asks: { when: 'birthday born bday birth year+older', what: 'birthday bday birth birthdate day+born date+born' },
  },
  {
    told: 'O am* V years old', asked: ['how old am* O'], value: 'number', prepositions: ' of at',
    cues: 'age old year+age yr =turned birthday', past: 'turned aged', also: 'live year years yr yrs old turn birthday celebrate just recently number',
    asks: { what: 'age', 'how old': 'old', 'how many': 'year+old age year+live' },
  },
  {
    told: 'O work* as a V', asked: ["what is O's job"], value: 'class', prepositions: ' as',
    cues: 'job profession occupation trade living career work+as employ+as livelihood serve+as professional earn+as professionally',
    past: 'employed trained qualified', also: 'earn make line work do money pay day main full time profession daily current bread bring crust',
    asks: { what: 'job profession occupation trade living career livelihood work', how: 'earn make+living make+money' },
  },
  {
    told: 'O work* at V', asked: ['where do* O work'], value: 'name', prepositions: ' at for by with of',
    cues: 'work employ job company employer workplace firm office payroll', past: 'employed started hired',
    also: 'start salary pay money earn do new get hire business place day name organisation organization current full part time',
    asks: { where: 'work job employ employed office workplace', who: 'employ employer work pay+salary', what: 'employer workplace company firm organisation business',  },
  },
  {
    told: "O's spouse is V", asked: ["who is O's spouse"], value: 'name', prepositions: ' to with',
    cues: 'married marry wed knot hitch better+half half spouse partner', past: 'married wed tied hitched',
    also: 'tie get wife husband happily name call year better other half soulmate life wedding ago since last',
    asks: { who: 'married marry wife husband spouse partner half wed', what: 'wife husband spouse partner half' },
  },
  {
    told: 'O am* allergic to V', asked: ['what am* O allergic to'], value: 'thing', prepositions: ' to of by from',
    cues: 'allergic allergy', also: 'reaction give bad badly severe severely body handle tolerate suffer terrible strong cause get serious mild trigger react eat food kind deadly',
    asks: { what: 'allergic allergy', who: 'allergy' },
  },
  {
    told: 'O drive* a V', asked: ['what car do* O drive'], value: 'thing', prepositions: ' in',
    cues: 'car vehicle drive automobile wheels get+around', past: 'bought got', also: 'own new around get make model brand kind buy run current everyday family main daily work',
    asks: { what: 'car vehicle drive automobile' },
  },
  {
    told: "O's phone number is V", asked: ["what is O's phone number"], value: 'digits', prepositions: ' on at under via is',
    cues: 'phone number cell mobile telephone reach call ring text dial contact', also: 'you can could may people contact always best new to if need want anytime get hold',
    asks: { what: 'phone telephone mobile cell reach call number ring contact', how: 'reach call+me contact', where: 'reach' },
  },
  {
    told: 'O study* V', asked: ['what do* O study'], value: 'thing', prepositions: ' in of',
    cues: 'study major degree student read+university course subject+university undergraduate', past: 'majored',
    also: 'university uni college school do take pursue currently subject degree work field at am year first second third final',
    asks: { what: 'study major degree subject course' },
  },
  {
    told: "O's native language is V", asked: ["what is O's native language"], value: 'language', prepositions: ' ',
    cues: 'mother+tongue native first+language', also: 'mother tongue language speaker speak first',
    asks: { what: 'tongue native first+language' },
  },
  {
    told: 'O speak* V', asked: ['what language do* O speak'], value: 'language', prepositions: ' in of',
    cues: 'speak fluent language tongue speaker bilingual native', past: 'spoken grew', also: 'mother tongue native first language can grow up fluently well home able perfectly speaker',
    asks: { what: 'speak fluent language' },
  },
  {
    told: 'O play* V', asked: ['what sport do* O play', "what is O's favourite sport"], value: 'sport', prepositions: ' at',
    cues: 'play sport train practise practice compete do', also: 'sport train weekend regularly club team local part of competitive play',
    asks: { what: 'sport' },
  },
  {
    told: 'O play* the V', asked: ['what instrument do* O play'], value: 'instrument', prepositions: ' ',
    cues: 'play instrument learn practise practice', past: 'played', also: 'instrument play learn main musical kid child music choice start',
    asks: { what: 'instrument' },
  },
  {
    told: 'O travel* to V', asked: ['where do* O travel to'], value: 'place', prepositions: 'to in for around through',
    cues: 'holiday vacation trip travel fly', past: 'booked planned', also: 'go book plan next summer winter month year spend head destination off take fly soon upcoming few week day family go',
    asks: { where: 'holiday vacation trip travel fly', what: 'destination' },
  },
  {
    told: 'O support* V', asked: ['which team do* O support'], value: 'name', prepositions: ' for of',
    cues: 'support root+for team cheer+for follow+team club', also: 'football soccer favourite favorite basketball baseball rugby hockey cricket team club fan root cheer always die hard local side',
    asks: { what: 'team club support root cheer', who: 'support root cheer' },
  },
  {
    told: 'O attend* V', asked: ['which school do* O attend'], value: 'name', prepositions: ' to at in',
    cues: 'school university uni college attend student pupil study enrol enroll', past: 'enrolled', also: 'go student study class currently name my pupil high year',
    asks: { where: 'study school university college attend', what: 'school university college uni attend' },
  },
  {
    told: 'O am* V tall', asked: ['how tall am* O'], value: 'measure', prepositions: ' at about around over under nearly',
    cues: 'tall height stand measure', also: 'about roughly high exactly just over under around nearly almost',
    asks: { what: 'height', 'how tall': 'tall', how: 'high+measure' },
  },
  {
    told: 'O weigh* V', asked: ['how much do* O weigh'], value: 'measure', prepositions: ' at about around over under nearly',
    cues: 'weigh weight heavy', also: 'about roughly exactly just over under around nearly scale say almost',
    asks: { what: 'weight', 'how much': 'weigh', how: 'heavy' },
  },
  {
    told: 'O am* reading V', asked: ['what am* O reading'], value: 'name', prepositions: ' of',
    cues: 'reading read', also: 'book novel middle currently start moment right now busy just present',
    asks: { what: 'read' },
  },
  {
    told: 'O hate* V', asked: ['what do* O hate'], value: 'thing', prepositions: ' of', negated: true,
    cues: 'hate stand+not dislike loathe detest despise like+not bear+not abhor', also: 'really something thing sight simply absolutely one cannot everything food most',
    asks: { what: 'hate dislike loathe detest despise stand+not like+not bear+not abhor' },
  },
  {
    told: 'O like* V', asked: ['what do* O like'], value: 'thing', prepositions: ' of on about into for to',
    cues: 'keen fond passion passionate mad crazy something+love something+like something+enjoy fan thing+love thing+like thing+enjoy',
    also: 'big huge really very great massive something thing one have be',
    asks: { what: 'keen fond passion passionate something+like something+love something+enjoy thing+like thing+love thing+enjoy' },
  },
  {
    told: 'O am* afraid of V', asked: ['what am* O afraid of'], value: 'thing', prepositions: ' of by',
    cues: 'afraid scare fear phobia terrify frighten terror', past: 'scared terrified frightened', also: 'most biggest big great irrational thing really have make give creep',
    asks: { what: 'afraid scare fear phobia terrify frighten' },
  },
  {
    told: 'O have* V kids', asked: ['how many kids do* O have'], value: 'number', prepositions: ' to of',
    cues: 'kid child parent+of father+of mother+of dad+of mum+of mom+of', also: 'parent father mother dad mum mom proud family little lovely total single',
    asks: { 'how many': 'kid child', what: 'number+child number+kid' },
  },
  {
    told: "O's shoe size is V", asked: ["what is O's shoe size"], value: 'number', prepositions: ' in is of',
    cues: 'shoe foot+size feet+size', also: 'size wear take need buy foot feet',
    asks: { what: 'shoe+size foot+size' },
  },
  {
    told: "O's blood type is V", asked: ["what is O's blood type"], value: 'thing', prepositions: ' ',
    cues: 'blood', also: 'type group', asks: { what: 'blood' },
  },
  {
    told: "O's star sign is V", asked: ["what is O's star sign"], value: 'name', prepositions: ' ',
    cues: 'star+sign zodiac', also: 'sign zodiac star astrological', asks: { what: 'star+sign zodiac' },
  },
  {
    told: 'O live* with V', asked: ['who do* O live with', "who is O's roommate"], value: 'name', prepositions: ' with',
    cues: 'live+with share+with', also: 'flat house apartment home place room live share together',
    asks: { who: 'live+with share+with roommate flatmate housemate', what: 'roommate flatmate housemate' },
  },
  {
    told: "O's rent is V", asked: ["how much is O's rent"], value: 'amount', prepositions: ' in for of',
    cues: 'rent', also: 'pay month week per cost monthly flat apartment high', asks: { what: 'rent', how: 'rent', 'how much': 'rent' },
  },
  {
    told: 'O earn* V', asked: ['how much do* O earn'], value: 'amount', prepositions: ' of',
    cues: 'salary earn paycheck wage', also: 'make month year week per annual yearly monthly hour before after tax',
    asks: { what: 'salary wage earn', 'how much': 'earn salary make' },
  },
  {
    told: 'O am* named V', asked: ["what is O's name"], value: 'name', prepositions: ' by to as', other: true,
    cues: 'name call respond answer introduce know =meet =greet hi hello =christened', past: 'named called christened known baptised baptized decided dubbed ended',
    also: 'go decide end up happen meet say hi hello greet new have get choose be please to everyone people know old little dear own actual full first adopt rescue year month last',
    asks: { what: 'name =call =called', who: 'name =call =called', how: '=call =called' },
  },
  {
    told: "O's teacher is V", asked: ["who is O's teacher"], value: 'name', prepositions: ' ', other: true,
    cues: 'teach', past: 'taught', also: 'class school', asks: { who: 'teach' },
  },
  {
    told: "O's coach is V", asked: ["who is O's coach"], value: 'name', prepositions: ' by',
    cues: 'coach', past: 'coached', also: 'team', asks: { who: 'coach' },
  },
  {
    told: 'O suffer* from V', asked: ['what do* O suffer from'], value: 'thing', prepositions: ' from with of',
    cues: 'suffer diagnose =diagnosed', past: 'diagnosed', also: 'condition illness disease be have chronic badly',
    asks: { what: 'suffer illness disease condition diagnose' },
  },
]; // prettier-ignore
