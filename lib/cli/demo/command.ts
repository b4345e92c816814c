import type { Command } from 'commander';
import { number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';
import { PROMPT, STRENGTH } from './scene.js';

export interface DemoOptions extends CommonOptions, ModelOptions {
  readonly prompt: string;
  readonly strength: number;
}

/** Hidden: what the demo runs in a process of its own. */
export const REPLY_COMMAND = 'demo-reply';

export function registerDemo(program: Command): void {
  const demo = describe(program, 'demo', {
    summary:
      'Tell a model a few things and watch its words lean; restart it, and it still knows; forget one.\n' +
      'Every figure printed is measured. Works in a temporary folder and removes it.',
    examples: ['graffiti demo', 'graffiti demo --model model.gguf --json'],
  });
  withScene(demo).action(async (options: DemoOptions) => {
    const work = await import('./demo.js');
    await work.demo(options);
  });
  const reply = program
    .command(REPLY_COMMAND, { hidden: true })
    .argument('<brain>')
    .option('--json')
    .option('--no-color');
  withScene(reply).action(async (brain: string, options: DemoOptions) => {
    const work = await import('./restart.js');
    await work.replyOnce(brain, options);
  });
}

function withScene(command: Command): Command {
  return addModelOptions(command)
    .option('--prompt <text>', 'what the model is asked', PROMPT)
    .option('--strength <factor>', 'strength of the second look', number, STRENGTH);
}
