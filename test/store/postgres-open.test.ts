import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import pg from 'pg';
import { brainAddress, brainExists, brainNames, openBrain } from '../../lib/store/index.js';
import type { Query } from '../../lib/store/postgres/connection.js';
import { FORMAT, migrate, type Migration, migrations } from '../../lib/store/postgres/schema.js';
import { useCluster } from './kinds.js';
import { needsPostgres } from './postgres-cluster.js';

const event = {
  ...{ text: 'my dog is named Buddy', speaker: 'user', tags: ['pets'], time: 1, importance: 1 },
  by: 'human',
  kind: 'tell',
} as const;
const vectors = { spray: new Float32Array(4).fill(1), key: new Float32Array(4).fill(2) };
const entry = { event, vectors, recalled: [] };

/** What a later version of this library might do. */
const additive: readonly Migration[] = [
  ...migrations,
  {
    to: FORMAT + 1,
    compatible: FORMAT,
    sql: `ALTER TABLE graffiti.events ADD mood text NOT NULL DEFAULT ''; CREATE TABLE graffiti.dreams (x text)`,
  },
];
const breaking: readonly Migration[] = [
  ...additive,
  {
    to: FORMAT + 2,
    compatible: FORMAT + 2,
    sql: 'ALTER TABLE graffiti.events RENAME time TO told',
  },
];

describe('brains in PostgreSQL', needsPostgres, () => {
  const cluster = useCluster();

  /** A database of its own. */
  async function database(name: string): Promise<string> {
    await cluster().sql(`CREATE DATABASE ${name}`);
    return name;
  }

  /** A connection like that of another version of this library. */
  async function connected(test: TestContext, name: string): Promise<Query> {
    const client = new pg.Client(cluster().address('x', name));
    await client.connect();
    test.after(() => client.end());
    return async <Row extends object>(sql: string, ...values: unknown[]) =>
      (await client.query<Row>(sql, values)).rows;
  }

  it('are made at once by whoever comes first, however many come', async () => {
    const name = await database('crowd');
    const stores = await Promise.all(
      Array.from({ length: 8 }, (_, i) => openBrain(cluster().address(`brain ${i}`, name))),
    );
    for (const store of stores) assert.equal(await store.append(entry), 1);
    for (const store of stores) await store.close();
    const names = await brainNames(cluster().address('x', name));
    assert.deepEqual(
      names,
      stores.map((_, i) => `brain ${i}`),
    );
    assert.deepEqual(await cluster().sql('SELECT version, compatible FROM graffiti.format', name), [
      { version: FORMAT, compatible: migrations.at(-1)!.compatible },
    ]);
  });

  it('are not made by readers', async () => {
    const name = await database('quiet');
    const address = cluster().address('ann', name);
    const missing = { code: 'ERR_BRAIN_NOT_FOUND', message: /There is no brain at .*brain=ann/ };
    await assert.rejects(openBrain(address, { readOnly: true }), missing);
    assert.equal(await brainExists(address), false);
    assert.deepEqual(await brainNames(address), []);
    assert.deepEqual(
      await cluster().sql(`SELECT 1 FROM pg_namespace WHERE nspname = 'graffiti'`, name),
      [],
    );
    await (await openBrain(address)).close();
    assert.equal(await brainExists(address), true);
    await assert.rejects(openBrain(brainAddress(address, 'bob'), { readOnly: true }), {
      code: 'ERR_BRAIN_NOT_FOUND',
    });
  });

  it('are used by an old version while a new one adds to the tables', async (test) => {
    const name = await database('versions');
    const address = cluster().address('ann', name);
    const old = await openBrain(address);
    await old.append(entry);
    const query = await connected(test, name);
    const changes = Promise.all(Array.from({ length: 50 }, () => old.append(entry)));
    await Promise.all([migrate(query, 'x', additive), changes]);
    await old.append(entry);
    await migrate(query, 'x', additive); // nothing to do
    assert.equal((await old.head()).format, FORMAT + 1);
    await old.close();
    const again = await openBrain(address);
    assert.equal((await again.events()).length, 52);
    await again.close();
    assert.deepEqual(await query('SELECT DISTINCT mood FROM graffiti.events'), [{ mood: '' }]);
  });

  it('are left alone by an old version once it no longer fits', async (test) => {
    const name = await database('breaking');
    const address = cluster().address('ann', name);
    const old = await openBrain(address);
    await old.append(entry);
    await migrate(await connected(test, name), 'x', breaking);
    const version = { code: 'ERR_BRAIN_VERSION', message: /update neural-graffiti/ };
    await assert.rejects(old.append(entry), version);
    await old.close();
    await assert.rejects(openBrain(address), version);
    await assert.rejects(openBrain(address, { readOnly: true }), version);
  });

  it('keep their tables when a migration fails', async (test) => {
    const name = await database('failing');
    const query = await connected(test, name);
    await migrate(query, 'x', migrations);
    const broken = [...additive, { to: 9, compatible: 1, sql: 'SELECT * FROM nowhere' }];
    await assert.rejects(migrate(query, 'x', broken), /nowhere/);
    assert.deepEqual(await query('SELECT version FROM graffiti.format'), [{ version: FORMAT }]);
    await assert.rejects(query('SELECT * FROM graffiti.dreams'));
  });

  it('ask a reader of a newer version to wait for a writer', async (test) => {
    const name = await database('waiting');
    const address = cluster().address('ann', name);
    await (await openBrain(address)).close();
    const query = await connected(test, name);
    await query('UPDATE graffiti.format SET version = 0');
    await assert.rejects(openBrain(address, { readOnly: true }), {
      code: 'ERR_BRAIN_VERSION',
      message: /open any brain in it once to write/,
    });
  });

  it('may be read by a role that may not write', async () => {
    const name = await database('rights');
    const address = cluster().address('ann', name);
    const store = await openBrain(address);
    await store.append(entry);
    await cluster().sql(
      `CREATE ROLE visitor LOGIN; GRANT USAGE ON SCHEMA graffiti TO visitor;
       GRANT SELECT ON ALL TABLES IN SCHEMA graffiti TO visitor`,
      name,
    );
    const visiting = address.replace('user=graffiti', 'user=visitor');
    const reader = await openBrain(visiting, { readOnly: true });
    assert.equal((await reader.events()).length, 1);
    await assert.rejects(reader.append(entry), { code: 'ERR_BRAIN_READ_ONLY' });
    await reader.close();
    await store.close();
    await assert.rejects(openBrain(visiting), { code: 'ERR_BRAIN_READ_ONLY' });
  });

  it('hold no text that is not Unicode', async () => {
    await cluster().sql(`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0`);
    await assert.rejects(openBrain(cluster().address('ann', 'latin')), {
      code: 'ERR_BRAIN_FOREIGN',
      message: /LATIN1.*createdb/,
    });
  });

  it('say what is wrong with their address', async () => {
    await assert.rejects(openBrain(cluster().address('ann', 'nowhere')), {
      code: 'ERR_BRAIN_NOT_FOUND',
      message: /no database there; make it with createdb/,
    });
    for (const address of [
      'postgres://127.0.0.1:1/db?brain=x&connect_timeout=1',
      'postgres://ann:secret@/db?brain=x&host=/nonexistent',
    ]) {
      await assert.rejects(openBrain(address), (error: Error) => {
        assert.ok(!error.message.includes('secret'), error.message);
        return true;
      });
    }
    await assert.rejects(openBrain('postgres://127.0.0.1:1/db?brain=x'), { code: 'ERR_BRAIN_IO' });
    for (const address of [
      'postgres://ann:secret@host/db',
      'postgres://ann:secret@host/db?brain=',
      'postgres://ann:secret@host/db?brain=a%00b',
      `postgres://ann:secret@host/db?brain=${'x'.repeat(300)}`,
      'postgres://ann:secret@[host/db?brain=x',
    ]) {
      await assert.rejects(openBrain(address), (error: Error) => {
        assert.ok(error instanceof RangeError, String(error));
        assert.ok(!error.message.includes('secret'), error.message);
        return true;
      });
    }
    assert.throws(() => brainAddress('mine.graffiti', 'x'), RangeError);
    assert.equal(
      brainAddress('postgres://host/db?sslmode=require', 'Zoë & co'),
      'postgres://host/db?sslmode=require&brain=Zo%C3%AB+%26+co',
    );
  });
});
