import type { Exchange } from '../memory/index.js';
import type { HeadRows, LoadedModel, NightHandle } from '../model/index.js';
import { type HeadNight, pickedRows, stacked } from './head-rows.js';
import { joined, type Recorded, recordAll } from './recording.js';
import type { Rehearsal } from './rehearsal.js';
import { distinctRows, mostSurprising } from './thinning.js';

/** 27 MB with 256 components. */
export const DEFAULT_MAX_KEYS = 100_000;

export interface ConsolidateOptions {
  /** Highest relative rise of the perplexity of ordinary text: 0.01 is 1 %. */
  readonly anchorLimit: number;
  /** Most keys that are kept. Default 100 000. */
  readonly maxKeys?: number | undefined;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** What a night learned, ready to be given to a session. */
export interface Consolidated extends HeadNight {
  readonly night: NightHandle;
  /** Positions that have no key because an earlier one says the same, or because there were more than `maxKeys`. */
  readonly merged: number;
  readonly dropped: number;
}

/** Rows with what the model made of their tokens by itself, nats. */
interface ToldRows {
  readonly rows: HeadRows;
  readonly logprobs: readonly number[];
}

/**
 * Learns exchanges into a head memory: one key for every token of every reply, without repeats, at most `maxKeys`.
 * Forward passes only; the same for every architecture and quantisation (kNN-LM, Khandelwal et al. 2020,
 * arXiv 1911.00172).
 *
 * @throws {RangeError} when there is nothing to learn. @throws {GraffitiError} `ERR_ABORTED`
 */
export async function consolidate(
  model: LoadedModel,
  exchanges: readonly Exchange[],
  { fitted, governing }: Rehearsal,
  { anchorLimit, maxKeys = DEFAULT_MAX_KEYS, onProgress, signal }: ConsolidateOptions,
): Promise<Consolidated> {
  const total = fitted.length + governing.length + exchanges.length;
  let done = 0;
  const record = (texts: Parameters<typeof recordAll>[1]) =>
    recordAll(model, texts, () => onProgress(++done, total), signal);
  const space = await model.fitKeySpace(joined(await record(fitted)).features);
  const ordinary = joined(await record(governing));
  const recorded = await record(exchanges);
  const { rows: told, logprobs } = await rowsOf(model, space, exchanges, recorded);
  const positions = recorded.reduce((sum, { tokens }) => sum + tokens.length, 0);
  if (positions === 0) {
    throw new RangeError('Expected exchanges with at least one token to learn but received none');
  }
  const rows = pickedRows(told, mostSurprising(logprobs, maxKeys));
  const night = await model.makeHeadMemory(space, rows, 1);
  const { reach } = await model.governHeadMemory(night, ordinary, anchorLimit);
  const merged = positions - told.tokens.length;
  return { space, rows, reach, night, merged, dropped: told.tokens.length - rows.tokens.length };
}

/** The rows of all memories without repeats, memory after memory in the order of their ids. */
async function rowsOf(
  model: LoadedModel,
  space: Float32Array,
  exchanges: readonly Exchange[],
  recorded: readonly Recorded[],
): Promise<ToldRows> {
  const bySource = new Map<number, Recorded[]>();
  exchanges.forEach(({ source }, index) => {
    bySource.set(source, [...(bySource.get(source) ?? []), recorded[index]!]);
  });
  const [, width, , kept] = space; // as KeySpace::values writes it
  const parts: ToldRows[] = [];
  for (const [source, texts] of [...bySource].sort(([one], [other]) => one - other)) {
    const { features, tokens, logprobs } = joined(texts);
    if (tokens.length === 0) continue;
    const { keys, scales } = await model.makeKeys(space, features);
    const sources = new Float64Array(tokens.length).fill(source);
    const rows = { keys, scales, tokens, sources };
    const distinct = distinctRows(rows, 1 / (2 * width! * kept!));
    parts.push({
      rows: pickedRows(rows, distinct),
      logprobs: distinct.map((row) => logprobs[row]!),
    });
  }
  return {
    rows: stacked(parts.map(({ rows }) => rows)),
    logprobs: parts.flatMap(({ logprobs }) => logprobs),
  };
}
