import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const chatModel = resolve(root, '../shared/data/models/chat-3m-f32.gguf');
const otherModel = resolve(root, '../shared/data/models/stories-260k-f32.gguf');
const builtIn = join(root, 'models/graffiti-cortex.gguf');

/** For tests of a small chat model: `--model FILE`, and why they are skipped where it is absent. */
export const smallModel = {
  path: chatModel,
  other: otherModel,
  args: ['--model', chatModel, '--threads', '1'],
  skip: existsSync(chatModel) ? false : `there is no ${chatModel}`,
};

export const builtInModel = {
  skip: existsSync(builtIn) ? false : 'there is no built-in model',
};

/** How the tests start the command. */
export const COMMAND = ['--import', 'tsx', join(root, 'lib/cli/main.ts')];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command's environment: no colours forced by whoever runs the tests. */
export function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, DEBUG: _debug, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** Runs `graffiti …args` with `input` on its standard input. */
export async function graffiti(
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...COMMAND, ...args], {
    cwd: root,
    env: environment(env),
  });
  child.stdin.on('error', () => {}); // a command that reads nothing may have ended already
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ]);
  return { code, stdout, stderr };
}

/** The one JSON object on standard output; fails when there is anything else. */
export function onlyObject(stdout: string): Record<string, unknown> {
  const objects = jsonLines(stdout);
  if (objects.length !== 1) throw new Error(`${objects.length} objects in ${stdout}`);
  return objects[0]!;
}

/** One object per line. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  if (!stdout.endsWith('\n')) throw new Error(`no line end after ${stdout}`);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
