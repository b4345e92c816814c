// Opens the brain at argv[2], says how that went, and holds it until stdin ends. For lock.test.ts.
import { once } from 'node:events';
import { openBrain } from '../../lib/store/index.js';

process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  const store = await openBrain(process.argv[2]);
  process.stdout.write('opened\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
  await store.close();
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`${code}: ${message}\n`);
  process.exit();
}
