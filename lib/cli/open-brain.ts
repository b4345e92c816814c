import { GraffitiError } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import { Memory, type MemoryOptions } from '../memory/index.js';
import type { WriterName } from '../native.js';
import { modelEncoder } from '../session/index.js';
import { brainExists, openBrain, shownLocation } from '../store/index.js';

/** Opens a brain that must be there already. */
export async function openExisting(location: string, options: MemoryOptions = {}): Promise<Memory> {
  if (location !== ':memory:' && !(await brainExists(location))) {
    throw new GraffitiError(
      'ERR_BRAIN_NOT_FOUND',
      `There is no brain ${shownLocation(location)}; "graffiti tag" and "graffiti chat --brain" make one.`,
    );
  }
  return Memory.open(location, options);
}

/** The writer that made a brain's vectors, undefined while there are none. */
export async function writerOf(location: string): Promise<WriterName | undefined> {
  if (!(await brainExists(location))) return undefined;
  const store = await openBrain(location, { readOnly: true });
  try {
    const { fingerprint } = await store.head();
    return fingerprint?.writer.split('/')[0] as WriterName | undefined;
  } finally {
    await store.close();
  }
}

/** Opens a brain with a model and with the writer that the brain was made by. */
export async function openWithModel(
  location: string,
  model: GraffitiModel,
  options: MemoryOptions = {},
): Promise<Memory> {
  const encoder = modelEncoder(model.loaded, await writerOf(location));
  return Memory.open(location, { ...options, encoder });
}
