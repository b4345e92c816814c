import { writeFileSync } from 'node:fs';
import { UsageError } from '../failure.js';
import { openExisting } from '../open-brain.js';
import { Output } from '../output.js';
import type { ExportOptions } from './command.js';

export async function exportMemories(brain: string, options: ExportOptions): Promise<void> {
  const output = new Output(options);
  const { lines = false, out } = options;
  if (lines && output.json && out === undefined) {
    throw new UsageError(
      '--lines prints several objects and --json one; give --out too, or one of them.',
    );
  }
  await using memory = await openExisting(brain, { readOnly: true });
  const exported = await memory.export();
  const { memories } = exported;
  const text = (lines ? memories : [exported])
    .map((value) => `${JSON.stringify(value)}\n`)
    .join('');
  if (out === undefined) {
    process.stdout.write(text);
  } else {
    writeFileSync(out, text);
    output.object({ path: out, memories: memories.length });
    output.line(`Wrote ${memories.length} memories to ${out}.`);
  }
}
