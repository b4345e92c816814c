import { keyOf } from './entities.js';
import type { Fact } from './frame.js';
import { relationMeaning } from './relations.js';
import { isAnimate } from './animate.js';
import { sentenceOf } from './wording.js';

/** What in a memory is told twice, contradicts itself, or no longer holds. */
export interface FactAudit {
  /** Memories that say the same. */
  readonly duplicates: readonly { readonly ids: readonly number[]; readonly sentence: string }[];
  /** Memories of which, as far as the words tell, only one can be true; the later one answers questions. */
  readonly contradictions: readonly {
    readonly ids: readonly number[];
    readonly sentences: readonly string[];
  }[];
  /** Memories that were put right, denied, or ended. */
  readonly stale: readonly { readonly id: number; readonly sentence: string }[];
}

const SINGLE = new Set(['name', 'age', 'live']);

/** Looks through all facts, oldest first. */
export function auditOf(facts: readonly Fact[]): FactAudit {
  const same = new Map<string, Fact[]>();
  const about = new Map<string, Map<string, Fact>>();
  for (const fact of facts) {
    if (fact.replaced || fact.ended || fact.negated) continue;
    const topic = `${keyOf(fact.subject)} ${relationMeaning(fact.relation)}`;
    const values = [...fact.objects, ...fact.adjuncts.map(({ phrase }) => phrase)].map(
      ({ words }) => words.join(' '),
    );
    const whole = `${topic} ${values.join(' ')}`;
    same.set(whole, [...(same.get(whole) ?? []), fact]);
    const kind = fact.objects[0]?.kind === 'adjective' ? 'adjective' : 'thing';
    if (!isSingle(fact)) continue;
    const group = about.get(`${topic} ${kind}`) ?? new Map<string, Fact>();
    about.set(`${topic} ${kind}`, group.set(values.join(' '), fact));
  }
  const ids = (group: readonly Fact[]) => [...new Set(group.map(({ event }) => event))];
  return {
    duplicates: [...same.values()]
      .filter((group) => ids(group).length > 1)
      .map((group) => ({ ids: ids(group), sentence: sentenceOf(group[0]!, 'third') })),
    contradictions: [...about.values()]
      .filter((group) => group.size > 1)
      .map((group) => {
        const all = [...group.values()];
        return { ids: ids(all), sentences: all.map((fact) => sentenceOf(fact, 'third')) };
      }),
    stale: facts
      .filter(({ replaced, ended }) => replaced || ended)
      .map((fact) => ({ id: fact.event, sentence: sentenceOf(fact, 'third') })),
  };
}

function isSingle({ relation, subject }: Fact): boolean {
  return (
    SINGLE.has(relationMeaning(relation)) ||
    (relation === 'be' && subject.steps.length > 0 && !isAnimate(subject))
  );
}
