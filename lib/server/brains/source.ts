import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraffitiModel } from '../../graffiti-model.js';
import type { Memory } from '../../memory/index.js';
import { brainAddress, brainExists, isPostgresAddress, brainNames } from '../../store/index.js';
import { brainFile, brainName } from './names.js';

/** Where the server's brains are kept. Names have been checked. */
export interface BrainSource {
  /** Opens a brain for writing, and makes it when there is none. */
  open(name: string): Promise<Memory>;
  exists(name: string): Promise<boolean>;
  /** Names of all brains there are, in order. */
  names(): Promise<string[]>;
}

/** Brains in a PostgreSQL database, when `place` is the address of one, or files in a folder. */
export async function brainsIn(model: GraffitiModel, place: string): Promise<BrainSource> {
  return isPostgresAddress(place) ? brainsOfDatabase(model, place) : folderOfBrains(model, place);
}

/** Several servers may share one: each brain has one writer at a time. */
function brainsOfDatabase(model: GraffitiModel, store: string): BrainSource {
  return {
    open: (name) => model.openMemory(brainAddress(store, name)),
    exists: (name) => brainExists(brainAddress(store, name)),
    names: () => brainNames(store),
  };
}

/** Brains as files of one folder, which is made when it is not there. */
async function folderOfBrains(model: GraffitiModel, folder: string): Promise<BrainSource> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(folder, brainFile(name));
  return {
    open: (name) => model.openMemory(path(name)),
    exists: async (name) => existsSync(path(name)),
    names: async () =>
      (await readdir(folder))
        .map(brainName)
        .filter((name) => name !== undefined)
        .sort(),
  };
}
