import { setImmediate as breathe } from 'node:timers/promises';
import { throwIfAborted } from '../errors.js';
import type { EventLinks, SpraySettings } from '../store/index.js';
import { type EncodedText, encodeChecked, type MemoryEncoder } from './encoder.js';
import { KeyIndex } from './key-index.js';
import type { ReencodeOptions } from './requests.js';
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

/** Vectors, keys, recalled lists and fold of a whole brain, made anew from its texts (oldest first). */
export async function encodeAll(
  events: readonly { readonly id: number; readonly text: string }[],
  encoder: MemoryEncoder,
  settings: SpraySettings,
  { onProgress, signal }: ReencodeOptions,
) {
  const { width } = encoder.fingerprint;
  const rows = new Float32Array(events.length * width);
  const vectors: ({ id: number } & EncodedText)[] = [];
  for (const { id, text } of events) {
    throwIfAborted(signal, 'Re-encoding');
    const encoded = await encodeChecked(encoder, text, signal);
    rows.set(encoded.key, vectors.length * width);
    vectors.push({ id, ...encoded });
    onProgress?.({ done: vectors.length, total: events.length });
  }
  throwIfAborted(signal, 'Re-encoding');
  const ids = vectors.map(({ id }) => id);
  const keys = new KeyIndex(width, { ids, rows });
  const links = await relink(ids, keys, settings);
  const fold = await foldAll(links, settings);
  throwIfAborted(signal, 'Re-encoding');
  return { vectors, keys, links, fold };
}
