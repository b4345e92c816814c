import type {
  ConsolidatedVoice,
  Mover,
  SourceShare,
  TokenInfluence,
  TokenLogprob,
} from './influence.js';

/** A token that the engine generated. */
export interface GeneratedToken {
  /** Number of the reply it belongs to. */
  readonly request: number;
  /** 0 for the first token of the reply. */
  readonly index: number;
  readonly id: number;
  /** Text that can be shown now. */
  readonly text: string;
  /** Natural log of its probability, sprayed, before the sampling options. */
  readonly logprob: number;
  /** Number of the copy path it follows. */
  readonly copied: number | undefined;
  readonly influence: TokenInfluence | undefined;
  readonly consolidated: ConsolidatedVoice | undefined;
  /** Most probable first; undefined when none were asked for. */
  readonly topLogprobs: readonly TokenLogprob[] | undefined;
}

/**
 * Reads what the binary packed: figures of many tokens in one array (native/addon/token_packet.hpp).
 *
 * @param texts one per token
 * @param textOf what a token id stands for, to name the movers
 */
export function readTokenPacket(
  figures: Float64Array,
  texts: readonly string[],
  textOf: (id: number) => string,
): GeneratedToken[] {
  const reader = new FigureReader(figures, textOf);
  return texts.map((text) => reader.token(text));
}

class FigureReader {
  private at = 0;

  constructor(
    private readonly figures: Float64Array,
    private readonly textOf: (id: number) => string,
  ) {}

  token(text: string): GeneratedToken {
    const request = this.next();
    const index = this.next();
    const id = this.next();
    const logprob = this.next();
    const path = this.next();
    const copied = path < 0 ? undefined : path;
    const [influenced, spoken, topCount] = [this.next() === 1, this.next() === 1, this.next()];
    const influence = influenced ? this.influence() : undefined;
    const consolidated = spoken ? this.consolidated() : undefined;
    const topLogprobs = topCount > 0 ? this.topLogprobs(topCount) : undefined;
    return { request, index, id, text, logprob, copied, influence, consolidated, topLogprobs };
  }

  private topLogprobs(count: number): TokenLogprob[] {
    return Array.from({ length: count }, () => {
      const id = this.next();
      return { id, text: this.textOf(id), logprob: this.next() };
    });
  }

  private influence(): TokenInfluence {
    const kl = this.next();
    const shift = this.next();
    const ratio = this.next();
    const cosine = this.next();
    const flipped = this.next() === 1;
    const [promotedCount, demotedCount, sourceCount] = [this.next(), this.next(), this.next()];
    const promoted = this.movers(promotedCount);
    const demoted = this.movers(demotedCount);
    const sources: SourceShare[] = [];
    for (let i = 0; i < sourceCount; i++) sources.push({ id: this.next(), shift: this.next() });
    return { kl, shift, ratio, cosine, flipped, promoted, demoted, sources };
  }

  private consolidated(): ConsolidatedVoice {
    const [share, weight, count] = [this.next(), this.next(), this.next()];
    const sources: { id: number; weight: number }[] = [];
    for (let i = 0; i < count; i++) sources.push({ id: this.next(), weight: this.next() });
    return { share, weight, sources };
  }

  private movers(count: number): Mover[] {
    const movers: Mover[] = [];
    for (let i = 0; i < count; i++) {
      const id = this.next();
      movers.push({ id, text: this.textOf(id), change: this.next() });
    }
    return movers;
  }

  private next(): number {
    return this.figures[this.at++]!;
  }
}
