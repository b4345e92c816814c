/**
 * What `bench startup` runs in processes of its own, `node startup-run.js MODEL THREADS`: from the import
 * of the library to the first token of a first reply. Prints one JSON object.
 */
import type { StartupRun } from './startup.js';

const started = performance.now();
const { GraffitiModel } = await import('../index.js');
const imported = performance.now();
const [, , path, threads] = process.argv;
const model = await GraffitiModel.load({ model: path, threads: Number(threads), sessions: 1 });
const loaded = performance.now();
const session = await model.createSession();
const stream = session.stream('Hello!');
await stream[Symbol.asyncIterator]().next();
const spoken = performance.now();
const { usage } = await stream.reply;
await model.dispose();

const run: StartupRun = {
  node: started,
  import: imported - started,
  load: loaded - imported,
  firstToken: spoken - loaded,
  total: spoken - started,
  promptTokens: usage.promptTokens,
};
process.stdout.write(JSON.stringify(run));
