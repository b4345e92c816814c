import { Command } from 'commander';
import { packageVersion } from '../native.js';
import { registerBench } from './bench/command.js';
import { registerChat } from './chat/command.js';
import { registerDemo } from './demo/command.js';
import { registerDoctor } from './doctor/command.js';
import { registerEval } from './eval/command.js';
import { registerInspect } from './inspect/command.js';
import { registerMemory } from './memory/command.js';
import { registerServe } from './serve/command.js';
import { registerSleep } from './sleep/command.js';
import { registerTag } from './tag/command.js';

/**
 * The command `graffiti`. A command module only describes itself here and imports its work when it
 * runs: so that `--help` is quick, and `doctor` still runs where a native dependency does not load.
 */
export function createProgram(): Command {
  const program = new Command('graffiti')
    .description(
      'A memory for local language models, between the transformer and its output layer.',
    )
    .version(packageVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
With --json a command prints one JSON object on standard output and nothing else there.

Examples:
  $ graffiti demo
  $ graffiti chat --model model.gguf --brain mine.graffiti`,
    );
  registerChat(program);
  registerServe(program);
  registerTag(program);
  registerMemory(program);
  registerSleep(program);
  registerInspect(program);
  registerDoctor(program);
  registerDemo(program);
  registerEval(program);
  registerBench(program);
  return program;
}
