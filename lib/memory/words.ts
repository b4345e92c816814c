import type { EventKind } from '../store/index.js';
import { stem } from './stem.js';
import { STOP_WORDS } from './stop-words.js';

/** Saturation of repeated words, and weight of a text's length (the customary values). */
const K1 = 1.2;
const B = 0.75;

/**
 * Share of the words of the text before, and of the text after, that count as said here too; half of it two texts
 * away. What is answered stands after what was asked. Measured with `graffiti eval locomo`: docs/recall.md.
 */
const BEFORE = 0.5;
const AFTER = 0.3;
const REACH = 2;
/** Texts further apart (ms) are no neighbours. */
const SAME_CONVERSATION = 60 * 60 * 1000;
/** What others said counts half where the question names somebody who speaks. */
const OTHERS = 0.5;

/** What is indexed of an event. */
export interface IndexedText {
  readonly id: number;
  readonly text: string;
  readonly speaker: string;
  /** Only what was told in a conversation has neighbours. */
  readonly kind: EventKind;
  /** ms since 1970 */
  readonly time: number;
}

/** The words of a text in order, in lower case. Letters and digits of any script make words. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  const words = plain.match(/[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}]+)*/gu) ?? [];
  return words.map((word) => word.replace(/'.*$/, '')); // "dog's" is about a dog
}

/** The stems of a text in order. */
export function stems(text: string): string[] {
  return wordsOf(text).map(stem);
}

/** The stems of the words that tell texts apart; all of them where there are no others. */
export function contentStems(text: string): string[] {
  const words = wordsOf(text);
  const content = words.filter((word) => !STOP_WORDS.has(word));
  return (content.length > 0 ? content : words).map(stem);
}

interface Entry {
  readonly id: number;
  readonly time: number;
  readonly kind: EventKind;
  readonly speaker: string;
  readonly length: number;
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
 * divided by Σ_t idf(t), so that 1 means about "every word of the question is in the text". A text is counted with
 * its neighbours in the conversation at a discount: f, n and N_t are those of the text so widened.
 */
export class WordIndex {
  /** For each stem: which texts have it, and how often. */
  private readonly postings = new Map<string, Map<number, number>>();
  /** In order of ids. */
  private entries: Entry[] = [];
  private places = new Map<number, number>();
  /** Lengths of the widened texts by place, and their sum. */
  private lengths: number[] = [];
  private total = 0;
  /** How many texts each speaker has. */
  private readonly speakers = new Map<string, number>();

  /** Texts come in the order of their ids. Adding one twice changes nothing. */
  add({ id, text, speaker, kind, time }: IndexedText): void {
    if (this.places.has(id)) return;
    const words = contentStems(text);
    this.places.set(id, this.entries.length);
    const { length } = words;
    const name = stem(speaker.toLowerCase());
    this.entries.push({ id, time, kind, speaker: name, length });
    this.speakers.set(name, (this.speakers.get(name) ?? 0) + 1);
    this.widen(this.entries.length - 1);
    for (const word of words) {
      let texts = this.postings.get(word);
      if (!texts) this.postings.set(word, (texts = new Map<number, number>()));
      texts.set(id, (texts.get(id) ?? 0) + 1);
    }
  }

  remove(id: number): void {
    const gone = this.entries[this.places.get(id) ?? -1];
    if (!gone) return;
    const left = this.speakers.get(gone.speaker)! - 1;
    if (left > 0) this.speakers.set(gone.speaker, left);
    else this.speakers.delete(gone.speaker);
    this.entries = this.entries.filter((entry) => entry.id !== id);
    this.places = new Map(this.entries.map((entry, place) => [entry.id, place]));
    this.lengths = [];
    this.total = 0;
    this.entries.forEach((_, place) => this.widen(place));
    for (const [word, texts] of this.postings) {
      if (texts.delete(id) && texts.size === 0) this.postings.delete(word);
    }
  }

  /** Scores from 0 to 1 of the texts that share a stem with the question, themselves or beside them. */
  scores(question: string): Map<number, number> {
    const asked = new Set(contentStems(question));
    const { lengths } = this;
    const mean = this.total / lengths.length || 1;
    const sums = new Map<number, number>();
    let total = 0;
    for (const word of asked) {
      const counts = this.widenedCounts(word);
      const idf = Math.log1p((this.entries.length - counts.size + 0.5) / (counts.size + 0.5));
      total += idf;
      for (const [place, count] of counts) {
        const damping = K1 * (1 - B + (B * lengths[place]!) / mean);
        const score = (idf * count * (K1 + 1)) / (count + damping);
        sums.set(place, (sums.get(place) ?? 0) + score);
      }
    }
    const someone = [...asked].some((word) => this.speakers.has(word));
    const scores = new Map<number, number>();
    for (const [place, sum] of sums) {
      const { id, speaker } = this.entries[place]!;
      const share = someone && !asked.has(speaker) ? OTHERS : 1;
      scores.set(id, Math.min(1, (share * sum) / total));
    }
    return scores;
  }

  /** How often a stem is in each text, by place, with its neighbours' share. */
  private widenedCounts(word: string): Map<number, number> {
    const counts = new Map<number, number>();
    for (const [id, count] of this.postings.get(word) ?? []) {
      this.spread(this.places.get(id)!, (place, share) => {
        counts.set(place, (counts.get(place) ?? 0) + share * count);
      });
    }
    return counts;
  }

  /** Counts the text at `place` into its own length and those of its neighbours before it, and these into its own. */
  private widen(place: number): void {
    this.lengths[place] = 0;
    this.spread(place, (other, share) => this.lengthen(other, share * this.entries[place]!.length));
    for (let before = Math.max(0, place - REACH); before < place; before++) {
      const { length } = this.entries[before]!;
      this.spread(before, (other, share) => {
        if (other === place) this.lengthen(other, share * length);
      });
    }
  }

  private lengthen(place: number, length: number): void {
    this.lengths[place]! += length;
    this.total += length;
  }

  /** Tells `give` which texts a text counts for, and how much. */
  private spread(from: number, give: (place: number, share: number) => void): void {
    const { time, kind } = this.entries[from]!;
    give(from, 1);
    if (kind !== 'tell') return;
    for (let distance = 1; distance <= REACH; distance++) {
      for (const [place, share] of [
        [from + distance, BEFORE],
        [from - distance, AFTER],
      ] as const) {
        const other = this.entries[place];
        if (place >= this.lengths.length) continue; // not counted in yet
        if (other?.kind !== 'tell' || Math.abs(other.time - time) > SAME_CONVERSATION) continue;
        give(place, share / distance);
      }
    }
  }
}
