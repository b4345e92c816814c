import { isAuxiliaryWord } from './asking.js';
import { type Entity, type Frame, headOf, type Phrase } from './frame.js';
import {
  ADVERBS,
  COPULAS,
  isAdjective,
  POSSESSIVES,
  PREPOSITIONS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { readNominal, startsTime } from './nominal.js';
import { paraphrases } from './paraphrases.js';
import type { Hole, Reading } from './reading.js';
import { StatementReader } from './statements.js';
import { nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';
import { ASKED_DO } from './verb-group.js';
import { afterVerbs, helping, subjectEnds } from './word-order.js';
import { isVerbForm } from './verbs.js';

/** Stands where the answer belongs in a question that was turned into a statement. */
export const GAP: Token = {
  text: 'Who',
  lower: '¿',
  start: 0,
  end: 0,
  kind: 'word',
  apostrophe: false,
};
const PLACE_NOUNS = new Set(
  'city town country place street village state region neighborhood area continent room building'
    .split(' ')
    .map(nounMeaning),
);
const STAYING = /^(?:live|resid|work|grow up|stay|sleep|go|come|travel|move|be \w+)$/;
const NAMING = /\b(?:call|name|nickname|dub|christen)\b/;

/** Turns the clause of a question into a statement with a gap, and reads that. */
export abstract class GapReader {
  protected readonly readings: Reading[] = [];

  constructor(protected readonly text: string) {}

  /** Turns "[does] my sister live in" into "my sister does live in ¿", for every place its subject may end. */
  protected clause(rest: readonly Token[], hole: Hole, preposition?: Token, human = false): void {
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
  protected withGap(tokens: readonly Token[], hole: Hole, human: boolean, subjectLength = 0): void {
    if (hole.part === 'age') {
      this.declarative(tokens, hole);
      return;
    }
    const stranded = strandedAt(tokens);
    const preposition = stranded !== undefined;
    if (/^(?:time|count)$/.test(hole.part) && stranded === tokens.length - 1) {
      // "what year was i born in", "how much did i sell it for"
      this.declarative(tokens.slice(0, -1), hole, human);
      return;
    }
    const owner = hole.part === 'owner';
    if (hole.part !== 'object' && !owner && !(hole.part === 'adjunct' && preposition)) {
      this.declarative(tokens, hole, human);
      return;
    }
    const gap = human ? GAP : { ...GAP, text: 'what' };
    const ends = preposition || tokens.some(({ lower }) => NAMING.test(lower));
    const verbs = tokens.findIndex(
      ({ lower }, at) =>
        at > 0 && at >= subjectLength && (isAuxiliaryWord(lower) || ASKED_DO.has(lower)),
    );
    let at = stranded === undefined ? tokens.length : stranded + 1;
    if (!ends) {
      at = verbs < 0 ? tokens.length : verbs + 1;
      while (at < tokens.length && (ADVERBS.has(tokens[at]!.lower) || tokens[at]!.lower === 'not'))
        at++;
      const isBe = verbs >= 0 && /^(?:am|is|are|was|were|'s|be|been)$/.test(tokens[verbs]!.lower);
      if (!isBe || /ing$|ed$|en$/.test(tokens[at]?.lower ?? '')) at = afterVerbs(tokens, at);
    }
    this.declarative([...tokens.slice(0, at), gap, ...tokens.slice(at)], hole, human);
  }

  protected declarative(tokens: readonly Token[], hole: Hole, human = false): void {
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
    if (hole.part === 'owner') {
      this.add({ hole, subject, relation: frame.relation, objects, adjuncts, past: frame.past });
      if (subject === undefined && frame.relation === 'be')
        this.add({ hole, subject, relation: 'name', objects, adjuncts });
      return;
    }
    if (stranded && hole.part === 'object') {
      found = { part: 'adjunct', preposition: stranded.preposition, noun: hole.noun };
      const placed = stranded.preposition !== 'from';
      if (hole.noun && placed && PLACE_NOUNS.has(hole.noun.at(-1)!))
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
    const { relation, negated, past, ended: former } = frame;
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
    this.add({ hole: found, subject, relation, objects, adjuncts, negated, past, human, former });
  }

  protected add({
    hole,
    subject,
    relation,
    objects = [],
    adjuncts = [],
    negated = false,
    past = false,
    human = false,
    former = false,
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
      former,
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

/** Where a preposition has lost its noun: "who did i have lunch |with| yesterday". */
function strandedAt(tokens: readonly Token[]): number | undefined {
  const at = tokens.findLastIndex(({ lower }) => PREPOSITIONS.has(lower));
  if (at < 1) return undefined;
  const ends = at === tokens.length - 1 || startsTime(tokens, at + 1);
  const timed = !/^(?:with|to|from|about)$/.test(tokens[at]!.lower);
  return ends && (at === tokens.length - 1 || !timed) ? at : undefined;
}

/** "allergic", "a pilot": what somebody may be. */
function isDescription(tokens: readonly Token[], at: number): boolean {
  const { lower } = tokens[at]!;
  return isAdjective(lower) || (/^an?$/.test(lower) && at + 1 < tokens.length);
}
