import type { Neighbour } from './key-index.js';

/** Share of words in the score. They are surer than a mean hidden state, which catches paraphrase. */
const WORDS_SHARE = 0.6;

/** How well a memory fits a question. */
export interface Match {
  readonly id: number;
  /** From 0 to 1: 0.6·words + 0.4·max(0, cosine), or words alone without a model. */
  readonly score: number;
  /** Shared stems (BM25, from 0 to 1). */
  readonly words: number;
  /** Cosine of the centred keys, from −1 to 1; 0 without a model. */
  readonly cosine: number;
}

/** The `limit` best events with a score of at least `minScore`. */
export function best(
  words: ReadonlyMap<number, number>,
  neighbours: Iterable<Neighbour> | undefined,
  minScore: number,
  limit: number,
): Match[] {
  return rank(words, neighbours)
    .filter(({ score }) => score >= minScore)
    .slice(0, limit);
}

/** All events with a score above 0, best first, the newer first among equals. */
export function rank(
  words: ReadonlyMap<number, number>,
  neighbours: Iterable<Neighbour> | undefined,
): Match[] {
  const matches: Match[] = [];
  if (neighbours) {
    for (const { id, cosine } of neighbours) {
      const shared = words.get(id) ?? 0;
      const score = WORDS_SHARE * shared + (1 - WORDS_SHARE) * Math.max(0, cosine);
      if (score > 0) matches.push({ id, score, words: shared, cosine });
    }
  } else {
    for (const [id, score] of words) matches.push({ id, score, words: score, cosine: 0 });
  }
  return matches.sort((one, other) => other.score - one.score || other.id - one.id);
}
