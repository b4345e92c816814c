import { isAnimate, isAnimateNoun } from './animate.js';
import { type Entity, type Fact, headOf, ownerOf } from './frame.js';
import { isKindOf, isPlural, nounMeaning } from './thesaurus.js';

/** Words that make something another thing: my ex-wife is not my wife, my middle name not my name. */
const PRIVATIVE = new Set(
  'ex former step half middl last first maiden second third next previou other nick user late foster futur fake old best'.split(
    ' ',
  ),
);
/** One and the same person. */
const COUPLE = new Set(['spouse', 'wife', 'husband'].map(nounMeaning));
/** Of a name, these say nothing. */
const PLAIN_NAME = new Set(['first', 'full', 'real', 'given', 'christian', 'actual', 'own']);

/** Whose name the path is: of "my dog's name", and of "my dog name", the dog. Undefined for other paths. */
export function namedBy(entity: Entity): Entity | undefined {
  const last = entity.steps.at(-1);
  if (last?.head !== 'name') return undefined;
  const words = last.modifiers.filter((word) => !PLAIN_NAME.has(word));
  const head = words.at(-1);
  const owner = ownerOf(entity);
  if (head === undefined) return owner;
  if (
    PRIVATIVE.has(head) ||
    [
      'brand',
      'pen',
      'stage',
      'famili',
      'domain',
      'file',
      'code',
      'login',
      'account',
      'screen',
    ].includes(head)
  )
    return undefined;
  return {
    root: owner.root,
    steps: [...owner.steps, { head, modifiers: words.slice(0, -1), words: head }],
  };
}

/**
 * How well the path of a question fits that of a fact: 0 not at all, 1 exactly, between when the fact says
 * more closely which one. The fact's owners must all be named: my sister's dog is never my dog.
 */
export function fit(asked: Entity, told: Entity): number {
  if (asked.steps.length === 0 || told.steps.length === 0) {
    return asked.root === told.root && asked.steps.length === told.steps.length ? 1 : 0;
  }
  // "the goat's name", where only the neighbor's goat is known.
  const [only] = asked.steps;
  if (
    asked.root === 'world' &&
    asked.steps.length === 1 &&
    told.steps.length > 1 &&
    isAnimate(told)
  ) {
    const last: Entity = { root: 'world', steps: told.steps.slice(-1) };
    if (/^\p{Ll}/u.test(only!.words)) return 0.6 * fit(asked, last);
  }
  const roots = new Set([asked.root, told.root]);
  const samePerson =
    asked.root === told.root ||
    (roots.size === 2 && roots.has('user') && roots.has('world') && loose(asked, told));
  if (!samePerson) return 0;
  const [askedHead, toldHead] = [headOf(asked)!, headOf(told)!];
  const general = askedHead !== toldHead;
  const couple = COUPLE.has(askedHead) && COUPLE.has(toldHead);
  if (general && !isKindOf(toldHead, askedHead)) return 0;
  const askedWords = wordsOf(asked);
  const toldWords = wordsOf(told);
  if (general) toldWords.add(askedHead);
  for (const word of askedWords) if (!toldWords.has(word)) return 0;
  for (const { head } of told.steps.slice(0, -1)) if (!askedWords.has(head)) return 0;
  const extra = told.steps
    .at(-1)!
    .modifiers.filter((word) => !askedWords.has(word) && !isRenewing(word));
  if (extra.some((word) => PRIVATIVE.has(word))) return 0;
  const number = isPlural(lastWord(asked)) === isPlural(lastWord(told)) ? 1 : 0.97;
  return (number * (general && !couple ? 0.8 : 1)) / (1 + 0.1 * extra.length);
}

/** "my new number" is my number. */
export function isRenewing(word: string): boolean {
  return word === 'new' || word === 'current' || word === 'latest';
}

/** "the door code" and "my door code" are one unless somebody else's is meant. */
function loose(one: Entity, other: Entity): boolean {
  const world = one.root === 'world' ? one : other;
  // "Grandpa's name is …"
  return !/^\p{Lu}/u.test(world.steps[0]!.words) || isAnimateNoun(world.steps[0]!.head);
}

function lastWord({ steps }: Entity): string {
  return steps.at(-1)!.words.split(/\s+/).at(-1)!.toLowerCase();
}

function wordsOf(entity: Entity): Set<string> {
  return new Set(entity.steps.flatMap(({ head, modifiers }) => [head, ...modifiers]));
}

/** One key for all ways to write a path. */
export function keyOf({ root, steps }: Entity): string {
  return [root, ...steps.map(({ head, modifiers }) => [...modifiers, head].join(' '))].join('/');
}

/** Who goes by which name: "where does Anna live" may be about my sister. */
export class Aliases {
  private readonly byName = new Map<string, Entity[]>();
  /** By the first of several names: "Zoe" of "Zoe Capek". */
  private readonly byGivenName = new Map<string, Entity[]>();
  private readonly byPath = new Map<string, string[][]>();
  private readonly names = new Map<string, readonly string[]>();

  constructor(facts: Iterable<Fact>) {
    for (const { relation, subject, objects, replaced, negated } of facts) {
      if (relation !== 'name' || replaced || negated || subject.steps.length === 0) continue;
      this.names.set(
        keyOf(subject),
        objects.map(({ text }) => text),
      );
      for (const { words } of objects) {
        const name = words.join(' ');
        this.byName.set(name, [...(this.byName.get(name) ?? []), subject]);
        const [given] = words;
        if (words.length > 1 && isAnimate(subject))
          this.byGivenName.set(given!, [...(this.byGivenName.get(given!) ?? []), subject]);
        this.byPath.set(keyOf(subject), [...(this.byPath.get(keyOf(subject)) ?? []), [...words]]);
      }
    }
  }

  /** How the one that the path leads to is called, as told last. */
  namesOf(entity: Entity): readonly string[] {
    return this.names.get(keyOf(entity)) ?? [];
  }

  /** The path itself, and the same written with names for descriptions, and descriptions for names. */
  of(entity: Entity): Entity[] {
    const others: Entity[] = [entity];
    for (let length = 1; length <= entity.steps.length; length++) {
      const rest = entity.steps.slice(length);
      const prefix: Entity = { root: entity.root, steps: entity.steps.slice(0, length) };
      const last = prefix.steps.at(-1)!;
      if (entity.root === 'world' && length === 1) {
        const name = [...last.modifiers, last.head].join(' ');
        for (const who of this.byName.get(name) ?? this.byGivenName.get(name) ?? []) {
          others.push({ root: who.root, steps: [...who.steps, ...rest] });
        }
      }
      for (const words of this.byPath.get(keyOf(prefix)) ?? []) {
        const named = { head: words.at(-1) ?? '', modifiers: words.slice(0, -1), words: 'A' };
        others.push({ root: 'world', steps: [named, ...rest] });
      }
    }
    return others;
  }
}
