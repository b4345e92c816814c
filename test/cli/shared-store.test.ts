import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useCluster } from '../store/kinds.js';
import { needsPostgres } from '../store/postgres-cluster.js';
import { graffiti, onlyObject, smallModel } from './graffiti-command.js';

describe('graffiti with a brain in PostgreSQL', needsPostgres, () => {
  const cluster = useCluster();
  const address = (): string => cluster().address('ann').replace('?', '?password=hush&');

  it('says that there is none', async () => {
    const { code, stderr } = await graffiti(['memory', 'list', address()]);
    assert.equal(code, 1);
    assert.match(stderr, /There is no brain postgres:.*brain=ann/);
    assert.ok(!stderr.includes('hush'));
  });

  it('looks at the database', async () => {
    const { code, stdout } = await graffiti(['doctor', '--store', address()]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ok +PostgreSQL +1\d\.\d+, no brains yet/);
    const other = await graffiti(['doctor', '--store', cluster().address('x', 'nowhere')]);
    assert.equal(other.code, 1);
    assert.match(other.stdout, /fail +PostgreSQL .*createdb/);
  });

  it('tags, chats, lists, inspects and forgets', { skip: smallModel.skip }, async () => {
    const tagged = await graffiti(['tag', address(), 'I love dogs', ...smallModel.args, '--json']);
    assert.equal(tagged.code, 0, tagged.stderr);
    assert.equal(onlyObject(tagged.stdout).id, 1);
    const chat = await graffiti(
      ['chat', '--brain', address(), ...smallModel.args, '--max-tokens', '4', '--json'],
      { input: 'my dog is named Buddy\n' },
    );
    assert.equal(chat.code, 0, chat.stderr);
    const listed = await graffiti(['memory', 'list', address(), '--json']);
    assert.match(listed.stdout, /my dog is named Buddy/);
    const inspected = await graffiti(['inspect', address(), '--json']);
    const { kind, path, memories } = onlyObject(inspected.stdout);
    assert.deepEqual([kind, memories], ['brain', 2]);
    assert.ok(!String(path).includes('hush'));
    const forgotten = await graffiti(['memory', 'forget', address(), '1', '--yes']);
    assert.match(forgotten.stdout, /Forgot #1\. The database server .* VACUUM/);
    assert.equal(forgotten.code, 0);
  });
});
