import type { EventLinks, StoredEvent } from '../store/index.js';

/** From this cosine of centred keys on, two memories that share a tag or have the same text say the same. */
const SAME = 0.95;
/** What each repetition adds to the importance of a memory. */
const REINFORCEMENT = 0.5;
/** Below this strength a memory has faded. */
const FADED = 0.1;
const HOUR = 60 * 60 * 1000;

/** What a strength depends on. */
type Told = Pick<StoredEvent, 'id' | 'text' | 'tags' | 'time' | 'importance'>;

/** A memory and those that repeat it, in the order they were told. */
interface Group {
  readonly members: Told[];
  /** When it was told last, ms since 1970. */
  lastTime: number;
}

/** Memories that say the same. */
export interface Repeated {
  /** Oldest first. */
  readonly ids: number[];
  /** Of the oldest, the strongest. */
  readonly strength: number;
}

/**
 * How much memories count:
 *
 *   strength = (importance + ½·n)·fading^hours
 *
 *   n  how often it was told again        hours  since it was told last        fading  1: nothing fades
 *
 * A memory repeats the nearest of those it recalled whose cosine is above 0.95, and that shares a tag or has the same
 * text. It is a function of the events and of what each recalled, and of nothing else: without one of them the
 * strengths are as if it had never been told. No text goes because its strength does.
 */
export class Strengths {
  private readonly places = new Map<number, { readonly group: Group; readonly at: number }>();

  /** @param fading what is left of a strength after an hour, above 0 to 1 */
  constructor(private readonly fading: number) {}

  /** Events come in the order of their ids. */
  add(event: Told, { recalled }: Pick<EventLinks, 'recalled'>): void {
    for (const { id, cosine } of recalled) {
      const place = this.places.get(id);
      if (cosine <= SAME || !place) continue;
      const { group, at } = place;
      const earlier = group.members[at]!;
      if (!sameText(event.text, earlier.text) && !shareTag(event.tags, earlier.tags)) continue;
      this.places.set(event.id, { group, at: group.members.push(event) - 1 });
      group.lastTime = Math.max(group.lastTime, event.time);
      return;
    }
    this.places.set(event.id, { group: { members: [event], lastTime: event.time }, at: 0 });
  }

  /**
   * Strength of a memory at a time, 0 or more; undefined for one that is not known.
   *
   * @param now ms since 1970
   */
  of(id: number, now: number): number | undefined {
    const place = this.places.get(id);
    if (!place) return undefined;
    const { members, lastTime } = place.group;
    const repetitions = members.length - 1 - place.at;
    const hours = Math.max(0, now - lastTime) / HOUR;
    const { importance } = members[place.at]!;
    return (importance + REINFORCEMENT * repetitions) * this.fading ** hours;
  }

  /** What its score is multiplied with where it is recalled: the strength, at most 1. */
  recalling(id: number, now: number): number {
    return this.fading === 1 ? 1 : Math.min(1, this.of(id, now) ?? 1);
  }

  /** What its weight in the spray is multiplied with: the same, and 0 once it has faded. */
  leaning(id: number, now: number): number {
    const share = this.recalling(id, now);
    return share < FADED ? 0 : share;
  }

  /** Memories that say the same, told first first. */
  repeated(now: number): Repeated[] {
    return [...new Set([...this.places.values()].map(({ group }) => group))]
      .filter(({ members }) => members.length > 1)
      .map(({ members }) => ({
        ids: members.map(({ id }) => id),
        strength: this.of(members[0]!.id, now)!,
      }));
  }

  /** Ids of memories that have faded. */
  faded(now: number): number[] {
    return [...this.places.keys()].filter((id) => this.leaning(id, now) === 0);
  }
}

/** The same but for case, white space and the end of the sentence. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/\s+/gu, ' ')
      .trim()
      .replace(/[.!]+$/u, '');
  return plain(one) === plain(other);
}

function shareTag(one: readonly string[], other: readonly string[]): boolean {
  return one.some((tag) => other.includes(tag));
}
