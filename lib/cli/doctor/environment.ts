import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../model/index.js';
import { packageRoot } from '../../native.js';
import { fail, type Finding, ok, reason, warn } from './finding.js';

/** "20.17" from ">=20.17". */
function neededNode(): number[] {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  const { engines } = JSON.parse(text) as { engines: { node: string } };
  return engines.node.replace(/^\D+/, '').split('.').map(Number);
}

export function checkNode(): Finding {
  const [major = 0, minor = 0] = neededNode();
  const [ourMajor = 0, ourMinor = 0] = process.versions.node.split('.').map(Number);
  return ourMajor > major || (ourMajor === major && ourMinor >= minor)
    ? ok('Node', process.version)
    : fail('Node', process.version, `Install Node ${major}.${minor} or newer.`);
}

export function checkPlatform(): Finding {
  return ok('platform', `${process.platform}-${process.arch}, N-API ${process.versions.napi}`);
}

/** Without it everything works, but every start measures the model again. */
export async function checkCache(): Promise<Finding> {
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return ok('cache', folder);
  } catch (error) {
    return warn('cache', reason(error), 'Make the folder writable, or set XDG_CACHE_HOME.');
  }
}

/** Makes a brain, reads it and removes it. */
export async function checkBrain(): Promise<Finding> {
  const name = 'SQLite';
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'graffiti-doctor-'));
    const { Memory } = await import('../../memory/index.js');
    const path = join(folder, 'check.graffiti');
    await (await Memory.open(path)).close();
    await using memory = await Memory.open(path, { readOnly: true });
    const { memories } = await memory.stats();
    return memories === 0
      ? ok(name, 'a brain was made, read and removed')
      : fail(name, 'a new brain is not empty', 'Install the package again.');
  } catch (error) {
    return fail(
      name,
      reason(error),
      'Run "npm rebuild @photostructure/sqlite"; a brain needs a folder that can be written.',
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
