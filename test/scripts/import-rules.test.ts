import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ESLint } from 'eslint';
import { importFault } from '../../scripts/import-rules.mjs';

describe('import rules', () => {
  const allowed = [
    ['session/session.ts', '../model/index.js'],
    ['session/session.ts', './reply.js'],
    ['session/session.ts', '../native.js'],
    ['session/session.ts', '../regions/index.js'],
    ['regions/adder.ts', '../errors.js'],
    ['memory/memory.ts', '../store/index.js'],
    ['store/lock.ts', '../errors.js'],
    ['native.ts', 'node-gyp-build'],
    ['eval/lean.ts', '../graffiti-model.js'],
    ['cli/commands/chat.ts', '../../eval/index.js'],
    ['index.ts', './session/index.js'],
  ];
  for (const [from, to] of allowed) {
    it(`let lib/${from} import ${to}`, () => {
      assert.equal(importFault(from!, to!), undefined);
    });
  }

  const forbidden: [string, string, RegExp][] = [
    ['store/lock.ts', '../memory/index.js', /lib\/store may not import lib\/memory/],
    ['memory/memory.ts', '../session/index.js', /may not import/],
    ['memory/memory.ts', '../native.js', /may not import/],
    ['regions/adder.ts', '../model/index.js', /lib\/regions may not import lib\/model/],
    ['regions/adder.ts', '../native.js', /may not import/],
    ['session/session.ts', '../regions/adder.js', /through its face/],
    ['session/session.ts', '../memory/spray.js', /through its face/],
    ['eval/lean.ts', '../memory/spray.js', /through its face/],
    ['graffiti-model.ts', './cli/index.js', /Nothing imports lib\/cli/],
    ['session/session.ts', '../graffiti-model.js', /may not import/],
    ['errors.ts', './native.js', /may not import/],
    ['model/devices.ts', '../../build/Release/graffiti.node', /Only lib\/native.ts/],
    ['model/devices.ts', 'node-gyp-build', /Only lib\/native.ts/],
  ];
  for (const [from, to, fault] of forbidden) {
    it(`do not let lib/${from} import ${to}`, () => {
      assert.match(importFault(from, to) ?? 'allowed', fault);
    });
  }

  it('are enforced by the lint of this repository, in every form of import', async () => {
    const violations = [
      "import { Session } from '../session/index.js';",
      "import type { Session } from '../session/index.js';",
      "export * from '../session/index.js';",
      "export { Session } from '../session/index.js';",
      "void import('../session/index.js');",
      "type S = import('../session/index.js').Session;",
      "createRequire(import.meta.url)('../../build/Release/graffiti.node');",
    ];
    const [result] = await new ESLint().lintText(violations.join('\n'), {
      filePath: 'lib/memory/index.ts',
    });
    const lines = result!.messages
      .filter((message) => message.ruleId === 'house/imports')
      .map((message) => message.line);
    assert.deepEqual(
      lines,
      violations.map((_, index) => index + 1),
    );
  });
});
