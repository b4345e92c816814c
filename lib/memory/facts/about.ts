import { fit } from './entities.js';
import type { Entity, Fact, Phrase } from './frame.js';
import { nounMeaning } from './thesaurus.js';

/** Whether the fact is about the entity, or about something of it. */
export function concerns({ subject, objects }: Fact, entity: Entity): boolean {
  const begins = (path: Entity) =>
    path.steps.length >= entity.steps.length &&
    fit(entity, { root: path.root, steps: path.steps.slice(0, entity.steps.length) }) > 0;
  return begins(subject) || objects.some((phrase) => phrase.entity && begins(phrase.entity));
}

/** The words of a path. */
export function topicWords(entity: Entity | undefined): string[] {
  return entity?.steps.flatMap(({ head, modifiers }) => [head, ...modifiers]) ?? [];
}

/** The nouns that a text may have, by meaning. */
export function nounsOf(lower: string): Set<string> {
  return new Set((lower.match(/[\p{L}\p{N}]+/gu) ?? []).map(nounMeaning));
}

/** The parts of a fact besides its subject. */
export function partsOf({ objects, adjuncts }: Fact): Phrase[] {
  return [...objects, ...adjuncts.map(({ phrase }) => phrase)];
}
