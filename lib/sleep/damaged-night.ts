import { GraffitiError } from '../errors.js';

export function damagedNight(): GraffitiError {
  return new GraffitiError(
    'ERR_BRAIN_CORRUPT',
    'What the last night left in this brain is damaged; take it back with "graffiti sleep --undo" or Memory.undoNight, and sleep again.',
  );
}
