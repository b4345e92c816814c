// Adds events to the brain at argv[2] with a lease of argv[3] ms, prints the text of each once it is
// acknowledged, and at last why it could not go on. For lease.test.ts.
import { PostgresStore } from '../../lib/store/postgres/postgres-store.js';

const [address, lease] = process.argv.slice(2) as [string, string];
const store = await PostgresStore.open(address, { lease: Number(lease) });
const vectors = { spray: new Float32Array(4), key: new Float32Array(4) };
try {
  for (let turn = 0; ; turn++) {
    const text = `turn ${turn}`;
    const event = { text, speaker: 'u', tags: [], by: 'human', kind: 'tell', time: 0 } as const;
    await store.append({ event: { ...event, importance: 1 }, vectors, recalled: [] });
    process.stdout.write(`${text}\n`);
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`${code}: ${message}\n`);
  await store.close();
}
