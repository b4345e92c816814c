import { setImmediate as breathe } from 'node:timers/promises';
import type { EventLinks, SpraySettings, VectorTable } from '../store/index.js';
import { KeyIndex } from './key-index.js';
import { SprayFold } from './spray.js';

/** How many ms a long computation may hold the event loop. */
const SLICE = 20;

/** Does `work` for every item, and lets other tasks run in between. */
async function inSlices<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
  let until = performance.now() + SLICE;
  for (const item of items) {
    work(item);
    if (performance.now() > until) {
      await breathe();
      until = performance.now() + SLICE;
    }
  }
}

/** What each of `ids` recalls, as if the events `except` had never been told. */
export async function relink(
  ids: Iterable<number>,
  keys: KeyIndex,
  { recallLimit, recallThreshold }: SpraySettings,
  except: ReadonlySet<number> = new Set(),
): Promise<EventLinks[]> {
  const links: EventLinks[] = [];
  await inSlices(ids, (id) => {
    const key = keys.keyOf(id);
    if (!key) return;
    const recalled = keys.nearest(key, recallLimit, recallThreshold, { before: id, except });
    links.push({ id, recalled });
  });
  return links;
}

/** The fold over all events from nothing. `links` are in order of ids. */
export async function foldAll(
  links: Iterable<EventLinks>,
  settings: SpraySettings,
): Promise<SprayFold> {
  const fold = new SprayFold(settings);
  await inSlices(links, (event) => fold.step(event));
  return fold;
}

/** Keys, recalled lists and fold of a whole brain, from the vectors of its texts. */
export async function deriveAll(
  keys: VectorTable,
  width: number,
  settings: SpraySettings,
): Promise<{ keys: KeyIndex; links: EventLinks[]; fold: SprayFold }> {
  const index = new KeyIndex(width, keys);
  const links = await relink(keys.ids, index, settings);
  return { keys: index, links, fold: await foldAll(links, settings) };
}
