// Everything a fresh clone needs: dependencies, llama.cpp, the native build, the JavaScript build.
// Each part looks whether it has something to do, so that a second run takes well under a second.
//
// Only node: imports up here and in what it imports: it starts before node_modules is there.
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, fingerprint, Stamp } from './fingerprint.mjs';
import { isMain, root, run, runMain, say, SetupError } from './process.mjs';
import { requireCmake, requireNode, requireTools } from './tools.mjs';

export async function setup() {
  requireNode();
  await part('dependencies', installDependencies);
  // These two find what they need in node_modules.
  const { buildNative } = await import('./native.mjs');
  await part('native build', buildNative);
  await part('JavaScript build', buildJavaScript);
  await part('page', buildPage);
}

async function part(name, work) {
  const begun = Date.now();
  await work();
  const seconds = (Date.now() - begun) / 1000;
  if (seconds > 1) say(`${name}: done in ${seconds.toFixed(1)} s`);
}

async function installDependencies() {
  if (isInstalled()) return;
  // Better to hear of a missing compiler now than after the download.
  requireTools();
  await requireCmake();
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SetupError(
      'node_modules is a link to dependencies that package-lock.json does not ask for. Remove it',
    );
  }
  say('dependencies: npm ci');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const status = await run(npm, ['ci', '--no-audit', '--no-fund']);
  if (status !== 0) {
    throw new SetupError(
      `npm ci ended with ${status}. Check the network and \`npm config get registry\``,
    );
  }
}

/** Whether node_modules is what package-lock.json asks for; npm writes down what it installed. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const { '': _root, ...wanted } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const asWanted = Object.entries(wanted).every(([path, { version, optional }]) =>
    path in installed ? installed[path].version === version : optional,
  );
  return asWanted && Object.keys(installed).every((path) => path in wanted);
}

async function buildJavaScript() {
  const stamp = new Stamp('build/javascript.stamp');
  const print = fingerprint(
    filesUnder('lib', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'),
  );
  const dist = join(root, 'dist');
  if (stamp.matches(print) && existsSync(dist)) return;
  say('JavaScript: compiling lib/ to dist/');
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const status = await run(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  if (status !== 0) throw new SetupError('lib/ does not compile');
  stamp.write(print);
}

/** After the JavaScript build, which makes dist/ anew. */
async function buildPage() {
  const stamp = new Stamp('build/page.stamp');
  const print = fingerprint(filesUnder('ui', 'package-lock.json'));
  if (stamp.matches(print) && existsSync(join(root, 'dist', 'ui', 'index.html'))) return;
  say('page: building ui/ to dist/ui/');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const status = await run(process.execPath, [vite, 'build', '--config', 'ui/vite.config.mjs']);
  if (status !== 0) throw new SetupError('ui/ does not build');
  stamp.write(print);
}

if (isMain(import.meta.url)) await runMain(setup);
