// Builds build/Release/graffiti.node and the programs beside it from CMakeLists.txt with cmake-js.
//
// `node scripts/native.mjs` builds in build/, as `npx cmake-js compile` does. node-gyp (through
// binding.gyp) comes with --node-gyp: build/ then holds its own makefiles, so CMake works in
// build/cmake and only the binaries meet in build/Release.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { filesUnder, fingerprint, Stamp } from './fingerprint.mjs';
import { isMain, output, root, runLogged, runMain, say, SetupError } from './process.mjs';
import { requireCmake, requireTools } from './tools.mjs';
import { vendor } from './vendor.mjs';

const release = join(root, 'build', 'Release');
const require = createRequire(import.meta.url);

/** The path of a program of ours in build/Release. */
export function builtProgram(name) {
  return join(release, process.platform === 'win32' ? `${name}.exe` : name);
}

function isBuilt() {
  const programs = [
    'graffiti-selftest',
    'graffiti-bare',
    'graffiti-random-model',
    'ggml-rpc-server',
  ].map(builtProgram);
  return [join(release, 'graffiti.node'), ...programs].every((path) => existsSync(path));
}

/** Everything that decides what the binary becomes, except the compiler. */
async function inputs() {
  const own = process.env.GRAFFITI_LLAMA_CPP_DIR;
  return fingerprint(filesUnder('native', 'CMakeLists.txt', 'vendor/llama.cpp.json'), {
    platform: [process.platform, process.arch],
    llama: own && [own, await output('git', ['-C', own, 'rev-parse', 'HEAD'])],
    cuda: process.env.GRAFFITI_CUDA,
    portable: process.env.GRAFFITI_PORTABLE,
    dependencies: ['cmake-js', 'node-addon-api', 'node-api-headers'].map(versionOf),
  });
}

function versionOf(dependency) {
  let folder = dirname(require.resolve(dependency));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** Builds what is not built. With the sources unchanged since the last time, it only looks. */
export async function buildNative({ nodeGyp = false } = {}) {
  const stamp = new Stamp('build/native.stamp');
  const print = await inputs();
  if (stamp.matches(print) && isBuilt()) return;

  requireTools();
  await requireCmake();
  const llama = await vendor();
  const folder = join(root, 'build', ...(nodeGyp ? ['cmake'] : []));
  const log = join(root, 'build', 'build.log');
  rmSync(log, { force: true });
  const cmakeJs = (command, ...more) =>
    runLogged(
      process.execPath,
      [require.resolve('cmake-js/bin/cmake-js'), command, '-d', root, '-O', folder, ...more],
      { log, env: withoutMake() },
    );

  const settings = {
    GRAFFITI_LLAMA_CPP_DIR: llama,
    GRAFFITI_OUTPUT_DIR: release,
    ...(process.env.GRAFFITI_CUDA && { GRAFFITI_CUDA: process.env.GRAFFITI_CUDA }),
    GGML_NATIVE: process.env.GRAFFITI_PORTABLE === '1' ? 'OFF' : 'ON',
  };
  const definitions = Object.entries(settings).map(([name, value]) => `--CD${name}=${value}`);
  say('native: configuring');
  if (isForeign(folder)) forgetConfiguration(folder);
  await cmakeJs('configure', ...definitions);
  say('native: compiling llama.cpp and the addon (minutes the first time)');
  await cmakeJs('build', '-p', String(availableParallelism()));
  if (!isBuilt())
    throw new SetupError(`The build ended well but not everything is in ${release}. See ${log}`);
  stamp.write(print);
}

/** Whether CMake configured this folder for another place or generator, which it refuses to take over. */
function isForeign(folder) {
  const cache = join(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return false;
  const value = (name) =>
    new RegExp(`^${name}:INTERNAL=(.*)$`, 'm').exec(readFileSync(cache, 'utf8'))?.[1];
  const ninja = require('cmake-js/lib/environment').isNinjaAvailable;
  const expected =
    process.platform === 'win32' ? value('CMAKE_GENERATOR') : ninja ? 'Ninja' : 'Unix Makefiles';
  return value('CMAKE_HOME_DIRECTORY') !== root || value('CMAKE_GENERATOR') !== expected;
}

function forgetConfiguration(folder) {
  for (const name of ['CMakeCache.txt', 'CMakeFiles', 'llama.cpp']) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** node-gyp's make would hand its job server down to a make that may not use it. */
function withoutMake() {
  const { MAKEFLAGS, MFLAGS, MAKELEVEL, ...env } = process.env;
  return env;
}

if (isMain(import.meta.url)) {
  await runMain(() => buildNative({ nodeGyp: process.argv.includes('--node-gyp') }));
}
