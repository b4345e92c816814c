// npm test: sets up what is missing, then every check and every test.
//
//   npm test                      everything
//   npm test -- --only lint       style, lint and types
//   npm test -- --only native     clang-tidy and the native self-test
//   npm test -- --only unit       the tests under test/
//
// The test runner comes last and its summary ends the output.
import { parseArgs } from 'node:util';
import { filesUnder } from './fingerprint.mjs';
import { root, run, runMain, say, SetupError } from './process.mjs';
import { setup } from './setup.mjs';

const GROUPS = ['lint', 'native', 'unit'];

await runMain(async () => {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  if (only !== undefined && !GROUPS.includes(only)) {
    throw new SetupError(`--only takes ${GROUPS.join(', ')}, not ${only}`);
  }
  const wants = (group) => only === undefined || only === group;
  const results = [];
  const step = async (name, work) => {
    say(`\n── ${name} ${'─'.repeat(Math.max(0, 76 - name.length))}`);
    const begun = Date.now();
    const outcome = await work();
    const result = typeof outcome === 'string' ? outcome : outcome ? 'passed' : 'FAILED';
    const line = `${name.padEnd(18)} ${result} (${((Date.now() - begun) / 1000).toFixed(1)} s)`;
    say(line);
    results.push({ line, failed: outcome === false });
  };

  await step('set-up', async () => {
    await setup();
    return true;
  });
  const checks = await import('./checks.mjs');
  if (wants('lint')) {
    await step('prettier', checks.prettier);
    await step('clang-format', checks.clangFormat);
    await step('eslint', checks.eslint);
    await step('types', checks.types);
  }
  if (wants('native')) {
    const { selfTest } = await import('./selftest.mjs');
    await step('clang-tidy', checks.clangTidy);
    await step('native self-test', selfTest);
  }

  const failed = results.some((result) => result.failed);
  say(`\n── so far ${'─'.repeat(68)}\n${results.map((result) => result.line).join('\n')}`);
  if (failed) process.exitCode = 1;
  if (wants('unit')) {
    say(`\n── tests ${'─'.repeat(69)}`);
    if ((await runTests()) !== 0) process.exitCode = 1;
  }
});

function runTests() {
  const files = filesUnder('test').filter((path) => path.endsWith('.test.ts'));
  if (files.length === 0) throw new SetupError('There is no test under test/');
  const runner = ['--import', 'tsx', '--test', '--test-concurrency=1', '--test-reporter=spec'];
  return run(process.execPath, [...runner, ...files], { cwd: root, inherit: true });
}
