import { openBrain, type Store } from '../store/index.js';
import { outOfRange, wrongType } from '../validate.js';

/** The store that `Memory.open` was pointed at: a brain file, a brain in a database or in RAM, or the caller's own. */
export async function openStore(
  location: unknown,
  readOnly: boolean,
  maxBytes: number | undefined,
): Promise<Store> {
  if (location === undefined || typeof location === 'string' || location instanceof URL) {
    if (location === '') throw outOfRange('a path or an address', 'location', location);
    return openBrain(location, { readOnly, maxBytes });
  }
  if (typeof (location as Store | null)?.append !== 'function') {
    throw wrongType('a path, a URL or a Store', 'location', location);
  }
  return location as Store;
}
