import type { Adjunct, Entity, Frame, Phrase } from './frame.js';
import { isAnimate } from './animate.js';
import { isPlural, nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';

const meanings = (list: string): ReadonlySet<string> => new Set(list.split(' ').map(nounMeaning));
const HE = meanings(
  'father brother son husband boyfriend uncle nephew grandfather grandson fiance stepfather king landlord',
);
const SHE = meanings(
  'mother sister daughter wife girlfriend aunt niece grandmother granddaughter fiancee stepmother queen landlady',
);
/** What "it" is without standing for anything: the weather, the hour, how one finds the whole. */
const OF_NOTHING =
  /^(?:(?:quite|very|so|too|really|pretty|rather|just|still|getting|a (?:bit|little))\s+)*(?:windy|sunny|rainy|cloudy|foggy|stormy|snowy|icy|frosty|humid|muggy|cold|hot|warm|chilly|freezing|mild|wet|dark|light|early|late|raining|snowing|pouring|hailing|drizzling|quiet|noisy|loud|nice|great|lovely|beautiful|fun|funny|amazing|awesome|wonderful|terrible|awful|weird|strange|ok|okay|fine|good|bad|true|over|time)(?:\s+(?:out|outside|today|tonight|here|now|again|there|already))*$/i;
/** How far back a pronoun reaches, in mentions. */
const REACH = 12;

/** Who and what was talked about last: what "she" and "it" stand for. */
export class Mentions {
  private readonly recent: Entity[] = [];
  private lastEvent: number | undefined;

  constructor(
    /** Who says "i". */
    private readonly speaker: Entity,
    earlier: readonly Entity[] = [],
  ) {
    this.recent.push(...earlier);
  }

  get all(): readonly Entity[] {
    return this.recent;
  }

  note(entity: Entity): void {
    const named = entity.root === 'user' || entity.root === 'world';
    if (!named || entity.steps.length === 0 || isPointer(entity)) return;
    this.recent.push(entity);
    if (this.recent.length > REACH) this.recent.shift();
  }

  /** The path with its pronoun resolved; undefined when there is nobody it could mean. */
  resolve(entity: Entity): Entity | undefined {
    if (entity.root === 'user')
      return { root: this.speaker.root, steps: [...this.speaker.steps, ...entity.steps] };
    if (entity.root === 'world' || entity.root === 'assistant') return entity;
    const meant = this.recent.findLast((candidate) => suits(entity.root, candidate));
    return meant && { root: meant.root, steps: [...meant.steps, ...entity.steps] };
  }

  /** The last that are several: "two dogs". */
  get lastPlural(): Entity | undefined {
    return this.recent.findLast(({ steps }) => isPlural(steps.at(-1)!.words.split(' ').at(-1)!));
  }

  /** What "the password" belongs to, where a thing of somebody was told of right before in the same text. */
  thingOf({ subject, subjectText }: Frame, event: number): Entity | undefined {
    const last = this.recent.at(-1);
    if (!last || this.lastEvent !== event || last.root !== 'user' || isAnimate(last))
      return undefined;
    const bare =
      subject.root === 'world' && subject.steps.length === 1 && /^the\s/i.test(subjectText);
    const same = subject.steps[0]?.head === last.steps.at(-1)!.head;
    return bare && !same && subject.steps[0]!.modifiers.length === 0 ? last : undefined;
  }

  /** The frame with everybody resolved; undefined when its subject cannot be. */
  resolved(frame: Frame): Frame | undefined {
    if (isOfNothing(frame)) return undefined;
    const subject = this.resolve(frame.subject);
    const there = /^there$/i.test(frame.subjectText) && frame.objects.some(({ count }) => count);
    if (!subject || subject.root === 'assistant' || (isPointer(subject) && !there))
      return undefined;
    const phrase = (one: Phrase): Phrase => ({
      ...one,
      entity: one.entity && this.resolve(one.entity),
    });
    const adjuncts = frame.adjuncts.map((adjunct): Adjunct => ({
      ...adjunct,
      phrase: phrase(adjunct.phrase),
    }));
    return { ...frame, subject, objects: frame.objects.map(phrase), adjuncts };
  }

  /** Takes in what a frame talks about: its subject, then what it is about. */
  noteFrame({ subject, objects, relation }: Frame, event: number): void {
    this.lastEvent = event;
    this.note(subject);
    if (relation === 'name' || relation === 'be') return;
    for (const { entity } of objects) if (entity) this.note(entity);
  }
}

const PERSONAL: Readonly<Record<string, 'he' | 'she'>> = {
  he: 'he', him: 'he', his: 'he', she: 'she', her: 'she', hers: 'she',
}; // prettier-ignore

/** The words with "my sister" for "she" and "my sister's" for "her"; undefined where nobody is meant. */
export function spelledOut(
  tokens: readonly Token[],
  resolve: (entity: Entity) => Entity | undefined,
): string | undefined {
  let found = false;
  const words = tokens.map(({ text, lower, apostrophe }, at) => {
    const root = Object.hasOwn(PERSONAL, lower) ? PERSONAL[lower] : undefined;
    const meant = root && resolve({ root, steps: [] });
    if (!meant || meant.steps.length === 0) return apostrophe ? text : ` ${text}`;
    found = true;
    const path = meant.steps.map((step) => step.words).join("'s ");
    const next = tokens[at + 1];
    const owns = lower === 'his' || (lower === 'her' && next?.kind === 'word');
    return ` ${meant.root === 'user' ? 'my ' : ''}${path}${owns ? "'s" : ''}`;
  });
  return found ? words.join('').trim() : undefined;
}

/** "one", "the other": of several that were told of before. */
export function isOneOfThem({ subject: { root, steps }, relation, objects }: Frame): boolean {
  const words =
    /^(?:(?:one|other|first|second|third|last|another|older|younger|oldest|youngest|big|little|small)(?: one)?)$/i;
  return (
    (relation === 'name' || (relation === 'be' && objects[0]?.kind === 'name')) &&
    root === 'world' &&
    steps.length === 1 &&
    words.test(steps[0]!.words)
  );
}

/** "it is windy out": nothing that was talked about is. */
function isOfNothing({ subject, relation, objects, corrects }: Frame): boolean {
  if (subject.root !== 'it' || subject.steps.length > 0 || corrects) return false;
  if (objects.length === 0) return /^(?:rain|snow|pour|hail|drizzle?)$/.test(relation);
  return OF_NOTHING.test(objects.map(({ text }) => text).join(' '));
}

/** "that was nice": what it points at was not said. */
function isPointer({ root, steps }: Entity): boolean {
  return (
    root === 'world' &&
    (steps.length === 0 ||
      /^(?:this|that|there|here|it|these|those|everything|something|nothing|everyone|someone|one|what)$/i.test(
        steps[0]!.words,
      ))
  );
}

function suits(pronoun: Entity['root'], candidate: Entity): boolean {
  const head = candidate.steps.at(-1)!.head;
  if (pronoun === 'he') return isAnimate(candidate) && !SHE.has(head);
  if (pronoun === 'she') return isAnimate(candidate) && !HE.has(head);
  if (pronoun === 'it') return !HE.has(head) && !SHE.has(head);
  return true;
}
