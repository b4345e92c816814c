import { ComplementReader, trimmedSpan } from './complement.js';
import { namedBy } from './entities.js';
import {
  below,
  type Draft,
  type Entity,
  type Frame,
  headOf,
  ownerOf,
  type Phrase,
  USER,
} from './frame.js';
import {
  ANIMALS,
  COPULAS,
  isAdjective,
  isNumber,
  PEOPLE,
  PREPOSITIONS,
  UNREAL,
} from './lexicon.js';
import { isCapital, type Nominal, phraseOf, readNominal, startsTime } from './nominal.js';
import { clausesOf, leadIn } from './sentences.js';
import { nounMeaning } from './thesaurus.js';
import { spanOf, type Token } from './tokens.js';
import { findVerb, isAuxiliary, readVerbs } from './verb-group.js';
import { isAcquiring, isVerbForm } from './verbs.js';

const ANIMATE = new Set([...PEOPLE, ...ANIMALS].map(nounMeaning));

/** Whether the path leads to a person or an animal, as far as the words tell. */
export function isAnimate(entity: Entity): boolean {
  const last = entity.steps.at(-1);
  if (!last) return entity.root !== 'world' && entity.root !== 'it';
  if (ANIMATE.has(last.head)) return true;
  return entity.root === 'world' && entity.steps.length === 1 && /^\p{Lu}/u.test(last.words);
}

/** What the statements of one sentence say. */
export class StatementReader {
  readonly drafts: Draft[] = [];

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
  ) {}

  read(): Draft[] {
    const { length, corrects } = leadIn(this.tokens);
    if (corrects && this.correction(length)) return this.drafts;
    if (this.introduction(length) || this.labelled(length) || this.cleft(length))
      return this.drafts;
    let subject: { entity: Entity; phrase: Phrase } | undefined;
    for (const { from, to, shared } of clausesOf(this.tokens, length)) {
      const lead = shared ? 0 : leadIn(this.tokens.slice(from, to)).length;
      if (UNREAL.has(this.tokens[from + lead]?.lower ?? '')) return this.drafts;
      subject =
        this.clause(from + lead, to, shared ? subject : undefined) ??
        (shared ? subject : undefined);
    }
    return this.drafts;
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
    if (verb === undefined) return this.fragment(start, to);
    const subject = this.subject(tokens, start, verb);
    if (!subject) return undefined;
    const within = tokens === this.tokens ? this : new StatementReader(this.text, tokens);
    within.predicate(subject.entity, subject.phrase, verb, end, subject);
    if (within !== this) this.drafts.push(...within.drafts);
    if (start > from) this.addCircumstance(from, start, before);
    return subject;
  }

  /** "…, my spaniel Rex": a name without a sentence. */
  private fragment(from: number, to: number): undefined {
    const found = readNominal(this.text, this.tokens, from, to);
    if (found?.name && found.next >= to) this.name(found.entity, [found.name]);
  }

  /** "my locker combination: 88-21" */
  private labelled(from: number): boolean {
    const colon = this.tokens.findIndex(
      ({ kind, text }, at) => at > from && kind === 'mark' && /^[:=]$/.test(text),
    );
    const found = colon < 0 ? undefined : readNominal(this.text, this.tokens, from, colon);
    if (!found || found.next !== colon || !/^(?:my|our|the)$/.test(this.tokens[from]!.lower))
      return false;
    const is: Token = { ...this.tokens[colon]!, lower: 'is', kind: 'word' };
    const tokens = [...this.tokens.slice(0, colon), is, ...this.tokens.slice(colon + 1)];
    const within = new StatementReader(this.text, tokens);
    within.predicate(found.entity, found.phrase, colon, tokens.length, found);
    const isNow = (draft: Draft): Draft =>
      draft.kind === 'fact' && draft.frame.relation === 'be'
        ? { ...draft, frame: { ...draft.frame, verbs: { start: 0, end: 0 } } }
        : draft;
    this.drafts.push(...within.drafts.map(isNow));
    return true;
  }

  /** "walnuts are what my boss collects", "Rome is where i live": the same in the usual order. */
  private cleft(from: number): boolean {
    const at = this.tokens.findIndex(
      ({ lower }, index) =>
        index > from + 1 &&
        /^(?:what|where|who|whom)$/.test(lower) &&
        COPULAS.has(this.tokens[index - 1]!.lower),
    );
    const end = this.tokens.length;
    const verb = at < 0 || at + 2 >= end ? undefined : findVerb(this.tokens, at + 1, end);
    const subject = verb === undefined ? undefined : this.subject(this.tokens, at + 1, verb);
    if (verb === undefined || !subject) return false;
    const place: Token[] =
      this.tokens[at]!.lower === 'where' ? [{ ...this.tokens[at]!, text: 'in', lower: 'in' }] : [];
    const value = this.tokens.slice(from, at - 1);
    const said = this.tokens.slice(at + 1);
    const within = new StatementReader(this.text, [...said, ...place, ...value]);
    within.predicate(subject.entity, subject.phrase, verb - at - 1, within.tokens.length, subject);
    const complement = spanOf(value);
    this.drafts.push(
      ...within.drafts.map((draft): Draft =>
        draft.kind === 'fact' ? { ...draft, frame: { ...draft.frame, complement } } : draft,
      ),
    );
    return true;
  }

  /** "in 2010 i moved to Rome", "last week, my dog …": the circumstance is read with the rest. */
  private skipCircumstance(from: number, to: number): number {
    const first = this.tokens[from]?.lower ?? '';
    const timed =
      from < to &&
      startsTime(this.tokens, from) &&
      !isAuxiliary(this.tokens, Math.min(from + 1, to - 1));
    if (!timed && (!PREPOSITIONS.has(first) || first === 'like')) return from;
    for (let at = from + 1; at < Math.min(to, from + 7); at++) {
      if (
        /^(?:i|my|we|our|he|she|they|his|the)$/.test(this.tokens[at]!.lower) &&
        findVerb(this.tokens, at, to) !== undefined
      )
        return at;
    }
    if (first !== 'of') return from;
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
      if (draft.kind === 'correction' || draft.frame.relation === 'name') continue;
      const frame = { ...draft.frame, adjuncts: [...draft.frame.adjuncts, ...adjuncts] };
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
    if (inner.every(isCapital)) {
      this.name(first.entity, [phraseOf(this.text, this.tokens, open + 1, close, 'name')]);
    } else if (['who', 'which'].includes(inner[0]!.lower)) {
      this.clause(open + 2, close, first);
    } else return [this.tokens, to];
    const rest = [...this.tokens.slice(0, open), ...this.tokens.slice(close + 1)];
    return [rest, to - (close + 1 - open)];
  }

  private subject(tokens: readonly Token[], from: number, verb: number): Nominal | undefined {
    const found = readNominal(this.text, tokens, from, verb);
    if (!found) {
      // "88-21 is my locker combination": any words can be what something is.
      const phrase = phraseOf(this.text, tokens, from, verb, 'bare');
      if (phrase.head === undefined) return undefined;
      const entity: Entity = {
        root: 'world',
        steps: [{ head: phrase.head, modifiers: phrase.words.slice(0, -1), words: phrase.text }],
      };
      return { phrase, entity, next: verb, name: undefined, indefinite: false, plural: false };
    }
    if (found.name) this.name(found.entity, [found.name]);
    const next = tokens[found.next];
    if (found.next >= verb || !next) return found;
    if (['and', '&', ','].includes(next.lower)) {
      const phrase = phraseOf(this.text, tokens, from, verb, found.phrase.kind, found.entity);
      return { ...found, phrase, next: verb, plural: true };
    }
    if (['who', 'that', 'which'].includes(next.lower)) return { ...found, next: verb };
    if (!PREPOSITIONS.has(next.lower) || found.entity.steps.length === 0) return found;
    // "the code for the door": what follows says which one.
    const more = phraseOf(this.text, tokens, found.next + 1, verb, 'bare');
    const last = found.entity.steps.at(-1)!;
    const words = this.text.slice(spanOf(tokens.slice(from, verb)).start, more.span.end);
    const bare = words.replace(/^(?:my|our|the|his|her|its|their)\s+/i, '');
    const step = { head: last.head, modifiers: [...last.modifiers, ...more.words], words: bare };
    const owner = ownerOf(found.entity);
    return { ...found, entity: { root: owner.root, steps: [...owner.steps, step] }, next: verb };
  }

  /** Reads verbs and complement, and tells what they say about the subject. */
  private predicate(
    subject: Entity,
    phrase: Phrase,
    verb: number,
    to: number,
    found?: Nominal,
  ): void {
    const lastWord = phrase.head ?? '';
    const group = readVerbs(this.tokens, verb, to, isAnimate(subject), lastWord);
    if (subject.root === 'assistant') return this.findable(group.relation, group.next, to);
    if (group.unreal && group.relation !== 'be') return;
    const owner = isAcquiring(group.relation.split(' ').at(-1)!) ? subject : undefined;
    const valued =
      (group.relation === 'be' && (subject.root === 'world' || !isAnimate(subject))) ||
      group.relation === 'name';
    const reader = new ComplementReader(this.text, this.tokens, to, owner, valued);
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
      complement: trimmedSpan(this.tokens, group.next, to),
    };
    this.tell(frame, phrase, found);
    if (
      !group.negated &&
      !/^(?:want|need|wish|hope|plan|look|like|love|see)/.test(group.relation)
    ) {
      const someone = (entity: Entity) =>
        /^(?:someone|somebody|person)$/.test(headOf(entity) ?? '');
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

  /** "you can find my passport in the cellar": where it is. */
  private findable(relation: string, from: number, to: number): void {
    const found = relation === 'find' ? readNominal(this.text, this.tokens, from, to) : undefined;
    if (!found || found.entity.root !== 'user' || found.entity.steps.length === 0) return;
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

  /** Puts the frame into the one form in which it is looked up. */
  private tell(frame: Frame, subject: Phrase, found: Nominal | undefined): void {
    const { relation, objects } = frame;
    const [first, second] = objects;
    const named = namedBy(frame.subject);
    if (named && relation === 'be' && first) return this.name(named, objects, frame.ended, frame);
    if (relation === 'name')
      return void (first && this.name(frame.subject, objects, frame.ended, frame));
    if (
      /^(?:call|name|nicknam|dub|christen)$/.test(relation) &&
      first?.entity &&
      (second ?? first).kind !== 'clause'
    ) {
      const entity = first.entity;
      if (second) return this.name(entity, [second], frame.ended, frame);
    }
    const [adjunct] = frame.adjuncts;
    if (
      /^(?:go|known|answer)$/.test(relation) &&
      ['by', 'as', 'to'].includes(adjunct?.preposition ?? '')
    ) {
      const isName =
        adjunct!.phrase.kind === 'name' && (relation !== 'go' || adjunct!.preposition === 'by');
      if (isName) return this.name(frame.subject, [adjunct!.phrase], frame.ended, frame);
    }
    if (relation === 'be' && first) return this.copula(frame, first, subject, found);
    if (relation === 'turn' && first && isNumber(first.text.toLowerCase()))
      return this.add({ ...frame, relation: 'age' });
    this.add(frame);
  }

  private copula(frame: Frame, first: Phrase, subject: Phrase, found: Nominal | undefined): void {
    const about = first.entity;
    const owned = about && about.steps.length > 0 && about.root !== 'world';
    const definite = about && about.steps.length > 0 && /^the\s+\p{Ll}/u.test(first.text);
    const loose =
      frame.subject.root === 'world' &&
      !/^(?:the|this|that)\s+\p{Ll}/u.test(
        subject.text.slice(0, 4).toLowerCase() + subject.text.slice(4),
      );
    if (loose && found !== undefined && !isTheme(subject)) {
      if (owned) return this.inverted(frame, about, subject);
      // "Rome is the capital" tells about both.
      if (definite && !frame.negated) {
        this.inverted(frame, this.whole(frame.complement) ?? about, subject);
      }
    }
    if (headOf(frame.subject) === 'ag' && isNumber(first.text.toLowerCase())) {
      return this.add({ ...frame, subject: ownerOf(frame.subject), relation: 'age' });
    }
    const years = /^\d{1,3}$|^[a-z-]+$/.test(first.text) && first.kind === 'number';
    const old = /\byears?[ -]old\b|\byears of age\b/.test(
      this.text.slice(first.span.start).toLowerCase(),
    );
    if (
      (years && isAnimate(frame.subject)) ||
      (first.kind === 'number' && old) ||
      (old && /^\d/.test(first.text))
    ) {
      const number = first.count ?? first.span;
      const text = this.text.slice(number.start, number.end);
      const value = { ...first, span: number, text, words: [text.toLowerCase()] };
      return this.add({ ...frame, relation: 'age', objects: [value] });
    }
    const somebody = frame.subject.root !== 'world' || ANIMATE.has(headOf(frame.subject) ?? '');
    if (
      somebody &&
      isAnimate(frame.subject) &&
      !frame.negated &&
      this.isNameOf(frame.subject, frame.objects)
    ) {
      return this.name(frame.subject, frame.objects, frame.ended, frame);
    }
    this.add(frame);
  }

  /** "the answer to the riddle" as one path. */
  private whole({ start, end }: Frame['complement']): Entity | undefined {
    const from = this.tokens.findIndex((token) => token.start >= start);
    const to = this.tokens.findLastIndex((token) => token.end <= end);
    return from < 0 || to < from ? undefined : this.subject(this.tokens, from, to + 1)?.entity;
  }

  /** "Biscuit is my dog": what is said about the dog, not about biscuits. */
  private inverted(frame: Frame, about: Entity, subject: Phrase): void {
    const value: Phrase = { ...subject, kind: 'name' };
    const turned: Frame = {
      ...frame,
      subject: about,
      subjectText: frame.objects[0]!.text,
      objects: [value],
      complement: subject.span,
    };
    const named = namedBy(about);
    if (named) return this.name(named, [value], frame.ended, turned);
    if (isAnimate(about)) return this.name(about, [value], frame.ended, turned);
    this.add(turned);
  }

  /** Whether what someone is said to be is a name: "i'm Aiko", but not "i'm tired". */
  private isNameOf(subject: Entity, objects: readonly Phrase[]): boolean {
    return (
      objects.length > 0 &&
      objects.every((phrase) => {
        if (phrase.kind === 'name') return true;
        const parts = phrase.text.toLowerCase().split(/\s+/);
        if (/^(?:some|any|every|no)(?:one|body|thing)\b/.test(parts[0]!)) return false;
        if (phrase.kind !== 'bare' || parts.length > 3 || subject.root === 'it') return false;
        const plain = (lower: string) =>
          isVerbForm(lower) || isAdjective(lower) || PEOPLE.has(lower) || ANIMALS.has(lower);
        return parts.every((lower) => !plain(lower) && /^[\p{L}\p{M}'’-]+$/u.test(lower));
      })
    );
  }

  private name(entity: Entity, names: readonly Phrase[], ended = false, frame?: Frame): void {
    if (entity.root === 'assistant' || names.length === 0) return;
    const last = names.at(-1)!;
    const complement = { start: names[0]!.span.start, end: last.span.end };
    const given = frame ?? {
      subjectText: '',
      adjuncts: [],
      negated: false,
      past: false,
      verbs: { start: 0, end: 0 },
    };
    const { subjectText, adjuncts, negated, past, verbs } = given;
    this.add({
      subject: entity,
      subjectText,
      counted: undefined,
      activity: undefined,
      relation: 'name',
      objects: names,
      adjuncts,
      negated,
      past,
      ended,
      verbs,
      complement,
    });
  }

  private add(frame: Frame): void {
    this.drafts.push({ kind: 'fact', frame });
  }

  /** "it's Garrett", "i meant Garrett", "Garrett, not Gary" after a word that announces it. */
  private correction(from: number): boolean {
    const rest = this.tokens
      .slice(from)
      .filter(({ kind, apostrophe }) => kind !== 'mark' || apostrophe);
    const words = rest.map(({ lower }) => lower).join(' ');
    const lead =
      /^(?:(?:it|that) (?:is|was|'s) |its |(?:i )?(?:meant|mean) (?:to say )?|make (?:it|that) |i said )/.exec(
        `${words} `,
      )?.[0] ?? '';
    const skip = lead.trim() === '' ? 0 : lead.trim().split(' ').length;
    let value = rest.slice(skip);
    let instead: string | undefined;
    const not = value.findIndex(({ lower }) => lower === 'not');
    if (not === 0 && value.length >= 3) {
      instead = value[1]!.lower;
      value = value.slice(2);
      if (/^(?:but|it|'s|is)$/.test(value[0]?.lower ?? ''))
        value = value.filter(({ lower }) => !/^(?:but|it|'s|is)$/.test(lower));
    } else if (not > 0) {
      instead = value[not + 1]?.lower;
      value = value.slice(0, not);
    }
    while (value.length > 1 && /^(?:now|actually|instead|really)$/.test(value.at(-1)!.lower))
      value = value.slice(0, -1);
    const isPlain =
      value.length > 0 &&
      value.length <= 5 &&
      value.every(({ lower }) => !PREPOSITIONS.has(lower) || lower === 'of');
    if (!isPlain || (skip === 0 && instead === undefined && value.length > 3)) return false;
    if (
      skip === 0 &&
      findVerb(this.tokens, from, this.tokens.length) !== undefined &&
      instead === undefined
    )
      return false;
    const found = readNominal(this.text, value, 0);
    const phrase = phraseOf(
      this.text,
      value,
      0,
      value.length,
      found?.phrase.kind ?? 'bare',
      found?.entity,
    );
    this.drafts.push({ kind: 'correction', value: phrase, instead });
    return true;
  }

  /** "call me Priya", "Gary here", "this is my dog Rex": who somebody is without a sentence about it. */
  private introduction(from: number): boolean {
    const rest = this.tokens.slice(from);
    const words = rest.map(({ lower }) => lower);
    const name = (at: number, to = rest.length) => {
      const ends = rest.findIndex(
        ({ kind, lower }, index) => index >= at && (kind === 'mark' || lower === 'and'),
      );
      const last = Math.min(to, ends < 0 ? rest.length : ends);
      return last > at && last - at <= 4 ? phraseOf(this.text, rest, at, last, 'name') : undefined;
    };
    const call = words.indexOf('call');
    if (
      call >= 0 &&
      call <= 2 &&
      words[call + 1] === 'me' &&
      words.slice(0, call).every((word) => /^(?:please|just|you|can|may|to)$/.test(word))
    ) {
      const given = name(call + 2);
      if (given && !/^(?:later|back|tomorrow|when|at|if|on|a|the)$/.test(words[call + 2]!))
        this.name(USER, [given]);
      return true;
    }
    if (words.at(-1) === 'here' && rest.length <= 3 && rest.slice(0, -1).every(isCapital)) {
      this.name(USER, [phraseOf(this.text, rest, 0, rest.length - 1, 'name')]);
      return true;
    }
    if (/^(?:this is|meet|here is|here 's|that is|this 's) (?:my|our)\b/.test(words.join(' '))) {
      const at = words.findIndex((word) => word === 'my' || word === 'our');
      const found = readNominal(this.text, rest, at);
      if (!found) return false;
      const given =
        found.name ?? (rest[found.next]?.lower === ',' ? name(found.next + 1) : undefined);
      if (given) this.name(found.entity, [given]);
      return given !== undefined;
    }
    if (
      words[0] === 'this' &&
      words[1] === 'is' &&
      rest.length <= 5 &&
      rest.slice(2).every(isCapital)
    ) {
      this.name(USER, [phraseOf(this.text, rest, 2, rest.length, 'name')]);
      return true;
    }
    // "name's Gary", "name is Gary"
    if (words[0] === 'name' && /^(?:is|'s)$/.test(words[1] ?? '')) {
      const given = name(2);
      if (given) this.name(USER, [given]);
      return given !== undefined;
    }
    return false;
  }
}

/** "today is my day off" is about today. */
function isTheme({ kind, text }: Phrase): boolean {
  return kind === 'time' && /^(?:today|tomorrow|tonight|now)$/i.test(text);
}
