import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { GraffitiError } from '../errors.js';
import { packageRoot } from '../native.js';

/** A server that was started to be measured. */
export interface MeasuredServer {
  readonly address: string;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** ms that a server may take to load its model. */
const PATIENCE = 120_000;

/**
 * Builds one of llama.cpp's own programs from the source that the addon was built from, with its compiler settings and
 * libraries. Minutes the first time; nothing is downloaded.
 *
 * @param name of the program, as 'llama-server'
 * @returns its path
 * @throws {GraffitiError} `ERR_NATIVE` outside of a clone in which `npm run build` has run.
 */
export async function buildLlamaProgram(name: string): Promise<string> {
  const folder = ['build', join('build', 'cmake')]
    .map((folderName) => join(packageRoot, folderName))
    .find((path) => existsSync(join(path, 'CMakeCache.txt')));
  if (folder === undefined) {
    throw new GraffitiError(
      'ERR_NATIVE',
      `${name} is built from llama.cpp's source: run this in a clone, after \`npm run build\`.`,
    );
  }
  const target = ['--build', folder, '--config', 'Release', '--target', name];
  await promisify(execFile)('cmake', target, { maxBuffer: 2 ** 26 });
  return join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** Starts it with a model, and resolves once it answers. */
export async function startLlamaServer(
  program: string,
  shape: { model: string; slots: number; threads: number; contextSize: number },
): Promise<MeasuredServer> {
  const port = await freePort();
  const child = spawn(
    program,
    [
      ...['--model', shape.model, '--host', '127.0.0.1', '--port', String(port)],
      ...['--parallel', String(shape.slots), '--ctx-size', String(shape.slots * shape.contextSize)],
      ...['--threads', String(shape.threads), '--threads-batch', String(shape.threads)],
    ],
    { stdio: 'ignore' },
  );
  const address = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  for (const begun = performance.now(); ;) {
    if (child.exitCode !== null) {
      throw new GraffitiError('ERR_NATIVE', `llama-server ended with ${child.exitCode}.`);
    }
    // Refused until it listens.
    const health = await fetch(`${address}/health`).catch(() => undefined);
    if (health?.ok) return { address, stop };
    if (performance.now() - begun > PATIENCE) {
      await stop();
      throw new GraffitiError('ERR_NATIVE', 'llama-server did not come up.');
    }
    await setTimeout(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
