// Opens the brain at argv[2] to write and to read, and prints what came of it. For open.test.ts.
import { SqliteStore } from '../../lib/store/index.js';

const path = process.argv[2];
const writer = await SqliteStore.open(path).then(
  async (store) => store.close().then(() => 'opened'),
  (error: { code: string; message: string }) => error.code ?? error.message,
);
const reader = await SqliteStore.open(path, { readOnly: true }).then(
  async (store) => (await store.events()).length,
  (error: { code: string; message: string }) => `${error.code} ${error.message}`,
);
process.stdout.write(JSON.stringify({ writer, reader }));
