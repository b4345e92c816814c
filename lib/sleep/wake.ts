import type { Memory } from '../memory/index.js';
import type { HeadMemoryHandle, LoadedModel } from '../model/index.js';
import { unpackHeadNight } from './head-rows.js';

interface Woken {
  readonly model: LoadedModel;
  readonly revision: number;
  readonly handle: Promise<HeadMemoryHandle | null>;
}

/** Sessions that share a memory share what its night left. */
const woken = new WeakMap<Memory, Woken>();

/**
 * What the last night of a brain has learned, for a session of this model; null when the brain has not slept, or
 * slept with another model.
 *
 * @throws {GraffitiError} `ERR_BRAIN_CORRUPT`
 */
export function wake(model: LoadedModel, memory: Memory): Promise<HeadMemoryHandle | null> {
  const { nightRevision: revision } = memory;
  const known = woken.get(memory);
  if (known?.model === model && known.revision === revision) return known.handle;
  const handle = load(model, memory);
  woken.set(memory, { model, revision, handle });
  // What failed is tried again by whoever needs it next.
  handle.catch(() => woken.get(memory)?.handle === handle && woken.delete(memory));
  return handle;
}

async function load(model: LoadedModel, memory: Memory): Promise<HeadMemoryHandle | null> {
  const night = await memory.night();
  if (night?.model !== model.info.fingerprint || night.parts.length === 0) return null;
  const { space, rows, reach } = unpackHeadNight(night);
  return model.makeHeadMemory(space, rows, reach);
}
