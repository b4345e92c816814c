import { isAnimate } from './animate.js';
import { ComplementReader } from './complement.js';
import {
  below,
  type Draft,
  type Entity,
  type Frame,
  headOf,
  ownerOf,
  type Phrase,
} from './frame.js';
import { POSSESSIVES, PREPOSITIONS, SUBJECT_PRONOUNS, UNREAL } from './lexicon.js';
import { isCapital, type Nominal, phraseOf, readNominal, startsTime } from './nominal.js';
import { clausesOf, isOnlyNearly, leadIn } from './sentences.js';
import { isRemade } from './asking.js';
import { Ellipses } from './ellipses.js';
import { NO_FRAME } from './telling.js';
import { nounMeaning } from './thesaurus.js';
import { endAfterNumber, spanOf, type Token, trimmedSpan } from './tokens.js';
import { findVerb, isAuxiliary, readVerbs, type VerbGroup } from './verb-group.js';
import { isAcquiring, isVerbForm } from './verbs.js';

/** Verbs after which comes what somebody says, thinks or learns. */
const REPORTING =
  /^(?:tell|sai|mention|explain|think|believ|know|hear|learn|find out|admit|confirm|discov|realis|realiz|announc)$/;

/** "it" of "it takes an hour to …", which stands for nothing. */
const EXPLETIVE: Entity = {
  root: 'world',
  steps: [{ head: 'effort', modifiers: [], words: 'effort' }],
};

/** What the statements of one sentence say. */
export class StatementReader extends Ellipses {
  read(): Draft[] {
    const { length, corrects } = leadIn(this.tokens);
    const denies = /^(?:it|that) (?:is|'s|was) not \S+(?: \S+)? (?:,|but|it)/.test(
      this.tokens.map(({ lower }) => lower).join(' '),
    );
    if (this.introduction(length)) return this.drafts;
    const remade = isRemade(this.tokens.slice(length));
    if ((corrects || denies || remade) && this.correction(length)) return this.drafts;
    if (this.changed(length)) return this.drafts;
    const afterwards = this.putRightFrom(length, corrects);
    if (afterwards > 0 && this.correction(afterwards)) return this.drafts;
    if (this.labelled(length) || this.cleft(length) || this.subjectless(length)) return this.drafts;
    let subject: { entity: Entity; phrase: Phrase } | undefined;
    for (const { from, to, shared } of clausesOf(this.tokens, length)) {
      const lead = shared ? 0 : leadIn(this.tokens.slice(from, to)).length;
      if (UNREAL.has(this.tokens[from + lead]?.lower ?? '')) return this.drafts;
      if (isOnlyNearly(this.tokens.slice(from, to))) continue;
      subject =
        this.clause(from + lead, to, shared ? subject : undefined) ??
        (shared ? subject : undefined);
    }
    return this.drafts;
  }

  /** "no wait, she texted, |it's 4:30|", "they had to cancel, so |it's Thursday instead|". */
  private putRightFrom(from: number, corrects: boolean): number {
    const { tokens } = this;
    if (!corrects && tokens.at(-1)?.lower !== 'instead') return -1;
    return (
      tokens.findLastIndex(
        ({ lower, kind }, at) =>
          at > from &&
          (kind === 'mark' || lower === 'so' || lower === 'and' || lower === 'but') &&
          tokens[at + 1]?.lower === 'it' &&
          /^(?:is|'s)$/.test(tokens[at + 2]?.lower ?? ''),
      ) + 1
    );
  }

  protected clauseOf(tokens: readonly Token[]): readonly Draft[] {
    const within = new StatementReader(this.text, tokens);
    within.clause(0, tokens.length);
    return within.drafts;
  }

  /** Reads one clause and returns its subject. */
  private clause(from: number, to: number, given?: { entity: Entity; phrase: Phrase }) {
    if (given) {
      this.predicate(given.entity, given.phrase, from, to);
      return given;
    }
    const start = this.skipCircumstance(from, to);
    const before = this.drafts.length;
    const [tokens, end] = this.withoutApposition(start, to);
    const verb = findVerb(tokens, start, end);
    if (this.reduced(start, to)) return undefined;
    if (verb === undefined) return this.gapped(start, to) ?? this.fragment(start, to);
    const subject = this.subject(tokens, start, verb);
    if (!subject) return undefined;
    this.lastVerb = tokens[verb];
    const within = tokens === this.tokens ? this : new StatementReader(this.text, tokens);
    within.predicate(subject.entity, subject.phrase, verb, end, subject);
    if (within !== this) this.drafts.push(...within.drafts);
    if (start > from) this.addCircumstance(from, start, before);
    return subject;
  }

  /** "in 2010 i moved to Rome", "last week, my dog …": the circumstance is read with the rest. */
  private skipCircumstance(from: number, to: number): number {
    const first = this.tokens[from]?.lower ?? '';
    const timed =
      from < to &&
      startsTime(this.tokens, from) &&
      !isAuxiliary(this.tokens, Math.min(from + 1, to - 1));
    if (!timed && (!PREPOSITIONS.has(first) || first === 'like')) return from;
    // "for the trip i packed …": the noun that goes with the preposition is no subject.
    const within = timed ? undefined : readNominal(this.text, this.tokens, from + 1, to);
    for (let at = within?.next ?? from + 1; at < Math.min(to, from + 7); at++) {
      if (
        /^(?:i|my|we|our|he|she|they|his|the)$/.test(this.tokens[at]!.lower) &&
        findVerb(this.tokens, at, to) !== undefined
      )
        return at;
    }
    if (first !== 'of') return from;
    const comma = this.tokens.findIndex(({ lower }, at) => at > from && at < to && lower === ',');
    if (comma > 0 && findVerb(this.tokens, comma + 1, to) !== undefined) return comma + 1;
    // "of all things Rome is my favorite city"
    const name = this.tokens.findIndex((token, at) => at > from && at < to && isCapital(token));
    return name < 0 ? from : name;
  }

  /** Gives what a clause says the time or place that was said before it. */
  private addCircumstance(from: number, to: number, before: number): void {
    const { adjuncts } = new ComplementReader(this.text, this.tokens, to, undefined, false).read(
      from,
    );
    for (let at = before; at < this.drafts.length; at++) {
      const draft = this.drafts[at]!;
      if (draft.kind !== 'fact' || draft.frame.relation === 'name') continue;
      // "of all sports curling is my favorite"
      const kind = adjuncts.find(({ preposition }) => preposition === 'of')?.phrase.head;
      const favorite = headOf(draft.frame.subject) === nounMeaning('favorite');
      if (kind !== undefined && favorite) {
        const step = {
          head: kind,
          modifiers: [nounMeaning('favorite')],
          words: `favorite ${kind}`,
        };
        const subject = below(ownerOf(draft.frame.subject), step);
        this.drafts[at] = { kind: 'fact', frame: { ...draft.frame, subject } };
        continue;
      }
      const circumstance = trimmedSpan(this.tokens, from, to);
      const all = [...draft.frame.adjuncts, ...adjuncts];
      const frame = { ...draft.frame, adjuncts: all, circumstance };
      this.drafts[at] = { kind: 'fact', frame };
    }
  }

  /** "my sister, Anna, is a doctor": the name between the commas is told by itself. */
  private withoutApposition(from: number, to: number): [tokens: readonly Token[], end: number] {
    const first = readNominal(this.text, this.tokens, from, to);
    const open = first?.next ?? to;
    if (!first || this.tokens[open]?.lower !== ',' || open >= to) return [this.tokens, to];
    const close = this.tokens.findIndex(({ lower }, at) => at > open && lower === ',');
    if (close < 0 || close >= to) return [this.tokens, to];
    const inner = this.tokens.slice(open + 1, close);
    if (inner.length === 0) return [this.tokens, to];
    // "Rosa, my neighbor, grows orchids"
    const who = POSSESSIVES.has(inner[0]!.lower)
      ? readNominal(this.text, this.tokens, open + 1, close)
      : undefined;
    if (who?.next === close && this.tokens.slice(from, open).every(isCapital)) {
      this.name(who.entity, [phraseOf(this.text, this.tokens, from, open, 'name')]);
      return [
        [...this.tokens.slice(0, open), ...this.tokens.slice(close + 1)],
        to - (close + 1 - open),
      ];
    }
    if (inner.every(isCapital)) {
      this.name(first.entity, [phraseOf(this.text, this.tokens, open + 1, close, 'name')]);
    } else if (['who', 'which'].includes(inner[0]!.lower)) {
      this.clause(open + 2, close, first);
    } else return [this.tokens, to];
    const rest = [...this.tokens.slice(0, open), ...this.tokens.slice(close + 1)];
    return [rest, to - (close + 1 - open)];
  }

  /** Reads verbs and complement, and tells what they say about the subject. */
  protected predicate(
    subject: Entity,
    phrase: Phrase,
    verb: number,
    to: number,
    found?: Nominal,
  ): void {
    const lastWord = phrase.head ?? '';
    const group = readVerbs(this.tokens, verb, to, isAnimate(subject), lastWord);
    const takes = group.relation === 'take' || group.relation === 'cost';
    if (subject.root === 'it' && takes && this.hasInfinitive(group.next, to)) subject = EXPLETIVE;
    const naming = /^(?:call|name|nicknam)$/.test(group.relation);
    if (subject.root === 'assistant' && !naming) return this.findable(group, to);
    if (REPORTING.test(group.relation) && !group.negated) {
      const that = this.reported(group.next, to);
      if (that !== undefined) return this.report(subject, phrase, that, to);
    }
    if ((group.unreal && group.relation !== 'be') || group.relation === 'wish') return;
    const owner = isAcquiring(group.relation.split(' ').at(-1)!) ? subject : undefined;
    const valued =
      (group.relation === 'be' && (subject.root === 'world' || !isAnimate(subject))) ||
      group.relation === 'name';
    const end = endAfterNumber(this.tokens, group.next, to);
    const reader = new ComplementReader(this.text, this.tokens, end, owner, valued);
    const { objects, adjuncts, names, relatives } = reader.read(group.next);
    const frame: Frame = {
      subject,
      subjectText: phrase.text,
      counted: phrase.count && phrase,
      relation: group.relation,
      objects,
      adjuncts,
      negated: group.negated,
      past: group.past,
      ended: group.ended,
      activity: group.chained === undefined ? undefined : this.activity(group.chained, to),
      verbs: spanOf(this.tokens.slice(verb, group.next)),
      complement: trimmedSpan(this.tokens, group.next, end),
    };
    const { start } = phrase.span;
    const sentence = { start, end: frame.complement.end };
    this.tell(subject === EXPLETIVE ? { ...frame, sentence } : frame, phrase, found);
    if (
      !group.negated &&
      !/^(?:want|need|wish|hope|plan|look|like|love|see)/.test(group.relation)
    ) {
      const someone = (entity: Entity) => /^(?:someon|somebodi|person)$/.test(headOf(entity) ?? '');
      for (const { entity, names: given } of names) {
        this.name(
          group.relation === 'be' && someone(entity) ? subject : entity,
          given,
          group.ended,
        );
      }
    }
    for (const { entity, from, whose } of relatives) this.relative(entity, from, to, whose);
  }

  /** "it takes me an hour |to get to work|" */
  private hasInfinitive(from: number, to: number): boolean {
    return this.tokens
      .slice(from, to - 1)
      .some(({ lower }, at) => lower === 'to' && isVerbForm(this.tokens[from + at + 1]!.lower));
  }

  /** Where what somebody said begins: after "that" in "Sandra told me that her brother …". */
  private reported(from: number, to: number): number | undefined {
    let at = from;
    while (at < to && /^(?:me|us|you|to|him|her)$/.test(this.tokens[at]!.lower)) at++;
    if (this.tokens[at]?.lower === 'that') at++;
    const verb = at < to ? findVerb(this.tokens, at, to) : undefined;
    const plain =
      this.tokens[at - 1]?.lower === 'that' ||
      SUBJECT_PRONOUNS.has(this.tokens[at]?.lower ?? '') ||
      POSSESSIVES.has(this.tokens[at]?.lower ?? '');
    return verb !== undefined && verb > at && plain ? at : undefined;
  }

  /** What somebody said is told, and it may be about who said it. */
  private report(subject: Entity, phrase: Phrase, from: number, to: number): void {
    const before = this.drafts.length;
    if (subject.root === 'world' && subject.steps.length > 0)
      this.add({
        ...NO_FRAME,
        subject,
        subjectText: phrase.text,
        relation: 'say',
        objects: [],
        complement: NO_FRAME.verbs,
      });
    this.clause(from, to);
    if (this.drafts.length === before + 1 && subject.root === 'world') this.drafts.pop();
  }

  /** "you can find my passport in the cellar": where it is; "you can reach my brother at 555-0148": his number. */
  private findable({ relation, next: from }: VerbGroup, to: number): void {
    const sought = /^(?:find|reach|contact|call|phone|text|email)$/.test(relation);
    const found = sought ? readNominal(this.text, this.tokens, from, to) : undefined;
    if (found?.entity.root !== 'user') return;
    const value = this.tokens[found.next + 1];
    if (relation !== 'find') {
      if (
        found.next + 1 < to &&
        /^(?:at|on|under|via)$/.test(this.tokens[found.next]!.lower) &&
        /\d|@/.test(value!.text)
      )
        this.reached(found.entity, phraseOf(this.text, this.tokens, found.next + 1, to, 'bare'));
      return;
    }
    if (found.entity.steps.length === 0) return;
    const is: Token = { ...this.tokens[from - 1]!, text: 'is', lower: 'is' };
    const within = new StatementReader(this.text, [
      ...this.tokens.slice(0, found.next),
      is,
      ...this.tokens.slice(found.next),
    ]);
    within.predicate(found.entity, found.phrase, found.next, to + 1, found);
    this.drafts.push(
      ...within.drafts.map((draft): Draft =>
        draft.kind === 'fact'
          ? { ...draft, frame: { ...draft.frame, verbs: { start: 0, end: 0 } } }
          : draft,
      ),
    );
  }

  private activity(from: number, to: number): Phrase {
    const span = trimmedSpan(this.tokens, from, to);
    const last = this.tokens.findIndex(({ end }) => end >= span.end);
    return phraseOf(this.text, this.tokens, from, last + 1, 'clause');
  }

  /** "a dog |who is called Rex|", "a dog |whose name is Rex|" */
  private relative(entity: Entity, from: number, to: number, whose: boolean): void {
    const phrase = phraseOf(this.text, this.tokens, from - 2, from - 1, 'definite', entity);
    if (!whose) {
      if (isVerbForm(this.tokens[from]?.lower ?? '') || this.tokens[from]?.lower === "'s")
        this.predicate(entity, phrase, from, to);
      return;
    }
    const verb = findVerb(this.tokens, from, to);
    const owned = verb === undefined ? undefined : readNominal(this.text, this.tokens, from, verb);
    if (verb !== undefined && owned)
      this.predicate(below(entity, ...owned.entity.steps), owned.phrase, verb, to);
  }
}
