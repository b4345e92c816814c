import { type Memory, type MemoryStats } from '../../memory/index.js';
import type { CommonOptions } from '../describe.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { recordLine } from '../memory-lines.js';
import { openExisting, openWithModel } from '../open-brain.js';
import { oneLine, Output } from '../output.js';
import type { ListingOptions, RecallingOptions } from './command.js';

export async function list(brain: string, options: ListingOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  const { limit, offset, tag, speaker, since } = options;
  const memories = await memory.list({ limit, offset, tag, speaker, since });
  output.object({ memories });
  for (const record of memories) output.line(recordLine(record));
  if (memories.length === 0) output.line('No memories.');
}

export async function recall(
  brain: string,
  query: string,
  options: RecallingOptions,
): Promise<void> {
  const output = new Output(options);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const { limit, tag: tags, minScore } = options;
  const ask = (memory: Memory) => memory.recall(query, { limit, tags, minScore, signal });
  const memories = await (async () => {
    if (options.model === undefined) {
      await using memory = await openExisting(brain, { readOnly: true });
      return await ask(memory);
    }
    await (await openExisting(brain, { readOnly: true })).close(); // before the model is loaded
    await using model = await loadModel(options, signal);
    await using memory = await openWithModel(brain, model, { readOnly: true });
    return await ask(memory);
  })();
  output.object({ query, memories });
  for (const record of memories) {
    output.line(`${record.score.toFixed(3)}  ${recordLine(record)}`);
  }
  if (memories.length === 0) output.line('No memory fits.');
}

export async function stats(brain: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  const figures = await memory.stats();
  output.object(figures);
  for (const text of statsLines(figures)) output.line(text);
}

const day = (time: number | undefined) => (time === undefined ? '-' : new Date(time).toISOString());

/** A brain's figures, for people. */
export function statsLines(figures: MemoryStats): string[] {
  const { memories, remembered, forgotten, bytes, created, firstTime, lastTime } = figures;
  const { tags, sprayNorm, drift, settings, model } = figures;
  const shownTags = tags.slice(0, 12).map(({ tag, count }) => `${oneLine(tag, 30)} (${count})`);
  return [
    `memories      ${memories} (ever remembered ${remembered}, forgotten ${forgotten})`,
    `told          ${day(firstTime)} to ${day(lastTime)}`,
    `created       ${day(created)}`,
    `size          ${bytes} bytes`,
    `tags          ${shownTags.join(', ') || '-'}`,
    `spray         length ${sprayNorm.toFixed(4)}, last event moved it ${drift.toFixed(4)}`,
    `settings      ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    model
      ? `made by       ${oneLine(model.name)} (${model.architecture}, width ${model.width}, vocabulary ${model.vocabulary}, writer ${model.writer}, ${model.hash})`
      : 'made by       no model yet',
  ];
}
