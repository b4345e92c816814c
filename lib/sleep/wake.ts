import type { Memory, StoredNight } from '../memory/index.js';
import { damagedNight } from './damaged-night.js';
import type { NightHandle, LoadedModel } from '../model/index.js';
import { unpackHeadNight } from './head-rows.js';
import { unpackRowNight } from './row-night.js';

interface Loaded {
  /** Tells nights and what is left of them apart. */
  readonly version: string;
  readonly handle: NightHandle | null;
}

interface Woken {
  readonly model: LoadedModel;
  readonly revision: number;
  readonly loaded: Promise<Loaded>;
}

/** Sessions that share a memory share what its night left. */
const woken = new WeakMap<Memory, Woken>();

/**
 * What the last night of a brain has learned, for a session of this model; null when the brain has not slept, or
 * slept with another model.
 *
 * @throws {GraffitiError} `ERR_BRAIN_CORRUPT`
 */
export async function wake(model: LoadedModel, memory: Memory): Promise<NightHandle | null> {
  const { nightRevision: revision } = memory;
  const known = woken.get(memory);
  if (known?.model === model && known.revision === revision) return (await known.loaded).handle;
  const before = known?.model === model ? known.loaded.catch(() => undefined) : undefined;
  const loaded = load(model, memory, before);
  woken.set(memory, { model, revision, loaded });
  // What failed is tried again by whoever needs it next.
  loaded.catch(() => woken.get(memory)?.loaded === loaded && woken.delete(memory));
  return (await loaded).handle;
}

async function load(
  model: LoadedModel,
  memory: Memory,
  earlier: Promise<Loaded | undefined> | undefined,
): Promise<Loaded> {
  const [last] = await memory.nights();
  const version = last ? `${last.id} of ${last.memories}` : 'none';
  const before = await earlier;
  if (before?.version === version) return before; // what changed in the brain was something else
  const night = await memory.night();
  if (night?.model !== model.info.fingerprint || night.parts.length === 0) {
    return { version, handle: null };
  }
  return { version, handle: await handleOf(model, night) };
}

async function handleOf(model: LoadedModel, night: StoredNight): Promise<NightHandle> {
  if (night.method === 'weights') return model.makeRowHead(unpackRowNight(night));
  if (night.method !== 'head') throw damagedNight();
  const { space, rows, reach } = unpackHeadNight(night);
  return model.makeHeadMemory(space, rows, reach);
}
