import type { DatabaseSyncInstance } from '@photostructure/sqlite';

// A prepared statement lives until it is garbage collected, and keeps its connection, with the
// connection's files and locks, alive beyond `close`. `exec` finalises what it ran at once. So what
// has to be gone when it is closed (locks, probes) is asked with the functions here.

type Value = string | number | null;

/** The rows of `SELECT columns FROM source`, in no particular order. */
export function queryOnce(
  database: DatabaseSyncInstance,
  columns: string,
  source: string,
): Value[][] {
  const rows: Value[][] = [];
  database.function('take_row', { varargs: true }, (...row: Value[]) => rows.push(row));
  database.exec(`SELECT take_row(${columns}) FROM ${source}`);
  return rows;
}

/** The number SQLite answers to `PRAGMA name`. */
export function pragma(database: DatabaseSyncInstance, name: string): number {
  return queryOnce(database, name, `pragma_${name}`)[0]![0] as number;
}

/** `text` as a literal in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
