import { statSync } from 'node:fs';
import { GraffitiError } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import { Memory, type MemoryOptions } from '../memory/index.js';
import type { WriterName } from '../native.js';
import { modelEncoder } from '../session/index.js';
import { SqliteStore } from '../store/index.js';

/** Opens a brain that must be there already. */
export async function openExisting(path: string, options: MemoryOptions = {}): Promise<Memory> {
  if (path !== ':memory:' && !statSync(path, { throwIfNoEntry: false })) {
    throw new GraffitiError(
      'ERR_BRAIN_NOT_FOUND',
      `There is no brain ${path}; "graffiti tag" and "graffiti chat --brain" make one.`,
    );
  }
  return Memory.open(path, options);
}

/** The writer that made a brain's vectors, undefined while there are none. */
export async function writerOf(path: string): Promise<WriterName | undefined> {
  if (!statSync(path, { throwIfNoEntry: false })) return undefined;
  const store = await SqliteStore.open(path, { readOnly: true });
  try {
    const { fingerprint } = await store.head();
    return fingerprint?.writer.split('/')[0] as WriterName | undefined;
  } finally {
    await store.close();
  }
}

/** Opens a brain with a model and with the writer that the brain was made by. */
export async function openWithModel(
  path: string,
  model: GraffitiModel,
  options: MemoryOptions = {},
): Promise<Memory> {
  const encoder = modelEncoder(model.loaded, await writerOf(path));
  return Memory.open(path, { ...options, encoder });
}
