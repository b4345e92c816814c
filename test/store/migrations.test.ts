import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseSync } from '@photostructure/sqlite';
import { pragma } from '../../lib/store/sqlite/query.js';
import { migrate, migrations } from '../../lib/store/sqlite/schema.js';

describe('migrations of a file', () => {
  const next = [
    ...migrations,
    { to: 2, up: (database: DatabaseSync) => database.exec('CREATE TABLE dreams (x)') },
    { to: 3, up: (database: DatabaseSync) => database.exec('ALTER TABLE dreams ADD COLUMN y') },
  ];
  type DatabaseSync = Parameters<typeof migrate>[0];

  it('go forward from any format, keeping a copy of a brain that was there', () => {
    for (const from of [0, 1, 2, 3]) {
      const database = new DatabaseSync(':memory:');
      migrate(database, () => undefined, next.slice(0, from));
      const copies: number[] = [];
      migrate(database, (format) => copies.push(format), next);
      assert.equal(pragma(database, 'user_version'), 3);
      assert.deepEqual(copies, from === 0 || from === 3 ? [] : [from]);
      database.exec('SELECT x, y FROM dreams');
      database.close();
    }
  });

  it('that fail change nothing', () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, () => undefined, migrations);
    const broken = [...next, { to: 4, up: () => database.exec('SELECT * FROM nowhere') }];
    assert.throws(() => migrate(database, () => undefined, broken), /nowhere/);
    assert.equal(pragma(database, 'user_version'), 1);
    assert.throws(() => database.exec('SELECT x FROM dreams'));
    database.close();
  });
});
