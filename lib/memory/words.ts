import { stem } from './stem.js';

/** Saturation of repeated words, and weight of a text's length (the customary values). */
const K1 = 1.2;
const B = 0.75;

/** The stems of a text in order. Letters and digits of any script make words. */
export function stems(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  const words = plain.match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}]+)*/gu) ?? [];
  return words.map((word) => stem(word.replace(/'.*$/, ''))); // "dog's" is about a dog
}

/**
 * Which texts share words with a question, by Okapi BM25 (Robertson and Zaragoza, "The probabilistic
 * relevance framework", 2009) over stems:
 *
 *   score = Σ_t idf(t)·f/(f + k1·(1 − b + b·n/n̄))·(k1 + 1)      idf = ln(1 + (N − N_t + ½)/(N_t + ½))
 *
 *   t  stems of the question       f  how often t is in the text      n, n̄  its and the mean length
 *   N  number of texts             N_t  of those with t
 *
 * divided by Σ_t idf(t), so that 1 means about "every word of the question is in the text".
 */
export class WordIndex {
  /** For each stem: which texts have it, and how often. */
  private readonly postings = new Map<string, Map<number, number>>();
  private readonly lengths = new Map<number, number>();
  private totalLength = 0;

  /** Adding a text twice changes nothing. */
  add(id: number, text: string): void {
    if (this.lengths.has(id)) return;
    const words = stems(text);
    this.lengths.set(id, words.length);
    this.totalLength += words.length;
    for (const word of words) {
      let texts = this.postings.get(word);
      if (!texts) this.postings.set(word, (texts = new Map<number, number>()));
      texts.set(id, (texts.get(id) ?? 0) + 1);
    }
  }

  remove(id: number): void {
    const length = this.lengths.get(id);
    if (length === undefined) return;
    this.lengths.delete(id);
    this.totalLength -= length;
    for (const [word, texts] of this.postings) {
      if (texts.delete(id) && texts.size === 0) this.postings.delete(word);
    }
  }

  /** Scores from 0 to 1 of the texts that share a stem with the question. */
  scores(question: string): Map<number, number> {
    const scores = new Map<number, number>();
    const meanLength = this.totalLength / this.lengths.size || 1;
    let total = 0;
    for (const word of new Set(stems(question))) {
      const texts = this.postings.get(word) ?? new Map<number, number>();
      const idf = Math.log1p((this.lengths.size - texts.size + 0.5) / (texts.size + 0.5));
      total += idf;
      for (const [id, count] of texts) {
        const damping = K1 * (1 - B + (B * this.lengths.get(id)!) / meanLength);
        const score = (idf * count * (K1 + 1)) / (count + damping);
        scores.set(id, (scores.get(id) ?? 0) + score);
      }
    }
    for (const [id, score] of scores) scores.set(id, Math.min(1, score / total));
    return scores;
  }
}
