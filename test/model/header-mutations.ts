// Loads damaged copies of a model, for header-fuzz.test.ts. argv: path, seed, how many. Says what it is
// about to do before each load, so that the mutation that ended the process is the last line.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraffitiError, LoadedModel } from '../../lib/index.js';

/** Numbers from 0 to 2³² − 1 that depend only on the seed (xorshift). */
function numbers(seed: number): () => number {
  let state = (seed * 2654435761 + 1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Values that lengths, counts and types are most likely to break at. */
const NASTY = [0, 1, 0x7f, 0x80, 0xff];

const [, , path = '', seed = '1', count = '1'] = process.argv;
const header = 2048;
const original = readFileSync(path);
const next = numbers(Number(seed));
const folder = mkdtempSync(join(tmpdir(), 'graffiti-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

for (let round = 0; round < Number(count); round++) {
  const bytes = Buffer.from(original);
  const changes: string[] = [];
  for (let i = next() % 3; i >= 0; i--) {
    const offset = next() % header;
    const kind = next() % 3;
    if (kind === 0) {
      bytes[offset] = next() & 0xff;
      changes.push(`[${offset}]=${bytes[offset]}`);
    } else if (kind === 1) {
      bytes[offset] = NASTY[next() % NASTY.length]!;
      changes.push(`[${offset}]=${bytes[offset]}`);
    } else {
      const value = [0, 1, 0xffffffff, 0x7fffffff, 0x80000000, next()][next() % 6]!;
      bytes.writeUInt32LE(value, offset);
      changes.push(`[${offset}..]=${value}`);
    }
  }
  const file = join(folder, `${round % 2}.gguf`);
  writeFileSync(file, bytes);
  process.stdout.write(`${seed}/${round} ${changes.join(' ')} → `);
  let result: string;
  try {
    await using model = await LoadedModel.load({
      model: file,
      device: 'cpu',
      threads: 1,
      sessions: 1,
      contextSize: 64,
    });
    model.tokenize('Once upon a time');
    const { tokens } = model.renderChat([{ role: 'user', content: 'Once' }]);
    model.detokenize(tokens, { special: true });
    result = 'loaded';
  } catch (error) {
    if (!(error instanceof GraffitiError)) throw error;
    result = error.code;
  }
  process.stdout.write(`${result}\n`);
}
