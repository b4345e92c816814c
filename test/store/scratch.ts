import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder of its own for a test, removed after it. */
export function scratch(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-test-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
