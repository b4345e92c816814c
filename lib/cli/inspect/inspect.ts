import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { GraffitiError } from '../../errors.js';
import type { ModelInfo } from '../../model/index.js';
import { isPostgresAddress, shownLocation } from '../../store/index.js';
import type { CommonOptions } from '../describe.js';
import { Interrupt } from '../interrupt.js';
import { loadUnmeasured } from '../load-model.js';
import { statsLines } from '../memory/looks.js';
import { openExisting } from '../open-brain.js';
import { oneLine, Output } from '../output.js';

type Kind = 'model' | 'brain';

const BEGINNINGS: [Kind, string][] = [
  ['model', 'GGUF'],
  ['brain', 'SQLite format 3\0'],
];

export async function inspect(path: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  if (kindOf(path) === 'brain') {
    await using memory = await openExisting(path, { readOnly: true });
    const figures = await memory.stats();
    output.object({ kind: 'brain', path: shownLocation(path), ...figures });
    output.line(`${shownLocation(path)}: a brain`);
    for (const text of statsLines(figures)) output.line(text);
  } else {
    using interrupt = new Interrupt();
    await using model = await loadUnmeasured({ model: path, device: 'cpu' }, interrupt.signal);
    output.object({ kind: 'model', ...model.info });
    output.line(`${path}: a GGUF model`);
    for (const text of modelLines(model.info)) output.line(text);
  }
}

/** @throws {GraffitiError} `ERR_MODEL_NOT_FOUND`, `ERR_BRAIN_FOREIGN` for what is neither. */
function kindOf(path: string): Kind {
  if (isPostgresAddress(path)) return 'brain';
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) throw new GraffitiError('ERR_MODEL_NOT_FOUND', `There is no file ${path}.`);
  const start = Buffer.alloc(16);
  if (entry.isFile()) {
    const file = openSync(path, 'r');
    readSync(file, start);
    closeSync(file);
  }
  const found = BEGINNINGS.find(([, text]) => start.toString('latin1').startsWith(text));
  if (!found) {
    throw new GraffitiError('ERR_BRAIN_FOREIGN', `${path} is neither a GGUF model nor a brain.`);
  }
  return found[0];
}

/** Everything a model tells about itself, one fact a line. */
function modelLines({ path: _path, ...facts }: ModelInfo): string[] {
  return Object.entries(facts).map(([name, value]) => {
    const label = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${label.padEnd(16)}${oneLine(String(value) || '-', 200)}`;
  });
}
