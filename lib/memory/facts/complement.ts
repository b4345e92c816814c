import { type Adjunct, below, type Entity, type Phrase } from './frame.js';
import {
  ADVERBS,
  CONJUNCTIONS,
  isListedAdjective,
  isNumber,
  isTimeWord,
  MONTHS,
  PLACE_ADVERBS,
  PREPOSITIONS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { isCapital, type Nominal, phraseOf, readNominal, startsTime } from './nominal.js';
import type { Token } from './tokens.js';
import { findVerb } from './verb-group.js';
import { isVerbForm } from './verbs.js';

/** What follows the verb. */
export interface Complement {
  readonly objects: readonly Phrase[];
  readonly adjuncts: readonly Adjunct[];
  /** Names that phrases were given: "a dog named Rex", "two cats, Salt and Pepper". */
  readonly names: readonly { readonly entity: Entity; readonly names: readonly Phrase[] }[];
  /** Where clauses about a phrase begin: "a dog that loves …". */
  readonly relatives: readonly {
    readonly entity: Entity;
    readonly from: number;
    readonly whose: boolean;
  }[];
}

const NAMED = /^(?:named|called|nicknamed)$/;
const PLACE = new Set(
  'at in on to near under into onto over behind beside between inside outside above below within around across along by against off through towards next opposite'.split(
    ' ',
  ),
);

/** Reads tokens[from … end) after the verbs. `subject` becomes the owner of what it has or gets. */
export class ComplementReader {
  private readonly objects: Phrase[] = [];
  private readonly adjuncts: Adjunct[] = [];
  private readonly named: { entity: Entity; names: Phrase[]; plural: boolean }[] = [];
  private readonly relatives: { entity: Entity; from: number; whose: boolean }[] = [];
  /** The phrase that "named Rex" or ", Rex" would be about. */
  private last: { entity: Entity; plural: boolean; indefinite: boolean } | undefined;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly end: number,
    private readonly owner: Entity | undefined,
    /** The complement is a title or a value, in which capitals hold small words together. */
    private readonly titles: boolean,
  ) {}

  read(from: number): Complement {
    let at = from;
    while (at < this.end) at = Math.max(this.part(at), at + 1);
    const { objects, adjuncts, relatives } = this;
    return { objects, adjuncts, relatives, names: this.named };
  }

  private part(at: number): number {
    const token = this.tokens[at]!;
    const { lower } = token;
    if (token.kind === 'mark') return this.quoted(at) ?? at + 1;
    if (lower === 'because' || (lower === 'so' && this.tokens[at + 1]?.lower === 'that')) {
      return this.adjunct('because', 'reason', this.clause(at + 1));
    }
    if (CONJUNCTIONS.has(lower)) return at + 1;
    if (NAMED.test(lower) && this.last) return this.name(at + 1, this.last);
    if (/^(?:who|which|that|whose)$/.test(lower) && this.last) {
      this.relatives.push({ entity: this.last.entity, from: at + 1, whose: lower === 'whose' });
      return this.end;
    }
    const title = this.titles && this.objects.length === 0 ? this.title(at) : undefined;
    if (title !== undefined) {
      this.objects.push(phraseOf(this.text, this.tokens, at, title, 'name'));
      return title;
    }
    if (PLACE_ADVERBS.has(lower)) {
      const phrase = phraseOf(this.text, this.tokens, at, at + 1, 'bare');
      this.adjuncts.push({ preposition: '', role: 'place', phrase });
      return at + 1;
    }
    if (startsTime(this.tokens, at)) return this.time(at);
    // "my plan is to retire at 60"
    const infinitive =
      lower === 'to' && at + 1 < this.end && isVerbForm(this.tokens[at + 1]!.lower);
    if (infinitive && this.titles && this.objects.length === 0) return this.infinitive(at);
    if (PREPOSITIONS.has(lower) && lower !== 'than') return this.prepositional(at);
    const found = this.objects.length + this.adjuncts.length > 0;
    if (ADVERBS.has(lower) && (at + 1 < this.end || found)) return at + 1;
    if (lower === 'not' || lower === 'to') return lower === 'to' ? this.infinitive(at) : at + 1;
    return this.nominal(at);
  }

  private nominal(at: number): number {
    const found = readNominal(this.text, this.tokens, at, this.end);
    if (!found) {
      this.objects.push(phraseOf(this.text, this.tokens, at, at + 1, 'bare'));
      return at + 1;
    }
    const own = this.owner !== undefined && this.tokens[at]!.lower === 'this';
    if (this.isApposition(found)) {
      const known = this.named.at(-1);
      if (known?.entity === this.last!.entity) known.names.push(found.phrase);
      else this.named.push({ entity: this.last!.entity, names: [found.phrase], plural: false });
      return found.next;
    }
    // "we have this kitten now, Waffles"
    const indefinite = found.indefinite || own;
    const entity = this.entityOf({ ...found, indefinite });
    this.objects.push({ ...found.phrase, entity });
    this.last = { entity, plural: found.plural, indefinite };
    if (found.name) this.named.push({ entity, names: [found.name], plural: false });
    return found.next;
  }

  /** Something had or got belongs to whoever has it. */
  private entityOf({ entity, phrase, indefinite, plural }: Nominal): Entity {
    const [step] = entity.steps;
    const loose = entity.root === 'world' && entity.steps.length === 1;
    const bare = phrase.kind === 'bare' && plural;
    return this.owner && step && loose && (indefinite || bare) ? below(this.owner, step) : entity;
  }

  /** ", Salt and Pepper" after "two cats"; ", Rex" after "a dog". */
  private isApposition({ phrase, indefinite, next }: Nominal): boolean {
    const { last } = this;
    if (!last?.indefinite || indefinite || phrase.entity?.root !== 'world') return false;
    const before = this.tokens.findIndex(({ start }) => start === phrase.span.start) - 1;
    const comma = [',', ':', '—', '–', '-', '('].includes(this.tokens[before]?.lower ?? '');
    const known = this.named.at(-1)?.entity === last.entity;
    if (!comma && !(known && last.plural)) return false;
    if (phrase.kind === 'name') return true;
    const isLast =
      next >= this.end || this.tokens[next]!.kind === 'mark' || this.tokens[next]!.lower === 'and';
    return phrase.kind === 'bare' && phrase.words.length === 1 && isLast && (last.plural || comma);
  }

  private prepositional(at: number): number {
    const preposition = this.tokens[at]!.lower;
    const from = at + 1;
    if (from >= this.end) {
      this.adjuncts.push({
        preposition,
        role: 'other',
        phrase: phraseOf(this.text, this.tokens, at, at + 1, 'bare'),
      });
      return from;
    }
    if (startsTime(this.tokens, from) || this.isTime(from) || this.isClock(at)) {
      const to = this.timeEnd(from);
      const phrase = phraseOf(this.text, this.tokens, from, to, 'time');
      const clock =
        /\d(?:am|pm|:\d\d)|^\d{1,2} (?:am|pm)|day$|^noon$|^(?:19|20)\d\d$/i.test(phrase.text) ||
        phrase.text
          .toLowerCase()
          .split(/\s+/)
          .some((word) => MONTHS.has(word));
      const lasting = (preposition === 'for' && !clock) || /^(?:since|during)$/.test(preposition);
      this.adjuncts.push({ preposition, role: lasting ? 'duration' : 'time', phrase });
      return to;
    }
    if (
      /^(?:since|until|till|before|after)$/.test(preposition) &&
      SUBJECT_PRONOUNS.has(this.tokens[from]!.lower) &&
      findVerb(this.tokens, from, this.end) !== undefined
    )
      return this.adjunct(
        preposition,
        preposition === 'since' ? 'duration' : 'time',
        this.clause(from),
      );
    // "answers to the name Rex"
    const called =
      this.tokens[from + 1]?.lower === 'name' && isCapital(this.tokens[from + 2]) ? from + 2 : from;
    const title = this.title(called);
    const found =
      title === undefined ? readNominal(this.text, this.tokens, from, this.end) : undefined;
    const phrase =
      title === undefined
        ? (found?.phrase ?? phraseOf(this.text, this.tokens, from, this.phraseEnd(from), 'clause'))
        : phraseOf(this.text, this.tokens, called, title, 'name');
    const lasting = /^(?:since|during)$/.test(preposition);
    const role = lasting ? 'duration' : PLACE.has(preposition) ? 'place' : 'other';
    this.adjuncts.push({ preposition, role, phrase });
    // "a cat at home named Tofu", "an uncle in Cairo who sells carpets"
    const placed = this.last?.indefinite === true && found?.indefinite === false;
    if (found && placed && found.name === undefined) return found.next;
    if (found) {
      this.last = { entity: found.entity, plural: found.plural, indefinite: found.indefinite };
      if (found.name) this.named.push({ entity: found.entity, names: [found.name], plural: false });
    }
    return title ?? found?.next ?? this.phraseEnd(from);
  }

  /** "at 3", "until 10" */
  private isClock(at: number): boolean {
    if (!/^(?:at|until|till|by|before|after|around)$/.test(this.tokens[at]!.lower)) return false;
    const hour = this.tokens[at + 1]!.lower;
    const after = at + 2 < this.end ? this.tokens[at + 2] : undefined;
    const ends =
      !after ||
      after.kind === 'mark' ||
      ADVERBS.has(after.lower) ||
      /^(?:instead|now|tonight)$/.test(after.lower) ||
      CONJUNCTIONS.has(after.lower) ||
      PREPOSITIONS.has(after.lower) ||
      startsTime(this.tokens, at + 2);
    return (
      ends &&
      /^(?:1?\d|2[0-4])$/.test(
        hour.replace(/^(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)$/, '1'),
      )
    );
  }

  private isTime(at: number): boolean {
    const { lower } = this.tokens[at]!;
    const noun = /^(?:second|spring|fall|march|may|minute|hour)$/.test(lower)
      ? this.tokens[at + 1]
      : undefined;
    // "in second grade"
    if (noun && at + 1 < this.end && noun.kind === 'word' && isPlain(noun.lower)) return false;
    if (isTimeWord(lower) || this.tokens[at]!.text === 'May') return true;
    if (this.tokens[at + 1] && startsTime(this.tokens, at)) return true;
    const skip = /^(?:the|a|about|around|early|late|mid)$/.test(lower) ? 1 : 0;
    const first = this.tokens[at + skip]?.lower ?? '';
    const second = this.tokens[at + skip + 1]?.lower ?? '';
    if (skip && isTimeWord(first)) return true;
    const unit = /^(?:years?|months?|weeks?|days?|hours?|minutes?|decades?|a\.?m|p\.?m|o'clock)$/;
    if (isNumber(first) && (unit.test(second) || isTimeWord(second))) return true;
    // "the 4th of july"
    return /^\d+(?:st|nd|rd|th)$/.test(first) && (second === 'of' || at + skip + 1 >= this.end);
  }

  private time(at: number): number {
    const to = this.timeEnd(at);
    const phrase = phraseOf(this.text, this.tokens, at, to, 'time');
    if (this.titles && this.objects.length === 0) this.objects.push(phrase);
    else this.adjuncts.push({ preposition: '', role: 'time', phrase });
    return to;
  }

  private timeEnd(from: number): number {
    let at = from + 1;
    for (; at < this.end; at++) {
      const { lower } = this.tokens[at]!;
      const more =
        isTimeWord(lower) ||
        isNumber(lower) ||
        MONTHS.has(lower) ||
        /^(?:every|each|years?|months?|weeks?|days?|hours?|minutes?|times?|a|the|of|in|day|old|next|last|off|past|to|half|quarter|sharp|noon|midnight)$/.test(
          lower,
        );
      const comma =
        lower === ',' &&
        isNumber(this.tokens[at + 1]?.lower ?? '') &&
        isTimeWord(this.tokens[at + 1]!.lower);
      if (!more && !comma) break;
      if (/^(?:a|the|of|in)$/.test(lower) && !this.isTime(at + 1 < this.end ? at + 1 : at)) break;
      if (/^(?:past|to)$/.test(lower) && !isClockHour(this.tokens[at + 1]?.lower ?? '')) break;
    }
    return at;
  }

  /** "to read books": the rest is one phrase. */
  private infinitive(at: number): number {
    this.objects.push(phraseOf(this.text, this.tokens, at, this.end, 'clause'));
    return this.end;
  }

  /** "named Rex": the words up to a mark or a word that ends a phrase. */
  private name(at: number, { entity }: { entity: Entity }): number {
    const names: Phrase[] = [];
    let next = at;
    while (next < this.end) {
      const to = this.title(next) ?? this.nameEnd(next);
      if (to === next) break;
      names.push(phraseOf(this.text, this.tokens, next, to, 'name'));
      next = to;
      if (!['and', ',', '&'].includes(this.tokens[next]?.lower ?? '') || next + 1 >= this.end)
        break;
      if (this.tokens[next + 1]!.lower === 'and') next++;
      if (/^(?:an?|the|my|his|her|\d+)$/.test(this.tokens[next + 1]?.lower ?? '')) break;
      next++;
    }
    if (names.length > 0) this.named.push({ entity, names, plural: names.length > 1 });
    return next;
  }

  private nameEnd(from: number): number {
    let at = from;
    while (at < this.end) {
      const { lower, kind } = this.tokens[at]!;
      if (kind === 'mark' || CONJUNCTIONS.has(lower) || PREPOSITIONS.has(lower)) break;
      if (/^(?:who|which|that|after|now|too)$/.test(lower) || startsTime(this.tokens, at)) break;
      at++;
    }
    return at;
  }

  /** A run of capitals, with small words inside: "Back to the Future". */
  private title(from: number): number | undefined {
    if (
      !isCapital(this.tokens[from]) &&
      !(this.tokens[from]?.lower === 'the' && isCapital(this.tokens[from + 1]))
    ) {
      return undefined;
    }
    if (isNumber(this.tokens[from + 1]?.lower ?? '') && startsTime(this.tokens, from))
      return undefined;
    let to = from + 1;
    for (let at = to; at < this.end; at++) {
      const token = this.tokens[at]!;
      const joined = token.lower === '&' && isCapital(this.tokens[at + 1]);
      if (
        isCapital(token) ||
        joined ||
        (to === at && isNumber(token.lower) && !isTimeWord(token.lower))
      )
        to = at + 1;
      else if (
        this.titles &&
        /^(?:of|the|and|to|in|a|an|for|on|with|from|at|&|'s|by)$/.test(token.lower)
      )
        continue;
      else if (token.apostrophe) continue;
      else break;
    }
    const lastToken = this.tokens[to - 1]!;
    if (lastToken.apostrophe) to--;
    // One capital before a noun in lower case is no title: "Italian food", "Rust at …" is.
    const next = this.tokens[to];
    const stops =
      to >= this.end ||
      next!.kind === 'mark' ||
      PREPOSITIONS.has(next!.lower) ||
      CONJUNCTIONS.has(next!.lower) ||
      ADVERBS.has(next!.lower);
    const adjective = this.tokens
      .slice(from, to)
      .every(({ lower }) => isListedAdjective(lower) || isTimeWord(lower));
    return stops && !adjective ? to : undefined;
  }

  private quoted(at: number): number | undefined {
    if (!/^["“«'‘]$/.test(this.tokens[at]!.text)) return undefined;
    let to = at + 1;
    while (to < this.end && !/^["”»'’]$/.test(this.tokens[to]!.text)) to++;
    if (to >= this.end || to === at + 1) return undefined;
    const phrase = phraseOf(this.text, this.tokens, at + 1, to, 'name');
    if (this.last && this.objects.length > 0)
      this.named.push({ entity: this.last.entity, names: [phrase], plural: false });
    else this.objects.push(phrase);
    return to + 1;
  }

  private clause(from: number): { phrase: Phrase; next: number } {
    return { phrase: phraseOf(this.text, this.tokens, from, this.end, 'clause'), next: this.end };
  }

  private adjunct(
    preposition: string,
    role: Adjunct['role'],
    { phrase, next }: { phrase: Phrase; next: number },
  ): number {
    this.adjuncts.push({ preposition, role, phrase });
    return next;
  }

  private phraseEnd(from: number): number {
    let at = from + 1;
    while (
      at < this.end &&
      this.tokens[at]!.kind !== 'mark' &&
      !PREPOSITIONS.has(this.tokens[at]!.lower)
    )
      at++;
    return at;
  }
}

/** A word that no list of small words or times knows. */
function isPlain(lower: string): boolean {
  return (
    !isTimeWord(lower) && !isNumber(lower) && !PREPOSITIONS.has(lower) && !CONJUNCTIONS.has(lower)
  );
}

/** What follows "half past". */
function isClockHour(lower: string): boolean {
  return isNumber(lower) || /^(?:noon|midnight)$/.test(lower);
}
