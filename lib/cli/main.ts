#!/usr/bin/env node
import { reportFailure } from './failure.js';
import { endQuietlyOnBrokenPipe } from './output.js';
import { createProgram } from './program.js';

endQuietlyOnBrokenPipe();
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
