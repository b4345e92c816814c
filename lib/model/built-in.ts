import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GraffitiError } from '../errors.js';
import { packageRoot } from '../native.js';

/**
 * Path of the cortex that comes with the package.
 *
 * @throws {GraffitiError} `ERR_MODEL_NOT_FOUND` when the package was installed without it.
 */
export function builtInModel(): string {
  const path = join(packageRoot, 'models', 'graffiti-cortex.gguf');
  if (!existsSync(path)) {
    throw new GraffitiError(
      'ERR_MODEL_NOT_FOUND',
      'This installation of neural-graffiti has no built-in model. Give the path of a GGUF file, or install the package again.',
    );
  }
  return path;
}
