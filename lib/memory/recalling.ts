import type { Store } from '../store/index.js';
import type { Derived } from './derived.js';
import { best, type Match } from './hybrid.js';
import type { RecalledMemory } from './requests.js';

/** The memories that fit `query` best, by their words and, where it has one, by its key. */
export async function recallFrom(
  store: Store,
  derived: Derived,
  query: string,
  key: Float32Array | undefined,
  {
    limit,
    minScore,
    tags,
  }: { limit: number; minScore: number; tags?: readonly string[] | undefined },
): Promise<RecalledMemory[]> {
  const share = await derived.recalling(Date.now());
  const scores = (await derived.words()).scores(query);
  if (tags) {
    // They are looked up first, and only they are compared.
    const tagged = await Promise.all(tags.map((tag) => store.events({ tag })));
    const ids = new Set(tagged.flat().map(({ id }) => id));
    const words = new Map([...scores].filter(([id]) => ids.has(id)));
    const cosines = key && (await derived.keys()).cosinesOf(key, ids);
    return withTexts(store, best(words, cosines, { minScore, limit, share }));
  }
  const cosines = key && (await derived.neighbours()).cosines(key, limit, scores.keys());
  return withTexts(store, best(scores, cosines, { minScore, limit, share }));
}

/** The matches with their texts. */
async function withTexts(store: Store, matches: readonly Match[]): Promise<RecalledMemory[]> {
  const events = await store.events({ ids: matches.map(({ id }) => id) });
  const byId = new Map(events.map((event) => [event.id, event]));
  return matches.flatMap((match) => {
    const event = byId.get(match.id);
    return event ? [{ ...event, ...match }] : [];
  });
}
