import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { builtInModel } from '../../model/index.js';
import { type Finding, ok, reason, warn } from './finding.js';

/** Other models work without it, so its absence is no failure. */
export function checkBuiltInModel(): Finding {
  const name = 'built-in model';
  const advice = 'Give --model FILE to every command, or install the package again.';
  try {
    const path = builtInModel();
    const file = openSync(path, 'r');
    const start = Buffer.alloc(4);
    readSync(file, start);
    closeSync(file);
    return start.toString('latin1') === 'GGUF'
      ? ok(name, `${path}, ${(statSync(path).size / 1e6).toFixed(1)} MB`)
      : warn(name, `${path} is no GGUF file`, advice);
  } catch (error) {
    return warn(name, reason(error).split('. ')[0]!, advice);
  }
}
