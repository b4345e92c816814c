import type { Command } from 'commander';
import { type CommonOptions, describe } from '../describe.js';

export function registerInspect(program: Command): void {
  describe(program, 'inspect', {
    summary:
      'What a file is: a GGUF model or a brain, told apart by content. Also a brain in a database.',
    examples: ['graffiti inspect model.gguf', 'graffiti inspect mine.graffiti --json'],
  })
    .argument('<path>', 'the file, or a postgres:// address')
    .action(async (path: string, options: CommonOptions) => {
      const { inspect } = await import('./inspect.js');
      await inspect(path, options);
    });
}
