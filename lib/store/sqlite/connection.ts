import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { openedReadOnly, storeClosed } from '../failures.js';
import { guarded } from './failure.js';
import type { Value } from './event-rows.js';
import { transaction } from './schema.js';

/** A store's way to its database: statements are prepared once, errors are typed. */
export class Connection {
  private readonly statements = new Map<string, ReturnType<DatabaseSyncInstance['prepare']>>();

  constructor(
    readonly database: DatabaseSyncInstance,
    /** What to call the brain in a message. */
    readonly place: string,
    private readonly readOnly: boolean,
  ) {}

  /** @throws {GraffitiError} `ERR_DISPOSED` when closed, or what SQLite's error means. */
  work<Result>(task: () => Result): Result {
    if (!this.database.isOpen) {
      throw storeClosed();
    }
    return guarded(this.place, task);
  }

  /** Runs `change` as one transaction. @throws {GraffitiError} also `ERR_BRAIN_READ_ONLY`. */
  write<Result>(change: () => Result): Result {
    if (this.readOnly) {
      throw openedReadOnly(this.place);
    }
    return this.work(() => transaction(this.database, change));
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.prepared(sql).all(...values) as Row[];
  }

  run(sql: string, ...values: Value[]): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.prepared(sql).run(...values);
    return { changes: Number(changes), id: Number(lastInsertRowid) };
  }

  private prepared(sql: string): ReturnType<DatabaseSyncInstance['prepare']> {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }
}
