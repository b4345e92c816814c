import { outOfRange } from '../../validate.js';

/** Longest name of a brain, characters. */
const MAX_NAME = 256;

/** A PostgreSQL database. */
export interface DatabaseAddress {
  /** As the driver takes it; may hold a password. */
  readonly database: string;
  /** For messages: without a password. */
  readonly shown: string;
}

/** One brain in it. */
export interface BrainAddress extends DatabaseAddress {
  readonly brain: string;
}

/** Whether a location names a PostgreSQL database and not a file. */
export function isPostgresAddress(location: string | URL): boolean {
  return /^postgres(ql)?:\/\//i.test(String(location));
}

/**
 * The address of one brain in a database: `brainAddress('postgres://host/db', 'ann')` is
 * `postgres://host/db?brain=ann`.
 *
 * @param store a PostgreSQL address, with or without a brain.
 * @throws {RangeError} for what is no PostgreSQL address, or no name of a brain.
 */
export function brainAddress(store: string | URL, brain: string): string {
  const url = parsed(store);
  url.searchParams.set('brain', checkName(brain));
  return url.href;
}

/** The database of an address, with or without a brain's name. @throws {RangeError} for what is none. */
export function addressOf(location: string | URL): DatabaseAddress {
  const url = parsed(location);
  const shown = withoutPassword(url);
  url.searchParams.delete('brain');
  return { database: url.href, shown };
}

/** @throws {RangeError} for what is no PostgreSQL address with a brain's name. */
export function brainOf(location: string | URL): BrainAddress {
  const address = addressOf(location);
  const name = parsed(location).searchParams.get('brain');
  if (name === null) {
    throw outOfRange("an address with the brain's name, ?brain=NAME,", 'location', address.shown);
  }
  return { ...address, brain: checkName(name) };
}

/** The database of an address, with or without a brain. @throws {RangeError} for what is no PostgreSQL address. */
export function parseDatabase(store: string | URL): Omit<BrainAddress, 'brain'> {
  const url = parsed(store);
  url.searchParams.delete('brain');
  return { database: url.href, shown: withoutPassword(url) };
}

/** A location for messages: an address without its password, anything else as it is. */
export function shownLocation(location: string | URL): string {
  return isPostgresAddress(location) ? withoutPassword(parsed(location)) : String(location);
}

function parsed(location: string | URL): URL {
  const text = String(location);
  const url = isPostgresAddress(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) {
    // Not the value itself, which may hold a password.
    throw outOfRange(
      'an address like postgres://user@host:5432/database?brain=NAME',
      'location',
      text.slice(0, text.indexOf('://') + 3),
    );
  }
  return url;
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  shown.searchParams.delete('password');
  return shown.href;
}

function checkName(name: string): string {
  if (name.length === 0 || name.length > MAX_NAME || /[\u0000-\u001f\u007f]/.test(name)) {
    throw outOfRange(`1 to ${MAX_NAME} characters, no control characters,`, 'brain', name);
  }
  return name;
}
