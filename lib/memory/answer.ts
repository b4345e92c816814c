import type { Store } from '../store/index.js';
import type { FactAnswer } from './facts/index.js';
import type { MemoryRecord } from './record.js';

/** A memory behind an answer, with how surely it is what was asked for, 0 to 1. */
export interface AnsweringMemory extends MemoryRecord {
  readonly score: number;
}

/** What a memory answers to a question, and where it knows that from. */
export interface Answer extends Omit<FactAnswer, 'sources' | 'kind' | 'note'> {
  /**
   * 'unknown': whether it is so was not told, but something else of the kind was. 'nothing': only who was told could
   * know it, and it was not told; `memories` is then empty.
   */
  readonly kind: FactAnswer['kind'] | 'nothing';
  /** "The user's dog is named Buddy.", undefined where nothing is known. */
  readonly note: string | undefined;
  /** The memories the answer stands in. */
  readonly memories: readonly AnsweringMemory[];
}

/** The answer to a personal question about what was never told. */
export const NOTHING_TOLD: Answer = {
  kind: 'nothing',
  answer: "I don't know that yet.",
  note: undefined,
  values: [],
  memories: [],
};

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
