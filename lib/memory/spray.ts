import type { EventLinks, SpraySettings, SpraySnapshot, VectorTable } from '../store/index.js';

/**
 * The spray state as a weighted sum of what was told.
 *
 * For each told event, one exact liquid step with Δ = 1 event (Hasani et al., "Closed-form
 * continuous-time neural networks", 2022, for constant input):
 *
 *   s ← s·e^{−λ} + (1 − e^{−λ})·x        x = (1 − m)·v + m·mean(v_r)
 *
 *   s  spray state                        λ  rate
 *   v  the event's own spray vector       m  mix, 0 when the event recalls nothing
 *   v_r  spray vectors of the earlier events it recalls
 *
 * Every x is linear in the v's, so s = Σ wᵢvᵢ and only the weights are folded. The fold is a pure
 * function of the events and what each recalled: that is what makes forgetting exact, and the share
 * of each memory in an output exact.
 */
export class SprayFold {
  private readonly weights: Map<number, number>;
  private upTo: number;

  constructor(
    private readonly settings: SpraySettings,
    start: SpraySnapshot = { upTo: 0, weights: [] },
  ) {
    this.weights = new Map(start.weights);
    this.upTo = start.upTo;
  }

  /** Folds in an event and what it recalled. */
  step({ id, recalled }: EventLinks): void {
    const decay = Math.exp(-this.settings.rate);
    const gain = -Math.expm1(-this.settings.rate);
    for (const [source, weight] of this.weights) {
      const faded = weight * decay;
      if (faded < NEGLIGIBLE) this.weights.delete(source);
      else this.weights.set(source, faded);
    }
    const mix = recalled.length > 0 ? this.settings.mix : 0;
    this.add(id, gain * (1 - mix));
    for (const source of recalled) this.add(source.id, (gain * mix) / recalled.length);
    this.upTo = id;
  }

  snapshot(): SpraySnapshot {
    return { upTo: this.upTo, weights: [...this.weights].sort(([one], [other]) => one - other) };
  }

  private add(id: number, weight: number): void {
    const sum = (this.weights.get(id) ?? 0) + weight;
    if (sum >= NEGLIGIBLE) this.weights.set(id, sum);
  }
}

/** Weights sum to at most 1, so what is below half a unit in the last place of 1 can never count. */
const NEGLIGIBLE = 2 ** -60;

/** One memory in the spray. */
export interface SpraySource {
  readonly id: number;
  /** Its share wᵢ, above 0; all weights together are at most 1. */
  readonly weight: number;
  readonly vector: Float32Array;
}

/** The spray state, taken apart. */
export interface Spray {
  /** The memories of largest weight, largest first. */
  readonly sources: readonly SpraySource[];
  /** Weighted sum of all other memories. */
  readonly rest: Float32Array;
  /** Σ weight·vector over all memories, summed in double precision. Empty when no model is known. */
  readonly state: Float64Array;
}

/** Σ wᵢvᵢ in order of ids, so that equal brains give equal bits. */
export function weightedSum(
  weights: ReadonlyMap<number, number>,
  vectors: VectorTable,
  width: number,
): Float64Array {
  const sum = new Float64Array(width);
  vectors.ids.forEach((id, row) => {
    const weight = weights.get(id);
    if (weight === undefined) return;
    for (let i = 0; i < width; i++) sum[i]! += weight * vectors.rows[row * width + i]!;
  });
  return sum;
}

/** Takes the state apart into its `limit` largest sources and the rest. */
export function takeApart(
  snapshot: SpraySnapshot,
  vectors: VectorTable,
  width: number,
  limit: number,
): Spray {
  const all = new Map(snapshot.weights);
  const largest = [...snapshot.weights]
    .sort(([id, weight], [otherId, otherWeight]) => otherWeight - weight || otherId - id)
    .slice(0, limit);
  const rowOf = new Map(vectors.ids.map((id, row) => [id, row]));
  const others = new Map(all);
  for (const [id] of largest) others.delete(id);
  return {
    sources: largest.map(([id, weight]) => {
      const start = rowOf.get(id)! * width;
      return { id, weight, vector: vectors.rows.slice(start, start + width) };
    }),
    rest: Float32Array.from(weightedSum(others, vectors, width)),
    state: weightedSum(all, vectors, width),
  };
}

/** Length of the state s, and its distance from the state s₀ before the event `last`. */
export function movement(
  snapshot: SpraySnapshot,
  last: EventLinks,
  vectors: VectorTable,
  width: number,
  settings: SpraySettings,
): { sprayNorm: number; drift: number } {
  // From nothing, the last step gives the weights of (1 − e^{−λ})·x = s − e^{−λ}·s₀.
  const step = new SprayFold(settings);
  step.step(last);
  const input = new Map(step.snapshot().weights);
  const decay = Math.exp(-settings.rate);
  const moved = snapshot.weights.map(
    ([id, weight]) => [id, weight - (weight - (input.get(id) ?? 0)) / decay] as const,
  );
  return {
    sprayNorm: Math.hypot(...weightedSum(new Map(snapshot.weights), vectors, width)),
    drift: Math.hypot(...weightedSum(new Map(moved), vectors, width)),
  };
}
