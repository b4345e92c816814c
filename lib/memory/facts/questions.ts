import { bare, isAuxiliaryWord, type Asked } from './asking.js';
import { USER } from './frame.js';
import { GAP, GapReader } from './gaps.js';
import {
  COPULAS,
  FIRST_PERSON,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { readNominal } from './nominal.js';
import { askedWords } from './overlap.js';
import type { Hole, Question } from './reading.js';
import { compoundMeaning, nounMeaning } from './thesaurus.js';
import { tokenize, type Token } from './tokens.js';
import { isFinite, isPast } from './verbs.js';
import { beginsSubject, helping, nounAt, subjectEnds, withoutDetours } from './word-order.js';

const TIME_NOUN = /^(?:time|day|date|year|month|weekday|hour|week)$/;
const MEASURES = /^(?:tall|big|heavy|long|high|wide|deep|large|fast|far|expensive|hot|cold|old)$/;

/** Reads a question. Undefined for what asks nothing that a memory could know. */
export function readQuestion(
  text: string,
  sentence: readonly Token[] = tokenize(text),
  asked: Asked = bare(sentence),
): Question | undefined {
  return new QuestionReader(text, asked).read();
}

/** "what |scares| me": no kind of thing. */
function isVerbOf(tokens: readonly Token[], at: number): boolean {
  const lower = tokens[at]?.lower ?? '';
  const third = isFinite(lower) && (/[^s]s$/.test(lower) || isPast(lower));
  const next = tokens[at + 1]?.lower ?? '';
  return third && (beginsSubject(tokens, at + 1) || FIRST_PERSON.has(next));
}

class QuestionReader extends GapReader {
  private readonly tokens: readonly Token[];

  constructor(text: string, asked: Asked) {
    super(text);
    this.tokens = withoutDetours(
      asked.tokens.filter(({ lower, kind }) => kind !== 'mark' || lower !== ','),
    );
  }

  read(): Question | undefined {
    if (this.tokens.length === 0) return undefined;
    const isCheck = !this.addressed() && !this.wh() && !this.anyThat() && !this.nominal();
    if (isCheck) this.check();
    const readings = this.readings.filter(
      ({ subject, objects }) =>
        subject?.root !== 'assistant' &&
        !objects.some(({ entity }) => entity?.root === 'assistant' && entity.steps.length > 0),
    );
    if (readings.length === 0) return undefined;
    return { check: isCheck, words: askedWords(this.tokens), readings };
  }

  /** "what should you call me": the user's name. */
  private addressed(): boolean {
    const asked = this.tokens.map(({ lower }) => lower).join(' ');
    if (
      !/^(?:what|how) (?:can|do|should|may|shall|must|will) (?:you|i be) call(?:ed)?(?: me)?$/.test(
        asked,
      )
    )
      return false;
    this.add({ hole: { part: 'object' }, subject: USER, relation: 'name' });
    return true;
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
      const said = this.tokens.slice(0, -1);
      if (last === 'where') this.declarative(said, { part: 'adjunct', role: 'place' });
      else if (last === 'when') this.declarative(said, { part: 'adjunct', role: 'time' });
      else this.declarative([...said, GAP], { part: 'object' });
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
      const noun = nounAt(this.tokens, at);
      this.whose(noun.map(nounMeaning), this.tokens.slice(at + noun.length));
      return true;
    } else if (word === 'how') return this.how(at);
    else if (
      /^(?:what|which)$/.test(word) &&
      !isAuxiliaryWord(lowers[at] ?? '') &&
      !beginsSubject(this.tokens, at)
    ) {
      const noun = isVerbOf(this.tokens, at) ? [] : nounAt(this.tokens, at);
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
      if (hole.part === 'object' && !any)
        hole = { part: 'object', noun: compoundMeaning(wanted.map(nounMeaning)) };
    }
    let rest = this.tokens.slice(at);
    // "what lunch is": no kind of thing, but what is asked about.
    if (rest.length === 1 && wanted.length > 0 && isAuxiliaryWord(rest[0]!.lower)) {
      this.withGap([...this.tokens.slice(at - wanted.length)], { part: 'object' }, false);
      return true;
    }
    if (rest.length > 1 && /^(?:best|most)$/.test(rest.at(-1)!.lower)) {
      rest = rest.slice(0, -1);
      if (wanted.length > 0)
        hole = { part: 'object', noun: compoundMeaning(wanted.map(nounMeaning)) };
    }
    if (rest.length === 0) return true;
    const human = word.startsWith('who');
    this.clause(rest, hole, preposition, human);
    return true;
  }

  /** "whose dog is Biscuit", "whose car did i borrow" */
  private whose(noun: readonly string[], rest: readonly Token[]): void {
    const [first, second] = rest;
    if (!first || noun.length === 0) return;
    const hole: Hole = { part: 'owner', noun };
    const asked = isAuxiliaryWord(first.lower) && !COPULAS.has(helping(first).lower);
    if (asked) return this.clause(rest, hole);
    // "whose coat is this": any that somebody has
    if (second && /^(?:it|this|that|these|those|they)$/.test(second.lower) && rest.length === 2) {
      this.add({ hole, subject: undefined, relation: undefined });
      return;
    }
    this.declarative([GAP, helping(first), ...rest.slice(1)], hole);
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
    // "gate code?"
    const plain = whole.next === this.tokens.length && whole.phrase.kind === 'bare';
    if (!definite && !(plain && this.tokens.length <= 4)) return false;
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
}
