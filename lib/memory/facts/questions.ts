import { bare, isAuxiliaryWord, type Asked } from './asking.js';
import { type Entity, type Frame, headOf, type Phrase } from './frame.js';
import {
  ADVERBS,
  COPULAS,
  isAdjective,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { readNominal } from './nominal.js';
import { askedWords } from './overlap.js';
import { paraphrases } from './paraphrases.js';
import type { Hole, Question, Reading } from './reading.js';
import { StatementReader } from './statements.js';
import { nounMeaning } from './thesaurus.js';
import { tokenize, type Token } from './tokens.js';
import { ASKED_DO } from './verb-group.js';
import {
  afterVerbs,
  beginsSubject,
  helping,
  nounAt,
  subjectEnds,
  withoutDetours,
} from './word-order.js';
import { isVerbForm } from './verbs.js';

/** Stands where the answer belongs in a question that was turned into a statement. */
const GAP: Token = { text: 'Who', lower: '¿', start: 0, end: 0, kind: 'word', apostrophe: false };
const PLACE_NOUNS = new Set(
  'city town country place street village state region neighborhood area continent room building'
    .split(' ')
    .map(nounMeaning),
);
const TIME_NOUN = /^(?:time|day|date|year|month|weekday|hour|week)$/;
const STAYING = /^(?:live|resid|work|grow up|stay|sleep|go|come|travel|move|be \w+)$/;
const MEASURES = /^(?:tall|big|heavy|long|high|wide|deep|large|fast|far|expensive|hot|cold|old)$/;
const NAMING = /\b(?:call|name|nickname|dub|christen)\b/;

/** Reads a question. Undefined for what asks nothing that a memory could know. */
export function readQuestion(
  text: string,
  sentence: readonly Token[] = tokenize(text),
  asked: Asked = bare(sentence),
): Question | undefined {
  return new QuestionReader(text, asked).read();
}

class QuestionReader {
  private readonly readings: Reading[] = [];
  private readonly tokens: readonly Token[];

  constructor(
    private readonly text: string,
    asked: Asked,
  ) {
    this.tokens = withoutDetours(
      asked.tokens.filter(({ lower, kind }) => kind !== 'mark' || lower !== ','),
    );
  }

  read(): Question | undefined {
    if (this.tokens.length === 0) return undefined;
    const isCheck = !this.wh() && !this.anyThat() && !this.nominal();
    if (isCheck) this.check();
    const readings = this.readings.filter(
      ({ subject, objects }) =>
        subject?.root !== 'assistant' &&
        !objects.some(({ entity }) => entity?.root === 'assistant' && entity.steps.length > 0),
    );
    if (readings.length === 0) return undefined;
    return { check: isCheck, words: askedWords(this.tokens), readings };
  }

  /** "what …", "in which city …", "and my dog's name is what" */
  private wh(): boolean {
    const lowers = this.tokens.map(({ lower }) => lower);
    let at = 0;
    let preposition: Token | undefined;
    if (PREPOSITIONS.has(lowers[0]!) && QUESTION_WORDS.has(lowers[1] ?? '')) {
      preposition = this.tokens[0];
      at = 1;
    }
    const word = lowers[at]!;
    if (!QUESTION_WORDS.has(word)) {
      const last = lowers.at(-1)!;
      if (!QUESTION_WORDS.has(last) || lowers.length < 3) return false;
      this.declarative([...this.tokens.slice(0, -1), GAP], { part: 'object' });
      return true;
    }
    at++;
    let wanted: string[] = [];
    let hole: Hole = { part: 'object' };
    if (word === 'where') hole = { part: 'adjunct', role: 'place' };
    else if (word === 'when' && preposition?.lower === 'since')
      hole = { part: 'adjunct', role: 'duration' };
    else if (word === 'when') hole = { part: 'adjunct', role: 'time' };
    else if (word === 'why') hole = { part: 'adjunct', role: 'reason' };
    else if (word === 'whose') {
      hole = { part: 'owner' };
      wanted = nounAt(this.tokens, at);
      at += wanted.length;
    } else if (word === 'how') return this.how(at);
    else if (
      /^(?:what|which)$/.test(word) &&
      !isAuxiliaryWord(lowers[at] ?? '') &&
      !beginsSubject(this.tokens, at)
    ) {
      const noun = nounAt(this.tokens, at);
      const follows = this.tokens[at + noun.length];
      if (noun.length > 0 && (follows || this.tokens.length === at + noun.length)) {
        wanted = noun;
        at += noun.length;
        if (TIME_NOUN.test(noun.at(-1)!)) hole = { part: 'time' };
      }
    }
    if (wanted.at(-1) === 'number' && lowers[at] === 'of') return this.how(at - 1, 'many');
    if (wanted.length > 0) {
      if (
        lowers[at] === 'of' &&
        /^(?:kind|type|sort|brand|make|model|breed|piece|flavor|flavour|style|genre)$/.test(
          wanted.at(-1)!,
        )
      ) {
        const more = nounAt(this.tokens, at + 1);
        at += 1 + more.length;
        wanted = more;
      }
      const any = /^(?:thing|things|stuff|object|item|one|ones|person|people)$/.test(
        wanted.at(-1) ?? '',
      );
      if (hole.part === 'object' && !any) hole = { part: 'object', noun: wanted.map(nounMeaning) };
    }
    let rest = this.tokens.slice(at);
    // "what lunch is": no kind of thing, but what is asked about.
    if (rest.length === 1 && wanted.length > 0 && isAuxiliaryWord(rest[0]!.lower)) {
      this.withGap([...this.tokens.slice(at - wanted.length)], { part: 'object' }, false);
      return true;
    }
    if (rest.length > 1 && /^(?:best|most)$/.test(rest.at(-1)!.lower)) {
      rest = rest.slice(0, -1);
      if (wanted.length > 0) hole = { part: 'object', noun: wanted.map(nounMeaning) };
    }
    if (rest.length === 0) return true;
    const human = word.startsWith('who');
    this.clause(rest, hole, preposition, human);
    return true;
  }

  private how(at: number, as?: string): boolean {
    const lowers = this.tokens.map(({ lower }) => lower);
    const next = as ?? lowers[at] ?? '';
    if (isAuxiliaryWord(next) || beginsSubject(this.tokens, at)) {
      if (/^(?:called|named)$/.test(lowers.at(-1)!))
        this.clause(this.tokens.slice(at), { part: 'object' });
      else this.clause(this.tokens.slice(at), { part: 'manner' });
      return true;
    }
    if (next === 'many' || next === 'much') {
      const from = as === undefined ? at + 1 : at + 2;
      const noun = nounAt(this.tokens, from);
      const rest = this.tokens.slice(from + noun.length);
      const head = noun.length > 0 ? nounMeaning(noun.at(-1)!) : undefined;
      this.clause(rest, { part: 'count', noun: head, words: noun.map(nounMeaning) });
    } else if (next === 'old') this.clause(this.tokens.slice(at + 1), { part: 'age' });
    else if (next === 'long')
      this.clause(this.tokens.slice(at + 1), { part: 'adjunct', role: 'duration' });
    else if (next === 'often')
      this.clause(this.tokens.slice(at + 1), { part: 'adjunct', role: 'time' });
    else if (next === 'come')
      this.clause(this.tokens.slice(at + 1), { part: 'adjunct', role: 'reason' });
    else if (MEASURES.test(next))
      this.clause(this.tokens.slice(at + 1), { part: 'measure', adjective: nounMeaning(next) });
    return true;
  }

  /** Turns "[does] my sister live in" into "my sister does live in ¿", for every place its subject may end. */
  private clause(rest: readonly Token[], hole: Hole, preposition?: Token, human = false): void {
    const auxiliary = rest[0] && isAuxiliaryWord(rest[0].lower) ? rest[0] : undefined;
    const after = auxiliary ? 1 : 0;
    const ending =
      preposition && hole.part !== 'time' && preposition.lower !== 'since' ? [preposition] : [];
    if (rest.length === after) {
      if (hole.part === 'count') this.add({ hole, subject: undefined, relation: undefined });
      return;
    }
    if (hole.part === 'count' && rest[after]?.lower === 'there') {
      this.add({ hole, subject: undefined, relation: undefined });
      return;
    }
    let negation: Token[] = [];
    let from = after;
    if (rest[from]?.lower === 'not') negation = [rest[from++]!];
    if (from >= rest.length) return;
    if (!auxiliary && !this.embedded(rest[0]!)) {
      // "who painted the fence": the gap is the subject.
      const subject = hole.part === 'count' ? [...rest.slice(0, 0), GAP] : [GAP];
      this.declarative(
        [...subject, ...rest],
        hole.part === 'count'
          ? hole
          : { part: 'subject', noun: hole.part === 'object' ? hole.noun : undefined },
      );
      return;
    }
    if (
      auxiliary &&
      from + 1 < rest.length &&
      rest[from]!.lower.endsWith('ing') &&
      isVerbForm(rest[from]!.lower)
    ) {
      this.declarative([GAP, auxiliary, ...rest.slice(from)], { part: 'subject', noun: undefined });
      return;
    }
    if (!auxiliary) {
      // "where my sister lives": already in the order of a statement.
      this.withGap([...rest, ...ending], hole, human);
      return;
    }
    if (human && isDescription(rest, from) && COPULAS.has(helping(auxiliary).lower)) {
      const about = [GAP, helping(auxiliary), ...rest.slice(from)];
      this.declarative(about, { part: 'subject', noun: undefined });
      return;
    }
    // "where can i buy a tent" asks for advice
    const buying = /^(?:buy|get|order)$/.test(rest[from + 1]?.lower ?? '');
    if (buying && /^(?:can|could|should)$/.test(auxiliary.lower)) return;
    if (
      /^(?:in|on|at|under|inside|behind)$/.test(rest[from]!.lower) &&
      COPULAS.has(helping(auxiliary).lower)
    ) {
      // "what is on the list", "who is in the kitchen"
      const whole = readNominal(this.text, rest, from + 1);
      if (whole?.next === rest.length)
        this.add({ hole, subject: whole.entity, relation: 'be', tier: 1 });
      this.declarative([GAP, auxiliary, ...rest.slice(from)], { part: 'subject', noun: undefined });
      return;
    }
    for (const to of subjectEnds(this.text, rest, from)) {
      const subject = rest.slice(from, to);
      this.withGap(
        [...subject, helping(auxiliary), ...negation, ...rest.slice(to), ...ending],
        hole,
        human,
        to - from,
      );
    }
  }

  /** "what [my dog is called]", as after "tell me". */
  private embedded({ lower }: Token): boolean {
    return SUBJECT_PRONOUNS.has(lower) || POSSESSIVES.has(lower) || /^(?:the|a|an)$/.test(lower);
  }

  /** Puts the gap where the answer belongs, and reads the statement. */
  private withGap(tokens: readonly Token[], hole: Hole, human: boolean, subjectLength = 0): void {
    if (hole.part === 'age') {
      this.declarative(tokens, hole);
      return;
    }
    const preposition = PREPOSITIONS.has(tokens.at(-1)!.lower);
    if (hole.part !== 'object' && !(hole.part === 'adjunct' && preposition)) {
      this.declarative(tokens, hole, human);
      return;
    }
    const gap = human ? GAP : { ...GAP, text: 'what' };
    const ends = preposition || tokens.some(({ lower }) => NAMING.test(lower));
    const verbs = tokens.findIndex(
      ({ lower }, at) =>
        at > 0 && at >= subjectLength && (isAuxiliaryWord(lower) || ASKED_DO.has(lower)),
    );
    let at = tokens.length;
    if (!ends) {
      at = verbs < 0 ? tokens.length : verbs + 1;
      while (at < tokens.length && (ADVERBS.has(tokens[at]!.lower) || tokens[at]!.lower === 'not'))
        at++;
      const isBe = verbs >= 0 && /^(?:am|is|are|was|were|'s|be|been)$/.test(tokens[verbs]!.lower);
      if (!isBe || /ing$|ed$|en$/.test(tokens[at]?.lower ?? '')) at = afterVerbs(tokens, at);
    }
    this.declarative([...tokens.slice(0, at), gap, ...tokens.slice(at)], hole, human);
  }

  private declarative(tokens: readonly Token[], hole: Hole, human = false): void {
    for (const draft of new StatementReader(this.text, tokens).read()) {
      if (draft.kind === 'fact') this.addFrame(draft.frame, hole, human);
    }
  }

  private addFrame(frame: Frame, hole: Hole, human: boolean): void {
    const isGap = (phrase: Phrase) => phrase.words.includes('¿');
    const objects = frame.objects.filter((phrase) => !isGap(phrase));
    const adjuncts = frame.adjuncts.filter(({ phrase }) => !isGap(phrase));
    const stranded = frame.adjuncts.find(({ phrase }) => isGap(phrase));
    const subject = frame.subject.steps.some(({ head }) => head === '¿')
      ? undefined
      : frame.subject;
    let found: Hole = hole;
    if (
      stranded &&
      hole.part === 'adjunct' &&
      hole.role === 'place' &&
      !/^(?:at|in|on|to|near)$/.test(stranded.preposition)
    ) {
      found = { part: 'adjunct', preposition: stranded.preposition };
    }
    if (stranded && hole.part === 'object') {
      found = { part: 'adjunct', preposition: stranded.preposition, noun: hole.noun };
      if (hole.noun && PLACE_NOUNS.has(hole.noun.at(-1)!))
        found = { part: 'adjunct', role: 'place' };
    } else if (
      hole.part === 'object' &&
      hole.noun &&
      PLACE_NOUNS.has(hole.noun.at(-1)!) &&
      STAYING.test(frame.relation)
    ) {
      found = { part: 'adjunct', role: 'place' };
    }
    if (subject === undefined && found.part === 'object')
      found = { part: 'subject', noun: hole.part === 'object' ? hole.noun : undefined };
    const { relation, negated, past } = frame;
    if (relation === 'name' && /\bfull name$/i.test(frame.subjectText)) {
      this.add({
        hole: found,
        subject,
        relation,
        objects,
        adjuncts,
        negated,
        past,
        human,
        tier: 1,
      });
      return;
    }
    // "how many chairs was it", "how many chairs are there"
    // "what is a dog" asks about no dog in particular, "what time is it" about nothing told.
    const general = subject?.root === 'world' && /^an?\s/i.test(frame.subjectText);
    if (general || (hole.part === 'time' && subject?.root === 'it')) return;
    const vague = subject?.root === 'it' || /^there$/i.test(frame.subjectText);
    if (hole.part === 'count' && vague) {
      this.add({ hole, subject: undefined, relation: undefined });
      return;
    }
    this.add({ hole: found, subject, relation, objects, adjuncts, negated, past, human });
  }

  /** "is there any food i hate": which, if any. */
  private anyThat(): boolean {
    const lowers = this.tokens.map(({ lower }) => lower);
    if (!COPULAS.has(lowers[0]!) || lowers[1] !== 'there') return false;
    let at = 2;
    while (/^(?:any|a|an|some)$/.test(lowers[at] ?? '')) at++;
    const thing = /^(?:any|some)(?:thing|one|body|where)$/.test(lowers[at] ?? '');
    const noun = thing ? [] : nounAt(this.tokens, at);
    at += thing ? 1 : noun.length;
    if (/^(?:that|which|who)$/.test(lowers[at] ?? '')) at++;
    if (!SUBJECT_PRONOUNS.has(lowers[at] ?? '') || at + 1 >= lowers.length) return false;
    this.clause(this.tokens.slice(at), {
      part: 'object',
      noun: noun.length > 0 ? noun.map(nounMeaning) : undefined,
    });
    return true;
  }

  /** "my locker combination" after "tell me", or with a question mark alone. */
  private nominal(): boolean {
    const whole = readNominal(this.text, this.tokens, 0);
    if (!whole) return false;
    const [first] = this.tokens;
    if (isAuxiliaryWord(first!.lower)) return false;
    const next = this.tokens[whole.next];
    const loose = next && PREPOSITIONS.has(next.lower);
    if (whole.next < this.tokens.length && !loose) return false;
    const definite =
      POSSESSIVES.has(first!.lower) ||
      /^(?:the)$/.test(first!.lower) ||
      this.tokens.some(({ apostrophe, lower }) => apostrophe || POSSESSIVES.has(lower));
    if (!definite) return false;
    const is: Token = { ...GAP, text: 'is', lower: 'is' };
    this.declarative([...this.tokens, is, { ...GAP, text: 'what' }], { part: 'object' });
    return true;
  }

  /** "is my dog named Rex", or "my dog is named Rex" with a question mark. */
  private check(): void {
    const [auxiliary] = this.tokens;
    if (!auxiliary || !isAuxiliaryWord(auxiliary.lower)) {
      this.declarative(this.tokens, { part: 'check' });
      return;
    }
    const not = this.tokens[1]?.lower === 'not' ? 1 : 0;
    const from = 1 + not;
    if (from >= this.tokens.length) return;
    for (const to of subjectEnds(this.text, this.tokens, from)) {
      if (to >= this.tokens.length && !/^(?:is|are|was|were)$/.test(auxiliary.lower)) continue;
      this.declarative(
        [...this.tokens.slice(from, to), helping(auxiliary), ...this.tokens.slice(to)],
        { part: 'check' },
      );
    }
  }

  private add({
    hole,
    subject,
    relation,
    objects = [],
    adjuncts = [],
    negated = false,
    past = false,
    human = false,
    tier = 0,
  }: Partial<Reading> & {
    hole: Hole;
    subject: Entity | undefined;
    relation: string | undefined;
    human?: boolean;
  }): void {
    const reading: Reading = {
      tier,
      hole,
      subject,
      relation,
      objects,
      adjuncts,
      negated,
      past,
      human,
    };
    if (headOf(subject ?? { root: 'user', steps: [] }) === '') return;
    // Who somebody is, is no adjective.
    const whole = human && relation === 'be' && hole.part === 'object';
    const plain: Reading = whole
      ? { ...reading, tier: 1, hole: { ...hole, kinds: ['name', 'class', 'definite'] } }
      : reading;
    this.readings.push(plain, ...paraphrases(reading));
  }
}

/** "allergic", "a pilot": what somebody may be. */
function isDescription(tokens: readonly Token[], at: number): boolean {
  const { lower } = tokens[at]!;
  return isAdjective(lower) || (/^an?$/.test(lower) && at + 1 < tokens.length);
}
