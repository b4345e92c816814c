/**
 * 'clustered': as hidden states lie, around topics and with a few strong directions: the standard deviation of
 * direction i is 1/√i, 0.7 of it within a topic, √n topics. 'isotropic': every direction alike, no topics; no model
 * gives such vectors, and nothing finds the nearest of them without looking at most.
 */
export type VectorShape = 'clustered' | 'isotropic';

const NOISE = 2 ** 20;
const WITHIN = 0.7;

/** Reproducible vectors to measure searching with. */
export class TestVectors {
  private state = 0x9e3779b9;
  /** Normal numbers, drawn from again and again: drawing each anew takes longer than all the rest. */
  private readonly noise = new Float32Array(NOISE);
  private readonly deviation: Float32Array;
  private readonly topics: Float32Array;

  constructor(
    size: number,
    private readonly width: number,
    private readonly shape: VectorShape,
  ) {
    for (let i = 0; i < NOISE; i += 2) {
      const length = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      this.noise[i] = length * Math.cos(angle);
      this.noise[i + 1] = length * Math.sin(angle);
    }
    const clustered = shape === 'clustered';
    this.deviation = Float32Array.from({ length: width }, (_, i) =>
      clustered ? 1 / Math.sqrt(i + 1) : 1,
    );
    this.topics = new Float32Array(clustered ? Math.ceil(Math.sqrt(size)) * width : 0);
    for (let i = 0; i < this.topics.length; i++) {
      this.topics[i] = this.noise[this.below(NOISE)]! * this.deviation[i % width]!;
    }
  }

  /** `count` vectors, one after the other. */
  table(count: number): Float32Array {
    const rows = new Float32Array(count * this.width);
    for (let row = 0; row < count; row++) this.fill(rows, row * this.width);
    return rows;
  }

  next(): Float32Array {
    return this.table(1);
  }

  private fill(rows: Float32Array, at: number): void {
    const from = this.below(NOISE - this.width);
    if (this.shape === 'isotropic') {
      rows.set(this.noise.subarray(from, from + this.width), at);
      return;
    }
    const topic = this.below(this.topics.length / this.width) * this.width;
    for (let i = 0; i < this.width; i++) {
      rows[at + i] = this.topics[topic + i]! + WITHIN * this.noise[from + i]! * this.deviation[i]!;
    }
  }

  private below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** mulberry32: 0 to below 1 */
  private uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
