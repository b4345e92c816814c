import { statSync } from 'node:fs';
import { isPostgresAddress } from './postgres/address.js';
import { SqliteStore } from './sqlite/sqlite-store.js';
import type { Store, StoreOptions } from './store.js';

/** The driver is loaded by whoever has a brain in a database, and by nobody else. */
const postgres = () => import('./postgres/postgres-store.js');

/**
 * Opens the brain at `location`: a path, a file URL, a PostgreSQL address with the brain's name
 * (`postgres://user@host/database?brain=NAME`), or, left out or ':memory:', a new brain in RAM.
 * Makes the brain when there is none, unless it is only to be read.
 *
 * @throws {GraffitiError} see `SqliteStore.open` and `PostgresStore.open`.
 */
export async function openBrain(
  location: string | URL | undefined,
  options: StoreOptions = {},
): Promise<Store> {
  if (location === undefined || !isPostgresAddress(location)) {
    return SqliteStore.open(location, options);
  }
  const { PostgresStore } = await postgres();
  return PostgresStore.open(location, options);
}

/** Whether there is a brain (or for a path, at least a file) at `location`. */
export async function brainExists(location: string | URL): Promise<boolean> {
  if (!isPostgresAddress(location)) {
    return statSync(location, { throwIfNoEntry: false }) !== undefined;
  }
  const { PostgresStore } = await postgres();
  return PostgresStore.exists(location);
}
