import type { AnswerTokens, LayerRecord, LoadedModel } from '../model/index.js';
import { type AdapterTensor, mergedTensors } from './adapter-file.js';
import type { Engram } from './engram.js';
import { loadTensors } from './extract.js';
import { lossOf } from './losses.js';

/**
 * How far an engram is what memory research calls one: it has to be taken away for the memory to go (necessity), and
 * then nothing else goes (specificity); the cue of the memory wakes it (reactivation); and it is enough by itself
 * (sufficiency). docs/engrams.md defines each.
 */
export interface EngramCriteria {
  /** Nats per answer token by which the target's loss rises when it is erased. */
  readonly necessity: number;
  /** 1 − the rise of what was to stay over the rise of the target: 1 when nothing else is lost. */
  readonly specificity: number;
  /**
   * ‖Ex‖/‖Wx‖ at the answers of the target, asked for in other words where such are given, over the same at the answers of what
   * was to stay: 1 when the engram does as much for either.
   */
  readonly reactivation: number;
  /**
   * The share of the target's loss without the engram's matrices (W = 0), above that of the whole model, which E alone in
   * their place wins back.
   */
  readonly sufficiency: number;
}

/** Texts that are recorded for one side of `reactivation`. */
const MOST_RECORDED = 40;
/** Numbers held at a time while they are; more matrices than fit are recorded in several runs. */
const NUMBERS_AT_ONCE = 2 ** 26;

/** ‖Ex‖/‖Wx‖, summed over the rows of one matrix; rows of zeros are left out. */
function shares({ inputs, outputs, rank, a, b }: AdapterTensor, record: LayerRecord) {
  const inner = new Float64Array(rank);
  let [sum, count] = [0, 0];
  for (const [row, expert] of record.experts.entries()) {
    for (let k = 0; k < rank; k++) {
      const from = (expert * rank + k) * inputs;
      let value = 0;
      for (let j = 0; j < inputs; j++) value += a[from + j]! * record.x[row * inputs + j]!;
      inner[k] = value;
    }
    let [engrams, all] = [0, 0];
    for (let i = 0; i < outputs; i++) {
      const from = (expert * outputs + i) * rank;
      let value = 0;
      for (let k = 0; k < rank; k++) value += b[from + k]! * inner[k]!;
      engrams += value ** 2;
      all += record.y[row * outputs + i]! ** 2;
    }
    if (all === 0) continue;
    sum += Math.sqrt(engrams / all);
    count++;
  }
  return { sum, count };
}

/** Mean of ‖Ex‖/‖Wx‖ over positions and matrices. */
async function activation(
  model: LoadedModel,
  engram: Engram,
  texts: readonly AnswerTokens[],
): Promise<number> {
  const tokens = texts.reduce((total, text) => total + text.tokens.length, 0);
  let [sum, count] = [0, 0];
  for (let next = 0; next < engram.tensors.length;) {
    const first = next;
    let numbers = 0;
    while (next < engram.tensors.length && (next === first || numbers < NUMBERS_AT_ONCE)) {
      const { inputs, outputs } = engram.tensors[next++]!;
      numbers += tokens * (inputs + outputs);
    }
    const some = engram.tensors.slice(first, next);
    const names = some.map(({ name }) => name.replaceAll('.', String.raw`\.`));
    for (const record of await model.recordLayers(texts, `^(${names.join('|')})$`)) {
      const found = shares(
        some.find(({ name }) => name === record.name)!,
        record,
      );
      sum += found.sum;
      count += found.count;
    }
  }
  return count === 0 ? 0 : sum / count / engram.origin.strength;
}

/** How much more an engram does for the texts it is the trace of than for others. */
export async function reactivation(
  model: LoadedModel,
  engram: Engram,
  cues: readonly AnswerTokens[],
  others: readonly AnswerTokens[],
): Promise<number> {
  const some = (texts: readonly AnswerTokens[]) => {
    const taken = Math.min(texts.length, MOST_RECORDED);
    return Array.from({ length: taken }, (_, i) => texts[Math.floor((i * texts.length) / taken)]!);
  };
  const ofOthers = await activation(model, engram, some(others));
  return ofOthers === 0 ? Infinity : (await activation(model, engram, some(cues))) / ofOthers;
}

/** −W as an adapter. */
async function withoutWeight(
  model: LoadedModel,
  { name, inputs, outputs, experts }: AdapterTensor,
): Promise<AdapterTensor> {
  const weight = await model.readWeight(name);
  const rank = Math.min(inputs, outputs);
  const stack = Math.max(experts, 1);
  const unit = (value: number) => {
    const matrix = new Float32Array(stack * rank * rank);
    for (let i = 0; i < stack * rank; i++) matrix[i * rank + (i % rank)] = value;
    return matrix;
  };
  return outputs <= inputs
    ? { name, inputs, outputs, experts, rank, a: weight, b: unit(-1) }
    : { name, inputs, outputs, experts, rank, a: unit(1), b: weight.map((value) => -value) };
}

/** What an engram wins back of its target where its matrices are empty. */
export async function sufficiency(
  model: LoadedModel,
  engram: Engram,
  target: readonly AnswerTokens[],
  known: number,
  signal?: AbortSignal,
): Promise<number> {
  const empty: AdapterTensor[] = [];
  for (const tensor of engram.tensors) empty.push(await withoutWeight(model, tensor));
  const alone = mergedTensors([
    { tensors: empty, scale: 1 },
    // The file erases, by its strength.
    { tensors: engram.tensors, scale: -1 / engram.origin.strength },
  ]);
  const nothing = await lossOf(model, target, await loadTensors(model, empty), signal);
  const engrams = await lossOf(model, target, await loadTensors(model, alone), signal);
  return (nothing - engrams) / (nothing - known);
}
