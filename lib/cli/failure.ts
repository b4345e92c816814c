import { CommanderError } from 'commander';
import { GraffitiError, type GraffitiErrorCode } from '../errors.js';
import { Interrupted } from './interrupt.js';

export const FAILURE = 1;
export const USAGE = 2;

/** A command line that cannot be run, found out after it was parsed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure that was reported already: only the exit code is left to be set. */
export class Reported extends Error {
  override readonly name = 'Reported';

  constructor(readonly exitCode: number = FAILURE) {
    super('reported');
  }
}

/** Refusals of arguments have this beginning (validate.ts); other TypeErrors are bugs. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    ((error instanceof TypeError || error instanceof RangeError) &&
      error.message.startsWith('Expected '))
  );
}

/** The error in one line, with its code. */
export function failureLine(error: unknown): string {
  if (error instanceof GraffitiError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

/** The error for a program that reads JSON. */
export function failureJson(error: unknown): { code: string; message: string } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : isRefusal(error) ? 'ERR_USAGE' : 'ERR_UNKNOWN',
    message: typeof message === 'string' ? message : String(error),
  };
}

/** Whether the user, not the command, is to be blamed, so that an interactive command can go on. */
export function isExpected(error: unknown): boolean {
  return error instanceof GraffitiError || isRefusal(error);
}

/** What to do about a failure, where the command line has a word of its own for it. */
const ADVICE: Partial<Record<GraffitiErrorCode, string>> = {
  ERR_BRAIN_MODEL_MISMATCH: 'To re-encode: graffiti memory reencode BRAIN --model FILE',
  ERR_NATIVE: 'To find out what is missing: graffiti doctor',
};

/** Says on standard error what went wrong, and returns the exit code. */
export function reportFailure(error: unknown): number {
  if (error instanceof Reported) return error.exitCode;
  // Commander has said itself what was wrong; help and version come this way with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const interrupted = [error, cause].find((one) => one instanceof Interrupted);
  if (interrupted) return interrupted.exitCode;
  const verbose = process.argv.includes('--verbose') || process.env.DEBUG === 'graffiti';
  const expected = isExpected(error) || typeof (error as { code?: unknown }).code === 'string';
  process.stderr.write(`graffiti: ${failureLine(error)}\n`);
  const advice = error instanceof GraffitiError ? ADVICE[error.code] : undefined;
  if (advice) process.stderr.write(`${advice}\n`);
  if (verbose || !expected) process.stderr.write(`${stackOf(error)}\n`);
  return isRefusal(error) ? USAGE : FAILURE;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
