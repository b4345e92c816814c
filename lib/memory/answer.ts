import type { Store } from '../store/index.js';
import type { FactAnswer } from './facts/index.js';
import type { MemoryRecord } from './record.js';

/** A memory behind an answer, with how surely it is what was asked for, 0 to 1. */
export interface AnsweringMemory extends MemoryRecord {
  readonly score: number;
}

/** What a memory answers to a question, and where it knows that from. */
export interface Answer extends Omit<FactAnswer, 'sources'> {
  /** The memories the answer stands in. */
  readonly memories: readonly AnsweringMemory[];
}

/** The answer with its memories; undefined when one of them is gone meanwhile. */
export async function withMemories(
  { sources, ...answer }: FactAnswer,
  store: Store,
): Promise<Answer | undefined> {
  const events = await store.events({ ids: sources.map(({ id }) => id) });
  const memories = sources.flatMap(({ id, score }) =>
    events.filter((event) => event.id === id).map((event) => ({ ...event, score })),
  );
  return memories.length === sources.length ? { ...answer, memories } : undefined;
}
