/** A token whose probability the spray changed much. */
export interface Mover {
  readonly id: number;
  readonly text: string;
  /** Probability, sprayed minus base. */
  readonly change: number;
}

/** What one memory did to a token. */
export interface SourceShare {
  /** Id of the memory; 0 = all memories too faint to be listed by themselves. */
  readonly id: number;
  /**
   * Its part of the token's logit shift, nats, against what it does to an average word. Exact: the shift
   * is linear in the memories.
   */
  readonly shift: number;
}

/** What the spray did to the distribution a token was drawn from. Exact, not estimated. */
export interface TokenInfluence {
  /** KL(sprayed ‖ base) over the whole vocabulary, nats. */
  readonly kl: number;
  /** Log-probability of this token, sprayed minus base, nats. */
  readonly shift: number;
  /** ‖added‖/‖h‖, h the hidden state it was added to. */
  readonly ratio: number;
  /** Cosine of h and the spray. */
  readonly cosine: number;
  /** The most probable token changed. */
  readonly flipped: boolean;
  /** Tokens that gained most probability, most first. */
  readonly promoted: readonly Mover[];
  /** Tokens that lost most. */
  readonly demoted: readonly Mover[];
  /** Memories behind the shift, largest first. */
  readonly sources: readonly SourceShare[];
}

/** A token that could have come. */
export interface TokenLogprob {
  readonly id: number;
  /** What it stands for, special tokens spelled out. */
  readonly text: string;
  /** Natural log of its probability, as `TokenEvent.logprob`. */
  readonly logprob: number;
}

/** What was consolidated in sleep had to say about a token. */
export interface ConsolidatedVoice {
  /** Share of the prediction that is the night's, 0 to 1: what it moved from some tokens to others. */
  readonly share: number;
  /** Probability that it gave to this token, at most `share`. */
  readonly weight: number;
  /**
   * Memories behind `weight`, largest first; their weights sum to it. Empty after a night of method 'weights', which
   * learns from all at once.
   */
  readonly sources: readonly { readonly id: number; readonly weight: number }[];
}
