import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import { pragma } from '../../lib/store/sqlite/query.js';
import { FORMAT, migrate, migrations } from '../../lib/store/sqlite/schema.js';

describe('migrations of a file', () => {
  const next = [
    ...migrations,
    { to: FORMAT + 1, up: (database: DatabaseSync) => database.exec('CREATE TABLE dreams (x)') },
    {
      to: FORMAT + 2,
      up: (database: DatabaseSync) => database.exec('ALTER TABLE dreams ADD COLUMN y'),
    },
  ];
  type DatabaseSync = Parameters<typeof migrate>[0];

  it('go forward from any format, keeping a copy of a brain that was there', () => {
    const last = FORMAT + 2;
    for (let from = 0; from <= last; from++) {
      const database = new DatabaseSync(':memory:');
      migrate(database, () => undefined, next.slice(0, from));
      const copies: number[] = [];
      migrate(database, (format) => copies.push(format), next);
      assert.equal(pragma(database, 'user_version'), last);
      assert.deepEqual(copies, from === 0 || from === last ? [] : [from]);
      database.exec('SELECT x, y FROM dreams');
      database.close();
    }
  });

  it('that fail change nothing', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, () => undefined, migrations);
    const broken = [...next, { to: FORMAT + 3, up: () => database.exec('SELECT * FROM nowhere') }];
    assert.throws(() => migrate(database, () => undefined, broken), /nowhere/);
    assert.equal(pragma(database, 'user_version'), FORMAT);
    assert.throws(() => database.exec('SELECT x FROM dreams'));
    database.close();
  });
});
