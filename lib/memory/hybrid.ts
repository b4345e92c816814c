import type { Neighbour } from './key-index.js';

/** Share of words in the score. They are surer than a mean hidden state, which catches paraphrase. */
const WORDS_SHARE = 0.6;

/** How well a memory fits a question. */
export interface Match {
  readonly id: number;
  /**
   * From 0 to 1: 0.6·words + 0.4·max(0, cosine), or words alone without a model; where memories fade, times their
   * strength, at most 1.
   */
  readonly score: number;
  /** Shared stems (BM25, from 0 to 1). */
  readonly words: number;
  /** Cosine of the centred keys, from −1 to 1; 0 without a model. */
  readonly cosine: number;
}

/** What an event's score is multiplied with: 1 but where memories fade. */
type Share = (id: number) => number;

/** The `limit` best events with a score of at least `minScore`. */
export function best(
  words: ReadonlyMap<number, number>,
  neighbours: Iterable<Neighbour> | undefined,
  { minScore, limit, share }: { minScore: number; limit: number; share?: Share },
): Match[] {
  const found: Match[] = []; // in order; inserting the few that are better is faster than sorting all
  for (const match of matching(words, neighbours, share)) {
    if (match.score < minScore) continue;
    if (found.length === limit && inOrder(found[limit - 1]!, match) <= 0) continue;
    let place = found.length;
    while (place > 0 && inOrder(found[place - 1]!, match) > 0) place--;
    found.splice(place, 0, match);
    if (found.length > limit) found.pop();
  }
  return found;
}

/** Best first, the newer first among equals. */
function inOrder(one: Match, other: Match): number {
  return other.score - one.score || other.id - one.id;
}

/** All events with a score above 0. */
function* matching(
  words: ReadonlyMap<number, number>,
  neighbours: Iterable<Neighbour> | undefined,
  share: Share = () => 1,
): Iterable<Match> {
  const withoutKey = new Map(words);
  for (const { id, cosine } of neighbours ?? []) {
    withoutKey.delete(id);
    const shared = words.get(id) ?? 0;
    const fit = WORDS_SHARE * shared + (1 - WORDS_SHARE) * Math.max(0, cosine);
    const score = fit * share(id);
    if (score > 0) yield { id, score, words: shared, cosine };
  }
  const most = neighbours ? WORDS_SHARE : 1;
  for (const [id, shared] of withoutKey) {
    const score = most * shared * share(id);
    if (score > 0) yield { id, score, words: shared, cosine: 0 };
  }
}
