import { type Aliases, fit } from './entities.js';
import { type Adjunct, type Entity, type Fact, isPronoun, type Phrase, saysOnly } from './frame.js';
import { areOpposite } from './opposites.js';
import type { Hole, Reading } from './reading.js';
import { isListedKind, isOfListedKind, kindsOf } from './kinds.js';
import { isDuration, isMeasure } from './measures.js';
import { isKindOf, nounMeaning } from './thesaurus.js';
import { isVisiting, suitsNoun } from './visits.js';
import { relationMeaning } from './relations.js';
import { isLeftBehind, isYearsOld } from './tenses.js';

/** A fact that fits a question. */
export interface FactMatch {
  readonly fact: Fact;
  readonly reading: Reading;
  /** 0 to 1: how closely the fact is about what was asked. */
  readonly score: number;
  /** What the question asks for; empty for a check. */
  readonly values: readonly Phrase[];
}

/** Verbs that say little: which thing is meant must show in the thing. */
const VAGUE = new Set([
  'have',
  'get',
  'like',
  'want',
  'need',
  'bui',
  'see',
  'find',
  'make',
  'take',
  'be',
  'hate',
  'know',
  'lose',
  'do',
]);
/** What is no more likely for having a proper name. */
const AILMENTS = new Set(
  ['allergy', 'condition', 'disease', 'illness', 'disorder'].map(nounMeaning),
);
/** Kinds of which a member is always known. */
const CLOSED_KINDS = new Set(['color', 'dai', 'month', 'season']);
/** "what breed is my dog": a poodle. */
const CLASS_NOUNS = new Set([
  'breed',
  'kind',
  'type',
  'make',
  'model',
  'speci',
  'brand',
  'sort',
  'anim',
]);

/** Compares questions with facts. Names and descriptions of one person are one. */
export class Matcher {
  constructor(private readonly aliases: Aliases) {}

  match(fact: Fact, reading: Reading): FactMatch | undefined {
    if (fact.replaced) return undefined;
    const { hole } = reading;
    // "is my dog" asks nothing yet.
    const empty = reading.objects.length + reading.adjuncts.length === 0;
    if (hole.part === 'check' && empty && /^(?:be|name|have)$/.test(reading.relation ?? ''))
      return undefined;
    if (
      hole.part !== 'check' &&
      (fact.negated !== reading.negated || (fact.ended && !reading.past))
    )
      return undefined;
    if (reading.former && !fact.ended && !fact.past) return undefined;
    if (!reading.past && hole.part !== 'time' && isLeftBehind(fact)) return undefined;
    if (!this.sameRelation(fact, reading)) return undefined;
    let score = 1;
    if (reading.subject) score = this.fits(reading.subject, fact.subject);
    if (score === 0) return undefined;
    const used = new Set<Phrase>();
    if (!this.holdsAll(fact, reading, used)) return undefined;
    if (
      reading.adjuncts.some(
        ({ role, phrase }) => role === 'time' && !this.holds(fact, phrase, new Set()),
      )
    )
      score *= 0.8; // a fact that says no time may be meant
    const values = this.fill(fact, reading, hole, used);
    return values && { fact, reading, score, values };
  }

  /** Names by which the path is known, as they were written. */
  namesOf(entity: Entity): readonly string[] {
    return this.aliases.namesOf(entity);
  }

  /** How well two paths agree under any of their names. */
  fits(asked: Entity, told: Entity): number {
    return Math.max(...this.aliases.of(asked).map((path) => fit(path, told)));
  }

  /** Whether every part that the question gives is in the fact. Such parts are put into `used`. */
  private holdsAll(
    fact: Fact,
    { objects, adjuncts, hole, past }: Reading,
    used: Set<Phrase>,
  ): boolean {
    const every = hole.part === 'activity';
    for (const phrase of objects) if (!this.holds(fact, phrase, used)) return false;
    return adjuncts.every((adjunct) => this.holdsAdjunct(fact, adjunct, used, every, past));
  }

  private holds(fact: Fact, phrase: Phrase, used: Set<Phrase>): boolean {
    const parts = [...fact.objects, ...fact.adjuncts.map((adjunct) => adjunct.phrase)];
    const { entity } = phrase;
    if (entity && entity.root !== 'world') {
      const part = parts.find(
        (one) =>
          one.entity &&
          // Who has no pet has no dog.
          (this.fits(entity, one.entity) > 0 ||
            (fact.negated && this.fits(one.entity, entity) > 0)),
      );
      if (part) used.add(part);
      return part !== undefined;
    }
    const covering = parts.find((part) => covers(part.words, phrase.words));
    if (covering) {
      used.add(covering);
      return true;
    }
    if (entity && parts.some((part) => part.entity && this.fits(entity, part.entity) > 0))
      return true;
    const all = parts.flatMap(({ words }) => words);
    return phrase.words.length > 0 && covers(all, phrase.words);
  }

  private holdsAdjunct(
    fact: Fact,
    { role, phrase }: Adjunct,
    used: Set<Phrase>,
    every: boolean,
    past: boolean,
  ): boolean {
    const same = fact.adjuncts.filter((adjunct) => adjunct.role === role);
    // "where are we eating tomorrow" is not answered by where we ate.
    if (role === 'time' && fact.past && /^(?:tomorrow|next\b)/i.test(phrase.text)) return false;
    // "what did i eat yesterday": a fact that says no time may be meant.
    if (
      !every &&
      same.length === 0 &&
      role === 'time' &&
      !isLasting(fact, past) &&
      fact.objects.every(({ kind }) => kind !== 'time')
    )
      return true;
    return this.holds(fact, phrase, used);
  }

  private sameRelation(fact: Fact, { relation, hole, verb }: Reading): boolean {
    if (relation === undefined)
      return verb === undefined || !areOpposite(verb, relationMeaning(fact.relation));
    const [told, asked] = [relationMeaning(fact.relation), relationMeaning(relation)];
    if (told === asked) return true;
    // "what do i love": "i love to read" says it as well.
    if (hole.part === 'object' && told.startsWith(`${asked} `) && fact.activity) return true;
    // "how many kids do i have": anything that tells their number.
    return hole.part === 'count' && hole.noun !== undefined && (asked === 'have' || asked === 'be');
  }

  /** The parts of the fact that go where the question has its hole; undefined where there are none. */
  private fill(
    fact: Fact,
    reading: Reading,
    hole: Hole,
    used: ReadonlySet<Phrase>,
  ): readonly Phrase[] | undefined {
    const { objects } = reading;
    const free = fact.objects.filter((phrase) => !used.has(phrase) && !isPronoun(phrase));
    const some = (found: readonly Phrase[]) => (found.length > 0 ? found : undefined);
    switch (hole.part) {
      case 'check':
        return [];
      case 'object': {
        if (
          fact.activity &&
          relationMeaning(fact.relation) !== relationMeaning(reading.relation ?? fact.relation)
        ) {
          return objects.length === 0 && !hole.noun ? [fact.activity] : undefined;
        }
        const fitting = free.filter(
          (phrase) =>
            (!hole.kinds || hole.kinds.includes(phrase.kind)) && !saysOnly(phrase, hole.noun),
        );
        return some(
          hole.noun ? fitting.filter((phrase) => isOfKind(fact, phrase, hole.noun!)) : fitting,
        );
      }
      case 'adjunct':
        if (hole.role === 'duration') return some(durations(fact, used));
        return some(
          fact.adjuncts
            .filter(({ role, preposition, phrase }) => {
              if (
                isPronoun(phrase) ||
                isYearsOld(phrase) ||
                used.has(phrase) ||
                (hole.named && (phrase.kind !== 'name' || isPassed(fact)))
              )
                return false;
              if (!suitsNoun(phrase, hole.noun?.at(-1))) return false;
              // Where somebody studies is not where they work.
              if (hole.preposition === 'at' && used.size === 0 && isVisiting(fact, phrase))
                return false;
              const elsewhere = /^(?:studi|go|attend|graduat|meet|stay|eat|shop|sleep)\b/;
              if (hole.named && elsewhere.test(relationMeaning(fact.relation))) return false;
              // "i major in chemistry" says no place.
              const field = hole.role === 'place' && preposition === 'in' && phrase.kind !== 'name';
              if (field && relationMeaning(fact.relation) === 'studi') return false;
              if (hole.role !== undefined && role !== hole.role) return false;
              return hole.preposition === undefined || preposition === hole.preposition;
            })
            .map(({ phrase }) => phrase),
        );
      case 'time':
        return some([
          ...free.filter(({ kind }) => kind === 'time'),
          ...fact.adjuncts
            .filter(({ role, phrase }) => role === 'time' && !isYearsOld(phrase))
            .map(({ phrase }) => phrase),
        ]);
      case 'activity':
        if (fact.relation === 'have' && fact.past) return [];
        return /^(?:be|name|age|have)$/.test(fact.relation) ? undefined : [];
      case 'age':
        return undefined; // asked in another way as well
      case 'manner':
        return some(
          fact.adjuncts
            .filter(
              ({ preposition, phrase }) =>
                !used.has(phrase) && /^(?:by|with|via|on|without|like)$/.test(preposition),
            )
            .map(({ phrase }) => phrase),
        );
      case 'measure':
        return some(free.filter((phrase) => isMeasure(phrase, hole.adjective)));
      case 'count':
        return some(
          counted(fact, hole.noun, hole.words ?? []).filter((phrase) => !used.has(phrase)),
        );
      case 'subject':
        return this.subjectOf(fact, reading, hole.noun);
      case 'owner':
        return ownedIn(fact, reading, hole.noun);
    }
  }

  private subjectOf(
    fact: Fact,
    { objects, adjuncts, relation }: Reading,
    noun: readonly string[] | undefined,
  ): readonly Phrase[] | undefined {
    if (objects.length + adjuncts.length === 0 && (relation === undefined || VAGUE.has(relation)))
      return undefined;
    const head = fact.subject.steps.at(-1)?.head;
    if (noun && head !== noun.at(-1) && !(head && isKindOf(head, noun.at(-1)!))) return undefined;
    return [];
  }
}

/** "i was in Rome"; "i have been in Rome since May" is still so. */
function isPassed({ past, adjuncts }: Fact): boolean {
  return past && !adjuncts.some(({ preposition }) => preposition === 'since');
}

/** "i have 7 cousins": what somebody has at any time answers no question about a time of day. */
function isLasting({ relation, past, adjuncts }: Fact, asked: boolean): boolean {
  const meal = adjuncts.some(({ phrase }) =>
    /^(?:breakfast|lunch|dinner|supper|brunch)$/i.test(phrase.text),
  );
  const verb = relationMeaning(relation);
  return !meal && ((verb === 'have' && !past) || (verb === 'get' && !asked));
}

/** Something of the kind that belongs to somebody: what the fact is about, or what it says that of. */
function ownedIn(
  { subject, objects, adjuncts, relation }: Fact,
  reading: Reading,
  noun: readonly string[],
): readonly Phrase[] | undefined {
  const owned = ({ root, steps }: Entity) => {
    const last = steps.at(-1);
    const kind = last && (last.head === noun.at(-1) || isKindOf(last.head, noun.at(-1)!));
    const all = steps.flatMap(({ head, modifiers }) => [head, ...modifiers]);
    const somebody = steps.length > 1 || (root === 'user' && steps.length === 1);
    return kind && somebody && noun.slice(0, -1).every((word) => all.includes(word));
  };
  if (!reading.subject) {
    if (owned(subject)) return [];
    const last = subject.steps.at(-1);
    if (last?.head !== noun.at(-1)) return undefined;
    const to = adjuncts.filter(({ preposition }) => preposition === 'to');
    const owners =
      relation === 'belong' ? to.map(({ phrase }) => phrase) : objects.filter(isPossessive);
    return owners.length > 0 ? owners : undefined;
  }
  const found = objects.filter(({ entity }) => entity && owned(entity));
  return found.length > 0 ? found : undefined;
}

/** "my sister's", "mine" */
export function isPossessive({ text }: Phrase): boolean {
  return /['’]s?$/.test(text) || /^(?:mine|ours|hers|theirs)$/i.test(text);
}

/** How long: "for two years", "45 minutes". */
function durations({ objects, adjuncts }: Fact, used: ReadonlySet<Phrase>): Phrase[] {
  const told = adjuncts.filter(({ role, phrase }) => role === 'duration' || isDuration(phrase));
  return [...told.map(({ phrase }) => phrase), ...objects.filter(isDuration)].filter(
    (phrase) => !used.has(phrase),
  );
}

function covers(told: readonly string[], asked: readonly string[]): boolean {
  return (
    asked.length > 0 &&
    asked.every((word) =>
      told.some(
        (other) => other === word || isKindOf(other, word) || kindsOf(other).includes(word),
      ),
    )
  );
}

/** Whether the thing may be one of the kind asked for: an instrument, a color, a car. */
function isOfKind(
  { relation, said }: Fact,
  { words, head, kind, text }: Phrase,
  noun: readonly string[],
): boolean {
  const wanted = noun.at(-1)!;
  if (words.includes(wanted) || (head !== undefined && isKindOf(head, wanted))) return true;
  // "the colour orange" is no fruit.
  if (words.includes('color')) return false;
  const known = words.map(kindsOf).filter((kinds) => kinds.length > 0);
  if (words.some((word) => isOfListedKind(word, wanted))) return true;
  // What may be a colour describes a thing of any kind: "a blue Volvo", although the blues are music.
  if (
    CLOSED_KINDS.has(wanted) ||
    (known.length > 0 && (isListedKind(wanted) || known.some((kinds) => !kinds.includes('color'))))
  )
    return false;
  if (relation === 'be') return CLASS_NOUNS.has(wanted) && (kind === 'class' || kind === 'name');
  if (wanted === 'languag') return /\p{Lu}/u.test(text);
  if (AILMENTS.has(wanted)) return false;
  // "a fan of the Chicago Bulls": of what kind that is nobody said.
  if (/\bfans?\b/.test(said.verbs)) return false;
  if (VAGUE.has(relationMeaning(relation).split(' ')[0]!)) return /\p{Lu}/u.test(text);
  return true;
}

/** The numbers with which a fact counts the noun; without a noun, its amounts. */
function counted(fact: Fact, noun: string | undefined, words: readonly string[]): Phrase[] {
  const subject = fact.counted ? [fact.counted] : [];
  const parts = [...subject, ...fact.objects, ...fact.adjuncts.map(({ phrase }) => phrase)];
  if (noun === undefined)
    return parts.filter(({ kind, text }) => kind === 'number' || /^[$€£]\d/.test(text));
  return parts.flatMap((part) => {
    const { count } = part;
    if (!count || !words.every((word) => covers(part.words, [word]))) return [];
    return [{ ...part, span: count, text: fact.source.slice(count.start, count.end) }];
  });
}
