import type { EventLinks, ModelFingerprint, SpraySettings, Store } from '../store/index.js';
import { foldAll, relink } from './derivation.js';
import type { Derived } from './derived.js';
import { checkSameSpace, sameSpace } from './encoder.js';
import { KeyIndex } from './key-index.js';
import { changedBy, mergeSettings, readerSettingsError } from './settings.js';
import type { SprayFold } from './spray.js';

/**
 * Whether a brain becomes that of `model`: one without vectors belongs to whichever model comes first.
 *
 * @throws {GraffitiError} `ERR_BRAIN_MODEL_MISMATCH` when it has vectors of another one.
 */
export async function adoptsModel(
  store: Store,
  own: ModelFingerprint | undefined,
  model: ModelFingerprint,
): Promise<boolean> {
  if (own && sameSpace(own, model)) return false;
  if (own && (await store.events({ limit: 1 })).length > 0) checkSameSpace(own, model);
  if (!store.readOnly) await store.derive({ fingerprint: model });
  return true;
}

/**
 * Puts other settings in force: what follows from them is derived anew.
 *
 * @returns the fold, where it is another one. @throws {GraffitiError} `ERR_BRAIN_READ_ONLY`
 */
export async function adoptSettings(
  store: Store,
  { settings, width }: Derived,
  stored: SpraySettings | undefined,
): Promise<SprayFold | undefined> {
  if (!stored) {
    if (!store.readOnly) await store.derive({ settings });
    return undefined;
  }
  const changed = changedBy(mergeSettings(stored, {}), settings);
  if (!changed.any) return undefined;
  if (store.readOnly) throw readerSettingsError(stored);
  if (!changed.fold) {
    await store.derive({ settings });
    return undefined;
  }
  let links: EventLinks[] | undefined;
  if (changed.links) {
    const table = await store.keys();
    links = await relink(table.ids, new KeyIndex(width, table), settings);
  }
  const fold = await foldAll(links ?? (await store.links()), settings);
  await store.derive({ settings, links, snapshot: fold.snapshot() });
  return fold;
}
