import type { Entity } from './frame.js';
import { ANIMALS, PEOPLE } from './lexicon.js';
import { nounMeaning } from './thesaurus.js';

const ANIMATE = new Set([...PEOPLE, ...ANIMALS].map(nounMeaning));

/** Whether the noun is one of a person or an animal. */
export function isAnimateNoun(head: string | undefined): boolean {
  return head !== undefined && ANIMATE.has(head);
}

/** Whether the path leads to a person or an animal, as far as the words tell. */
export function isAnimate(entity: Entity): boolean {
  const last = entity.steps.at(-1);
  if (!last) return entity.root !== 'world' && entity.root !== 'it';
  if (ANIMATE.has(last.head)) return true;
  return entity.root === 'world' && entity.steps.length === 1 && /^\p{Lu}/u.test(last.words);
}
