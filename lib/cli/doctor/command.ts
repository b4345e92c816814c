import type { Command } from 'commander';
import { type CommonOptions, describe } from '../describe.js';

export interface DoctorOptions extends CommonOptions {
  readonly store?: string;
}

export function registerDoctor(program: Command): void {
  describe(program, 'doctor', {
    summary: 'Look whether everything that is needed is there, and say what to do where it is not.',
    examples: ['graffiti doctor', 'graffiti doctor --store postgres://user@host/database'],
  })
    .option('--store <address>', 'look at a PostgreSQL database for brains, too')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.js');
      await doctor(options);
    });
}
