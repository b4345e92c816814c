// The checks that need no model: style, lint, types. Each returns whether all is well.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { filesUnder, fingerprint, Stamp } from './fingerprint.mjs';
import { findProgram, root, run, say } from './process.mjs';

/** Runs a command-line tool of node_modules. */
function tool(path, ...args) {
  return run(process.execPath, [join(root, 'node_modules', path), ...args]);
}

/** 14 is Debian 12's; other versions may break lines elsewhere. */
function clang(name) {
  return findProgram(`${name}-14`) ?? findProgram(name);
}

const nativeSources = () => filesUnder('native').filter((path) => /\.[ch]pp$/.test(path));

export async function prettier({ write = false } = {}) {
  const args = [write ? '--write' : '--check', '--log-level', 'warn', '.'];
  return (await tool('prettier/bin/prettier.cjs', ...args)) === 0;
}

export async function clangFormat({ write = false } = {}) {
  const program = clang('clang-format');
  if (!program) return 'skipped: no clang-format (apt-get install clang-format-14)';
  const args = write ? ['-i'] : ['--dry-run', '--Werror'];
  return (await run(program, [...args, ...nativeSources()])) === 0;
}

export async function eslint() {
  return (await tool('eslint/bin/eslint.js', '--max-warnings', '0', '.')) === 0;
}

export async function types() {
  const projects = ['tsconfig.json', 'ui/tsconfig.json'];
  let well = true;
  for (const project of projects) {
    if ((await tool('typescript/bin/tsc', '-p', project)) !== 0) well = false;
  }
  return well;
}

/** Slow, so that a source it was content with is not looked at again until it or a header changes. */
export async function clangTidy() {
  const program = clang('clang-tidy');
  if (!program) return 'skipped: no clang-tidy (apt-get install clang-tidy-14)';
  // build/cmake is where node-gyp has CMake work.
  const commands = ['build', 'build/cmake'].find((folder) =>
    existsSync(join(root, folder, 'compile_commands.json')),
  );
  if (!commands) return 'skipped: no compile_commands.json (run npm run build)';
  const shared = [
    ...nativeSources().filter((path) => path.endsWith('.hpp')),
    '.clang-tidy',
    'vendor/llama.cpp.json',
  ];
  const waiting = nativeSources().filter((path) => path.endsWith('.cpp'));
  let well = true;
  const worker = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const stamp = new Stamp(join('build', 'clang-tidy', path));
      const print = fingerprint([path, ...shared], { program });
      if (stamp.matches(print)) continue;
      const status = await run(program, [
        '-p',
        commands,
        '--quiet',
        '--warnings-as-errors=*',
        path,
      ]);
      if (status === 0) {
        stamp.write(print);
      } else {
        say(`clang-tidy: ${path}`);
        well = false;
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return well;
}
