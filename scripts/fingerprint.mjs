// Says whether a step's inputs are the same as when it last ended well.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './process.mjs';

/** Every file below the given files and folders (relative to the repository), sorted. */
export function filesUnder(...paths) {
  return paths.flatMap((path) => {
    const full = join(root, path);
    if (!existsSync(full)) return [];
    try {
      return readdirSync(full, { withFileTypes: true })
        .map((entry) => entry.name)
        .sort()
        .flatMap((name) => filesUnder(join(path, name)));
    } catch (error) {
      if (error.code !== 'ENOTDIR') throw error;
      return [path];
    }
  });
}

/** Hash over the content of `files` and over `settings`. */
export function fingerprint(files, settings = {}) {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** A file that remembers the fingerprint of the last success. */
export class Stamp {
  constructor(path) {
    this.path = join(root, path);
  }

  matches(print) {
    return existsSync(this.path) && readFileSync(this.path, 'utf8') === print;
  }

  write(print) {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, print);
  }
}
