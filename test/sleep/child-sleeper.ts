/** `child-sleeper.ts BRAIN METHOD`: tells a new brain something, sleeps over it and prints each phase, again and again, until it is killed. */
import { GraffitiModel, type SleepMethod } from '../../lib/index.js';

const [brain, method] = process.argv.slice(2) as [string, SleepMethod];
await using model = await GraffitiModel.load({ device: 'cpu', threads: 1, sessions: 1 });
await using memory = await model.openMemory(brain);
await memory.remember({ text: 'my dog is named Zorbulax' });
for (;;) {
  await model.sleep(memory, {
    method,
    onProgress: ({ phase }) => process.stdout.write(`${phase}\n`),
  });
  process.stdout.write('kept\n');
}
