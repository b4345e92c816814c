import { statSync } from 'node:fs';
import { brainOf, isPostgresAddress } from './postgres/address.js';
import type { DatabaseReport } from './postgres/database.js';
import { SqliteStore } from './sqlite/sqlite-store.js';
import type { Store, StoreOptions } from './store.js';

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
  // The driver is loaded by whoever has a brain in a database, and by nobody else.
  const { PostgresStore } = await import('./postgres/postgres-store.js');
  return PostgresStore.open(location, options);
}

/** Whether there is a brain (or for a path, at least a file) at `location`. */
export async function brainExists(location: string | URL): Promise<boolean> {
  if (!isPostgresAddress(location)) {
    return statSync(location, { throwIfNoEntry: false }) !== undefined;
  }
  const { hasBrain } = await database();
  return hasBrain(location, brainOf(location).brain);
}

/**
 * The names of the brains in a PostgreSQL database, in order.
 *
 * @param store its address, as `brainAddress` takes it
 * @throws {RangeError} for what is no such address. @throws {GraffitiError} `ERR_BRAIN_IO`, …
 */
export async function brainNames(store: string | URL): Promise<string[]> {
  return (await database()).brainNames(store);
}

/** What a PostgreSQL database says about itself. @throws as `brainNames`. */
export async function inspectDatabase(store: string | URL): Promise<DatabaseReport> {
  return (await database()).inspectDatabase(store);
}

const database = () => import('./postgres/database.js');
