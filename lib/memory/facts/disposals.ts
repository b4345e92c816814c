import type { Fact, Phrase } from './frame.js';
import { relationMeaning } from './relations.js';

/** Verbs after which somebody has a thing no more. */
const DISPOSING =
  /^(?:sell|scrap|donat|give away|trade|trade in|swap|exchang|replac|get rid|total|return|rehom)$/;
/** Verbs after which somebody works at a place no more. */
const LEAVING = /^(?:quit|leav|resign)$/;
/** What is said of a thing that somebody has. */
const HOLDING = /^(?:drive|have|own|ride|rent|leas|us|get|bui)$/;

/** A told fact, what of it is no more, and what has taken its place. */
export interface Disposal {
  readonly lost: Fact;
  readonly old: Phrase;
  readonly instead: Phrase | undefined;
}

/** Words of the thing, without what says little about which one it is. */
function isSame(told: Phrase, given: Phrase): boolean {
  const words = given.words.filter((word) => !/^(?:old|car|truck|van|bike)$/.test(word));
  return words.length > 0 && words.every((word) => told.words.includes(word));
}

/** "i sold the Volvo", "i quit Deloitte": the facts that hold no more. */
export function disposalsIn(fact: Fact, facts: readonly Fact[]): Disposal[] {
  const relation = relationMeaning(fact.relation);
  const disposes = DISPOSING.test(relation);
  if (!(disposes || LEAVING.test(relation)) || fact.negated || !fact.past) return [];
  if (fact.subject.root !== 'user' || fact.subject.steps.length > 0) return [];
  const [given] = fact.objects;
  if (!given) return [];
  const instead = fact.adjuncts.find(({ preposition }) => /^(?:for|with|by)$/.test(preposition));
  const swaps = /^(?:trade|trade in|swap|exchang|replac)$/.test(relation);
  return facts.flatMap((lost): Disposal[] => {
    if (lost.negated || lost.ended || lost.replaced || lost.subject.root !== 'user') return [];
    if (lost.subject.steps.length > 0) return [];
    const verb = relationMeaning(lost.relation);
    const parts = disposes ? lost.objects : lost.adjuncts.map(({ phrase }) => phrase);
    if (!(disposes ? HOLDING.test(verb) : verb === 'work')) return [];
    const old = parts.find((part) => isSame(part, given));
    return old ? [{ lost, old, instead: swaps ? instead?.phrase : undefined }] : [];
  });
}

/** "i sold the Volvo |and bought a Skoda|": what takes the place of what was given away in the same text. */
export function acquiredInstead(fact: Fact): Phrase | undefined {
  const acquires = /^(?:buy|bui|get|leas|order|pick up)$/.test(relationMeaning(fact.relation));
  return acquires && !fact.negated && fact.subject.steps.length === 0 ? fact.objects[0] : undefined;
}
