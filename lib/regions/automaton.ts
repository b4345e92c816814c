import { GraffitiError } from '../errors.js';
import { readSafetensors } from './safetensors.js';

/** One cell per digit of the sum, least significant first. */
export const CELLS = 8;
/** Numbers in the state of a cell. */
const WIDTH = 32;
/** What a cell sees: the state of the cell below, its own with its digits added, the state above. */
const SEEN = 3 * WIDTH;
const EXPERTS = 6;
const HIDDEN = 32;
const DIGITS = 10;
/** Units of an expert whose inner weights lie side by side for each thing seen. */
const BLOCK = 8;

const SHAPES = {
  digit: [DIGITS, WIDTH],
  gate: [SEEN, EXPERTS],
  gate_bias: [EXPERTS],
  inner: [SEEN, EXPERTS, HIDDEN],
  inner_bias: [EXPERTS, HIDDEN],
  outer: [EXPERTS, HIDDEN, WIDTH],
  outer_bias: [EXPERTS, WIDTH],
  output: [WIDTH, DIGITS],
  output_bias: [DIGITS],
} as const;

type Weights = Readonly<Record<keyof typeof SHAPES, Float64Array>>;

/**
 * The trained net behind the adder: an asynchronous neural cellular automaton with a mixture of experts.
 * Made by training/adder.py, which has the same formulas and names their sources:
 *
 *     x      = [s_below | s + digit[a] + digit[b] | s_above]
 *     g      = x·gate + gate_bias;  p = softmax over the two largest g, 0 for the others
 *     s_new  = tanh Σ_e p_e·(relu(x·inner_e + inner_bias_e)·outer_e + outer_bias_e)
 *     scores = s·output + output_bias
 *
 * s: state of a cell, 0 at first and beyond either end; a, b: the cell's digits of both numbers.
 */
export class Automaton {
  private readonly weights: Weights;
  private readonly states = new Float64Array((CELLS + 2) * WIDTH);
  private readonly digits = new Float64Array(CELLS * WIDTH);
  private readonly seen = new Float64Array(SEEN);
  private readonly fresh = new Float64Array(WIDTH);
  private readonly gates = new Float64Array(EXPERTS);
  private readonly active = new Float64Array(HIDDEN);

  /**
   * @param bytes a safetensors file; `path` is named in errors
   * @throws {GraffitiError} `ERR_MODEL_INVALID`
   */
  constructor(bytes: Uint8Array, path: string) {
    const tensors = readSafetensors(bytes, path);
    const values = Object.entries(SHAPES).map(([name, shape]) => {
      const tensor = tensors.get(name);
      if (tensor?.shape.join() !== shape.join()) {
        throw new GraffitiError('ERR_MODEL_INVALID', `${path} holds no adder: ${name} is amiss.`);
      }
      // In double precision: that is what JavaScript computes in.
      return [name, Float64Array.from(tensor.values)];
    });
    const weights = Object.fromEntries(values) as Weights;
    this.weights = {
      ...weights,
      gate: transposed(weights.gate, SEEN),
      inner: inBlocks(weights.inner),
    };
  }

  /**
   * Runs the automaton from nothing. A cell that an update has hardly changed sleeps until the state of a
   * neighbour changes.
   *
   * @param first digits of one number, least significant first, CELLS of them
   * @param order cells in the order in which they are updated
   * @param hardly largest change of a number in a state that is none
   * @returns scores of the ten digits for every cell, CELLS × 10
   */
  run(first: Uint8Array, second: Uint8Array, order: Uint8Array, hardly = 0.05): Float64Array {
    const { digit } = this.weights;
    for (let cell = 0; cell < CELLS; cell++) {
      for (let i = 0; i < WIDTH; i++) {
        this.digits[cell * WIDTH + i] =
          digit[first[cell]! * WIDTH + i]! + digit[second[cell]! * WIDTH + i]!;
      }
    }
    this.states.fill(0);
    const awake = new Array<boolean>(CELLS).fill(true);
    for (const cell of order) {
      if (!awake[cell]) continue;
      if (this.update(cell) > hardly) awake[cell - 1] = awake[cell + 1] = true;
      else awake[cell] = false;
    }
    return this.scores();
  }

  /** Gives a cell its new state; returns the largest change of a number in it. */
  private update(cell: number): number {
    const { seen, states, digits, fresh, gates } = this;
    // The state of cell c lies at c + 1: one state of zeros stands beyond either end.
    for (let i = 0; i < SEEN; i++) seen[i] = states[cell * WIDTH + i]!;
    for (let i = 0; i < WIDTH; i++) seen[WIDTH + i]! += digits[cell * WIDTH + i]!;
    const { gate, gate_bias } = this.weights;
    for (let e = 0; e < EXPERTS; e++) gates[e] = gate_bias[e]! + product(gate, e * SEEN, seen);
    const best = largest(gates, -1);
    const second = largest(gates, best);
    const odds = Math.exp(gates[second]! - gates[best]!);
    fresh.fill(0);
    this.consult(best, 1 / (1 + odds));
    this.consult(second, odds / (1 + odds));
    let change = 0;
    for (let i = 0; i < WIDTH; i++) {
      const at = (cell + 1) * WIDTH + i;
      const value = Math.tanh(fresh[i]!);
      change = Math.max(change, Math.abs(value - states[at]!));
      states[at] = value;
    }
    return change;
  }

  /** Adds what an expert makes of `seen` to the state being made. */
  private consult(expert: number, share: number): void {
    const { fresh, active } = this;
    const { outer, outer_bias } = this.weights;
    for (let i = 0; i < WIDTH; i++) fresh[i]! += share * outer_bias[expert * WIDTH + i]!;
    this.activate(expert);
    for (let unit = 0; unit < HIDDEN; unit++) {
      if (active[unit]! <= 0) continue;
      const weight = share * active[unit]!;
      const begin = (expert * HIDDEN + unit) * WIDTH;
      for (let i = 0; i < WIDTH; i++) fresh[i]! += weight * outer[begin + i]!;
    }
  }

  /**
   * Puts x·inner_e + inner_bias_e into `active`. BLOCK units at a time: one of `seen` is read for all of them, and
   * no addition waits for the one before. Most of the time is spent here.
   */
  private activate(expert: number): void {
    const { seen, active } = this;
    const { inner, inner_bias } = this.weights;
    for (let unit = 0; unit < HIDDEN; unit += BLOCK) {
      const bias = expert * HIDDEN + unit;
      let at = bias * SEEN;
      let a = inner_bias[bias]!;
      let b = inner_bias[bias + 1]!;
      let c = inner_bias[bias + 2]!;
      let d = inner_bias[bias + 3]!;
      let e = inner_bias[bias + 4]!;
      let f = inner_bias[bias + 5]!;
      let g = inner_bias[bias + 6]!;
      let h = inner_bias[bias + 7]!;
      for (let i = 0; i < SEEN; i++) {
        const value = seen[i]!;
        a += inner[at]! * value;
        b += inner[at + 1]! * value;
        c += inner[at + 2]! * value;
        d += inner[at + 3]! * value;
        e += inner[at + 4]! * value;
        f += inner[at + 5]! * value;
        g += inner[at + 6]! * value;
        h += inner[at + 7]! * value;
        at += BLOCK;
      }
      active[unit] = a;
      active[unit + 1] = b;
      active[unit + 2] = c;
      active[unit + 3] = d;
      active[unit + 4] = e;
      active[unit + 5] = f;
      active[unit + 6] = g;
      active[unit + 7] = h;
    }
  }

  private scores(): Float64Array {
    const { output, output_bias } = this.weights;
    const scores = new Float64Array(CELLS * DIGITS);
    for (let cell = 0; cell < CELLS; cell++) {
      for (let digit = 0; digit < DIGITS; digit++) {
        let sum = output_bias[digit]!;
        for (let i = 0; i < WIDTH; i++) {
          sum += this.states[(cell + 1) * WIDTH + i]! * output[i * DIGITS + digit]!;
        }
        scores[cell * DIGITS + digit] = sum;
      }
    }
    return scores;
  }
}

/** Where the largest value is, `except` left out. */
function largest(values: Float64Array, except: number): number {
  let best = except === 0 ? 1 : 0;
  for (let i = 0; i < values.length; i++) if (i !== except && values[i]! > values[best]!) best = i;
  return best;
}

/** Rows and columns of a matrix exchanged; `rows` of them. */
function transposed(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows;
  return matrix.map((_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)]!);
}

/** [SEEN, units] → [units / BLOCK, SEEN, BLOCK]: in the order in which they are multiplied. */
function inBlocks(matrix: Float64Array): Float64Array {
  const units = matrix.length / SEEN;
  return matrix.map((_, index) => {
    const block = Math.floor(index / (SEEN * BLOCK));
    const input = Math.floor(index / BLOCK) % SEEN;
    return matrix[input * units + block * BLOCK + (index % BLOCK)]!;
  });
}

/** Σ matrix[begin + i]·seen[i]. Four sums at a time: an addition need not wait for the one before. */
function product(matrix: Float64Array, begin: number, seen: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < SEEN; i += 4) {
    a += matrix[begin + i]! * seen[i]!;
    b += matrix[begin + i + 1]! * seen[i + 1]!;
    c += matrix[begin + i + 2]! * seen[i + 2]!;
    d += matrix[begin + i + 3]! * seen[i + 3]!;
  }
  return a + b + (c + d);
}
