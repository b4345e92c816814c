import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../native.js';

/** Makes a model of over 100M parameters with random weights, for as long as `use` runs. */
export async function withRandomModel<Result>(
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'graffiti-bench-'));
  try {
    const path = join(folder, 'random.gguf');
    await promisify(execFile)(join(packageRoot, 'build', 'Release', 'graffiti-random-model'), [
      '--out',
      path,
    ]);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
