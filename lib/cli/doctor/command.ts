import type { Command } from 'commander';
import { type CommonOptions, describe } from '../describe.js';

export function registerDoctor(program: Command): void {
  describe(program, 'doctor', {
    summary: 'Look whether everything that is needed is there, and say what to do where it is not.',
    examples: ['graffiti doctor'],
  }).action(async (options: CommonOptions) => {
    const { doctor } = await import('./doctor.js');
    await doctor(options);
  });
}
