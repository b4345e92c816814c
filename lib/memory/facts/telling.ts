import { isAnimate, isAnimateNoun } from './animate.js';
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
import { isAdjective, isNumber, PREPOSITIONS } from './lexicon.js';
import { type Nominal, phraseOf, readNominal } from './nominal.js';
import { nounMeaning } from './thesaurus.js';
import { spanOf, type Token } from './tokens.js';
import { isVerbForm } from './verbs.js';

/** A frame that says nothing yet, told in other words than a sentence about its subject. */
export const NO_FRAME: Omit<Frame, 'subject' | 'relation' | 'objects' | 'complement'> = {
  subjectText: '',
  counted: undefined,
  adjuncts: [],
  negated: false,
  past: false,
  ended: false,
  activity: undefined,
  verbs: { start: 0, end: 0 },
};

/** Something else is when. */
const RESCHEDULING =
  /^(?:be |get )?(?:move|push|push back|move back|put off|postpon|reschedul|shift|delai|bring forward|chang)$/;

/** Puts what sentences say into the one form in which it is looked up. */
export abstract class Telling {
  readonly drafts: Draft[] = [];

  constructor(
    protected readonly text: string,
    protected readonly tokens: readonly Token[],
  ) {}

  protected subject(tokens: readonly Token[], from: number, verb: number): Nominal | undefined {
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
    // "home for me is …"
    if (
      next.lower === 'for' &&
      /^(?:me|us)$/.test(tokens[found.next + 1]?.lower ?? '') &&
      found.next + 2 === verb
    )
      return { ...found, entity: { root: 'user', steps: found.entity.steps }, next: verb };
    // "the code for the door": what follows says which one.
    const more = phraseOf(this.text, tokens, found.next + 1, verb, 'bare');
    const last = found.entity.steps.at(-1)!;
    const words = this.text.slice(spanOf(tokens.slice(from, verb)).start, more.span.end);
    const bare = words.replace(/^(?:my|our|the|his|her|its|their)\s+/i, '');
    const step = { head: last.head, modifiers: [...last.modifiers, ...more.words], words: bare };
    const owner = ownerOf(found.entity);
    return { ...found, entity: { root: owner.root, steps: [...owner.steps, step] }, next: verb };
  }

  /** Puts the frame into the one form in which it is looked up. */
  protected tell(frame: Frame, subject: Phrase, found: Nominal | undefined): void {
    const { relation, objects } = frame;
    const [first, second] = objects;
    const named = namedBy(frame.subject);
    if (named && relation === 'be' && first) {
      // "my full name is …" stays what it is when a shorter one is told.
      if (frame.subject.steps.at(-1)!.modifiers.includes('full')) this.add(frame);
      return this.name(named, objects, frame.ended, frame);
    }
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
    const at = frame.adjuncts.find(
      ({ preposition, phrase }) =>
        /^(?:at|on|under)$/.test(preposition) && /\d|@/.test(phrase.text),
    );
    if (relation === 'be reach' && at) return this.reached(frame.subject, at.phrase);
    const given =
      relation === 'give' && first?.entity ? this.nameGiven(frame.complement) : undefined;
    if (given) return this.name(first!.entity!, [given], frame.ended, frame);
    const [when] = frame.adjuncts;
    // "my daughter is June"
    if (
      relation === 'be' &&
      !first &&
      when?.role === 'time' &&
      when.preposition === '' &&
      isNamedTime(when.phrase) &&
      isAnimateNoun(headOf(frame.subject))
    )
      return this.name(frame.subject, [{ ...when.phrase, kind: 'name' }], frame.ended, frame);
    if (relation === 'be' && first && frame.subject.root === 'it')
      this.dated(frame, first, subject);
    if (relation === 'be' && first) return this.copula(frame, first, subject, found);
    if (relation === 'turn' && frame.past && first && isNumber(first.text.toLowerCase()))
      return this.add({ ...frame, relation: 'age' });
    if (RESCHEDULING.test(relation)) this.rescheduled(frame, subject);
    this.add(frame);
  }

  /** "my meeting was moved to Thursday", "we moved the meeting to Thursday": when it now is. */
  private rescheduled(frame: Frame, subject: Phrase): void {
    const when = frame.adjuncts.filter(
      ({ role, preposition }) => role === 'time' && /^(?:to|until|till|for|by)$/.test(preposition),
    );
    const moved = frame.relation.startsWith('be ') || frame.relation.startsWith('get ');
    const thing = moved ? frame.subject : frame.objects[0]?.entity;
    if (when.length === 0 || !thing || (thing.root !== 'it' && thing.steps.length === 0)) return;
    const sentence = { start: subject.span.start, end: frame.complement.end };
    const objects = moved ? frame.objects : frame.objects.slice(1);
    const said = moved ? {} : { sentence };
    const is: Frame = {
      ...frame,
      subject: thing,
      relation: 'be',
      objects,
      adjuncts: when,
      past: false,
    };
    this.add({ ...is, ...said });
  }

  /** "it's Tanja's birthday tomorrow": when it is. */
  private dated(frame: Frame, { entity }: Phrase, { span }: Phrase): void {
    const when = frame.adjuncts.filter(({ role }) => role === 'time');
    if (when.length === 0 || frame.negated || !entity || entity.steps.length === 0) return;
    const owned = entity.root === 'user' || entity.steps.length > 1;
    const sentence = { start: span.start, end: frame.complement.end };
    if (owned) this.add({ ...frame, subject: entity, objects: [], adjuncts: when, sentence });
  }

  /** Where somebody can be reached. */
  protected reached(somebody: Entity, value: Phrase): void {
    const words = value.text.includes('@') ? 'email' : 'phone number';
    const [head, ...modifiers] = words.split(' ').map(nounMeaning).reverse();
    const subject = below(somebody, { head: head!, modifiers, words });
    const told = { subject, relation: 'be', objects: [value], complement: value.span };
    this.add({ ...NO_FRAME, ...told, implied: 'is' });
  }

  /** "Octavia" of "my parents gave me the name Octavia". */
  private nameGiven({ start, end }: Frame['complement']): Phrase | undefined {
    const at = this.tokens.findIndex(
      (token) => token.start >= start && /^(?:nick)?name$/.test(token.lower),
    );
    const from = this.tokens[at + 1]?.lower === 'of' ? at + 2 : at + 1;
    const to = this.tokens.findLastIndex((token) => token.end <= end) + 1;
    return at >= 0 && from < to ? phraseOf(this.text, this.tokens, from, to, 'name') : undefined;
  }

  protected copula(frame: Frame, first: Phrase, subject: Phrase, found: Nominal | undefined): void {
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
    const years = /^\d{1,2}$|^1[0-2]\d$|^[a-z-]+$/.test(first.text) && first.kind === 'number';
    const old = /\b(?:years?|yrs?)[ -]old\b|\byears of age\b/.test(
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
    const somebody = frame.subject.root !== 'world' || isAnimateNoun(headOf(frame.subject));
    if (
      somebody &&
      isAnimate(frame.subject) &&
      !frame.negated &&
      (first.kind === 'name' || frame.adjuncts.every(({ role }) => role === 'time')) &&
      this.isNameOf(frame.subject, frame.objects)
    ) {
      return this.name(frame.subject, frame.objects, frame.ended, frame);
    }
    this.add(frame);
    this.numbered(frame, first);
  }

  /** "my locker is number 117": that is its number. */
  private numbered(frame: Frame, { text }: Phrase): void {
    const last = frame.subject.steps.at(-1);
    const digits = /^(?:(?:number|no\.?|nr\.?|#)\s*)?\+?\d[\d\s-]{2,}$/i.test(text);
    if (!last || !digits || frame.negated || isAnimate(frame.subject)) return;
    if (/^(?:number|code|pin|year|time|size|price|zip|password|combin)$/.test(last.head)) return;
    const number = {
      head: nounMeaning('number'),
      modifiers: [...last.modifiers, last.head],
      words: `${last.words} number`,
    };
    this.add({ ...frame, subject: below(ownerOf(frame.subject), number) });
  }

  /** "the answer to the riddle" as one path. */
  protected whole({ start, end }: Frame['complement']): Entity | undefined {
    const from = this.tokens.findIndex((token) => token.start >= start);
    const to = this.tokens.findLastIndex((token) => token.end <= end);
    return from < 0 || to < from ? undefined : this.subject(this.tokens, from, to + 1)?.entity;
  }

  /** "Biscuit is my dog": what is said about the dog, not about biscuits. */
  protected inverted(frame: Frame, about: Entity, subject: Phrase): void {
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
  protected isNameOf(subject: Entity, objects: readonly Phrase[]): boolean {
    return (
      objects.length > 0 &&
      objects.every((phrase) => {
        if (phrase.kind === 'name') return true;
        const parts = phrase.text.toLowerCase().split(/\s+/);
        if (/^(?:some|any|every|no)(?:one|body|thing)\b/.test(parts[0]!)) return false;
        if (phrase.kind !== 'bare' || parts.length > 3 || subject.root === 'it') return false;
        const plain = (lower: string) =>
          isVerbForm(lower) || isAdjective(lower) || isAnimateNoun(nounMeaning(lower));
        return parts.every((lower) => !plain(lower) && /^[\p{L}\p{M}'’-]+$/u.test(lower));
      })
    );
  }

  protected name(entity: Entity, names: readonly Phrase[], ended = false, frame?: Frame): void {
    if (entity.root === 'assistant' || names.length === 0) return;
    const last = names.at(-1)!;
    const complement = { start: names[0]!.span.start, end: last.span.end };
    const { subjectText, adjuncts, negated, past, verbs } = frame ?? NO_FRAME;
    // "the name's Gary"
    const subject = entity.root === 'world' && entity.steps.length === 0 ? USER : entity;
    const told = { subjectText, adjuncts, negated, past, verbs, ended, complement };
    this.add({ ...NO_FRAME, ...told, subject, relation: 'name', objects: names });
  }

  protected add(frame: Frame): void {
    this.drafts.push({ kind: 'fact', frame });
  }
}

/** "June", "April Summer": a time by its words, and a name where it is said who somebody is. */
function isNamedTime({ text }: Phrase): boolean {
  return /^\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)*$/u.test(text) && !text.endsWith('day');
}

/** "today is my day off" is about today. */
function isTheme({ kind, text }: Phrase): boolean {
  return kind === 'time' && /^(?:today|tomorrow|tonight|now)$/i.test(text);
}
