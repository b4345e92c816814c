// Runs other programs for the scripts of this folder. Only node: imports: node_modules may not be there yet.
import { spawn } from 'node:child_process';
import { accessSync, constants, createWriteStream, mkdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, or the installed package. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const windows = process.platform === 'win32';

/** Progress goes to stderr: stdout belongs to what a command was asked for. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** A failure the user can do something about: shown without a stack. */
export class SetupError extends Error {}

/** Ends the process the way every script here does when `main` throws. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    say(error instanceof SetupError ? `\n${error.message}` : `\n${error.stack ?? error}`);
    process.exitCode = 1;
  }
}

/** Whether `url` (import.meta.url) is the file node was started with. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === realpathSync(process.argv[1]);
}

/** The full path of a program on PATH, or undefined. */
export function findProgram(name) {
  const endings = windows ? (process.env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/**
 * Runs a program to its end with its output on stderr (or, `inherit`, as it is).
 * @returns {Promise<number>} its exit status; a signal counts as failure
 */
export function run(command, args, { cwd = root, env = process.env, inherit = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: inherit ? 'inherit' : ['ignore', 2, 2],
      shell: windows && command.endsWith('.cmd'),
    });
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
}

/** Runs a program and returns what it printed, trimmed; undefined when it failed. */
export function output(command, args, { cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: windows && command.endsWith('.cmd'),
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('error', () => resolve(undefined));
    child.on('close', (status) => resolve(status === 0 ? text.trim() : undefined));
  });
}

const REPORT_EVERY = 10_000; // ms, when nobody watches a terminal
const LINES_OF_FAILURE = 60;

/**
 * Runs a talkative program: its output goes to the file `log`, one line of it at a time to stderr,
 * and its end to stderr when it fails.
 */
export async function runLogged(command, args, { log, cwd = root, env = process.env }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: 'a' });
  const terminal = process.stderr.isTTY === true;
  const recent = [];
  let rest = '';
  let reported = Date.now();
  const take = (chunk) => {
    file.write(chunk);
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop();
    recent.push(...lines.filter((line) => line.trim() !== ''));
    recent.splice(0, recent.length - LINES_OF_FAILURE);
    const last = recent.at(-1);
    if (last === undefined) return;
    if (terminal) {
      process.stderr.write(`\r\x1b[K  ${last.slice(0, (process.stderr.columns ?? 80) - 3)}`);
    } else if (Date.now() - reported > REPORT_EVERY) {
      reported = Date.now();
      say(`  ${last}`);
    }
  };
  const status = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  file.end();
  if (terminal) process.stderr.write('\r\x1b[K');
  if (status !== 0) {
    say([...recent, rest].join('\n'));
    throw new SetupError(
      `${command} ${args.join(' ')}\nended with ${status}. Everything it said is in ${log}`,
    );
  }
}
