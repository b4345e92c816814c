import type { Exchange } from '../memory/index.js';
import type { HeadMemoryHandle, HeadRows, LoadedModel } from '../model/index.js';
import { type HeadNight, stacked } from './head-rows.js';
import { withoutRepeats } from './merging.js';
import { joined, type Recorded, recordAll } from './recording.js';
import type { Rehearsal } from './rehearsal.js';

export interface ConsolidateOptions {
  /** Highest relative rise of the perplexity of ordinary text: 0.01 is 1 %. */
  readonly anchorLimit: number;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** What a night learned, ready to be given to a session. */
export interface Consolidated extends HeadNight {
  readonly memory: HeadMemoryHandle;
}

/**
 * Learns exchanges into a head memory: one key for every token of every reply, without repeats. Forward passes
 * only; the same for every architecture and quantisation (kNN-LM, Khandelwal et al. 2020, arXiv 1911.00172).
 *
 * @throws {RangeError} when there is nothing to learn. @throws {GraffitiError} `ERR_ABORTED`
 */
export async function consolidate(
  model: LoadedModel,
  exchanges: readonly Exchange[],
  { fitted, governing }: Rehearsal,
  { anchorLimit, onProgress, signal }: ConsolidateOptions,
): Promise<Consolidated> {
  const total = fitted.length + governing.length + exchanges.length;
  let done = 0;
  const record = (texts: Parameters<typeof recordAll>[1]) =>
    recordAll(model, texts, () => onProgress(++done, total), signal);
  const space = await model.fitKeySpace(joined(await record(fitted)).features);
  const ordinary = joined(await record(governing));
  const rows = await rowsOf(model, space, exchanges, await record(exchanges));
  if (rows.tokens.length === 0) {
    throw new RangeError('Expected exchanges with at least one token to learn but received none');
  }
  const memory = await model.makeHeadMemory(space, rows, 1);
  const { reach } = await model.governHeadMemory(memory, ordinary, anchorLimit);
  return { space, rows, reach, memory };
}

/** The rows of all memories, memory after memory in the order of their ids. */
async function rowsOf(
  model: LoadedModel,
  space: Float32Array,
  exchanges: readonly Exchange[],
  recorded: readonly Recorded[],
): Promise<HeadRows> {
  const bySource = new Map<number, Recorded[]>();
  exchanges.forEach(({ source }, index) => {
    bySource.set(source, [...(bySource.get(source) ?? []), recorded[index]!]);
  });
  const [, width, , kept] = space; // as KeySpace::values writes it
  const parts: HeadRows[] = [];
  for (const [source, texts] of [...bySource].sort(([one], [other]) => one - other)) {
    const { features, tokens } = joined(texts);
    if (tokens.length === 0) continue;
    const { keys, scales } = await model.makeKeys(space, features);
    const sources = new Float64Array(tokens.length).fill(source);
    parts.push(withoutRepeats({ keys, scales, tokens, sources }, 1 / (2 * width! * kept!)));
  }
  return stacked(parts);
}
