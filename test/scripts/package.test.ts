import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

function packedFiles(): string[] {
  const options = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const printed = execFileSync(npm, options, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(printed) as [{ files: { path: string }[] }];
  return packed.files.map((file) => file.path);
}

describe('the npm package', () => {
  const files = packedFiles();

  it('holds the library, its types and the command', () => {
    for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js', 'lib/index.ts']) {
      assert.ok(files.includes(path), path);
    }
  });

  it('holds all that a build from source reads', () => {
    const sources = readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[ch]pp$/.test(path))
      .map((path) => join('native', path).replaceAll('\\', '/'));
    const others = [
      'CMakeLists.txt',
      'binding.gyp',
      'vendor/llama.cpp.json',
      'scripts/install.mjs',
    ];
    for (const path of [...sources, ...others]) assert.ok(files.includes(path), path);
  });

  it('holds every script that the install script imports', () => {
    const open = ['install.mjs'];
    const seen = new Set(open);
    for (const name of open) {
      assert.ok(files.includes(`scripts/${name}`), name);
      const text = readFileSync(join(root, 'scripts', name), 'utf8');
      for (const [, imported] of text.matchAll(/['"]\.\/([\w-]+\.mjs)['"]/g)) {
        if (!seen.has(imported!)) open.push(imported!);
        seen.add(imported!);
      }
    }
  });

  it('holds nothing else', () => {
    const expected =
      /^(dist|lib|native|models|prebuilds)\/|^scripts\/[\w-]+\.mjs$|^vendor\/llama\.cpp\.json$|^(package\.json|LICENSE|README\.md|CHANGELOG\.md|CMakeLists\.txt|binding\.gyp)$/;
    assert.deepEqual(
      files.filter((path) => !expected.test(path) || path.endsWith('.tsbuildinfo')),
      [],
    );
  });
});
