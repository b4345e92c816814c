// npm's install step. A user's machine with a prebuilt binary needs nothing; one without gets it from source.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { output, root, runMain, say } from './process.mjs';

/** The binary that would be loaded, if one is there and loads. */
async function loadableBinary() {
  let path;
  try {
    path = createRequire(import.meta.url)('node-gyp-build').resolve(root);
  } catch {
    return undefined;
  }
  // In a process of its own: one that doesn't fit this machine may end the process that tries it.
  const loaded = await output(process.execPath, [
    '-p',
    `typeof require(${JSON.stringify(path)}).load`,
  ]);
  return loaded === 'function' ? path : undefined;
}

await runMain(async () => {
  // In a clone, `npm run build`, `npm test` and `npm run demo` build with visible progress; npm hides this one's.
  if (existsSync(join(root, '.git'))) return;
  if (await loadableBinary()) return;
  say(
    `neural-graffiti: no prebuilt binary for ${process.platform}-${process.arch}; building from source (minutes)`,
  );
  const { buildNative } = await import('./native.mjs');
  await buildNative();
});
