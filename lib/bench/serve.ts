import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraffitiError } from '../errors.js';
import { type LoadOnServer, loadServer } from './serve-load.js';

export interface ServeBenchOptions {
  /** Default: the built-in cortex. */
  readonly model?: string | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Replies at the same time. Default 8. */
  readonly slots?: number | undefined;
  /** Streaming clients. Default 64. */
  readonly clients?: number | undefined;
  /** Brains they share. Default 8. */
  readonly brains?: number | undefined;
  /** Default 120. */
  readonly seconds?: number | undefined;
  /** Longest reply, tokens. Default 48. */
  readonly tokens?: number | undefined;
  /**
   * Address of another server of OpenAI's API to put the same load on afterwards, as llama.cpp's own with the same model,
   * slots and threads. Default none.
   */
  readonly beside?: string | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface ServeBench {
  readonly server: LoadOnServer;
  readonly beside: LoadOnServer | null;
  /** Tokens per second, ours against the other's. */
  readonly ratio: number | null;
  readonly clients: number;
  readonly brains: number;
  readonly slots: number;
}

/** Streaming clients that ask one thing after the other, on `graffiti serve` in a process of its own. */
export async function benchServe(options: ServeBenchOptions = {}): Promise<ServeBench> {
  const { clients = 64, brains = 8, slots = 8, seconds = 120, tokens = 48, beside } = options;
  const parts = beside === undefined ? 1 : 2;
  const load = (address: string, part: number) =>
    loadServer(address, { clients, brains, seconds, tokens }, (fraction) =>
      options.onProgress?.((part + fraction) / parts),
    );
  const folder = await mkdtemp(join(tmpdir(), 'graffiti-bench-serve-'));
  const { child, address } = await startServer(folder, slots, clients, options);
  let server: LoadOnServer;
  try {
    server = await load(address, 0);
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
  const other = beside === undefined ? null : await load(beside, 1);
  const ratio = other && server.tokensPerSecond / other.tokensPerSecond;
  return { server, beside: other, ratio, clients, brains, slots };
}

async function startServer(
  folder: string,
  slots: number,
  clients: number,
  { model, threads }: ServeBenchOptions,
): Promise<{ child: ChildProcess; address: string }> {
  const self = fileURLToPath(import.meta.url);
  const program = join(self, '..', '..', 'cli', `main${extname(self)}`); // .ts where this is not compiled
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      ...[program, 'serve', '--json', '--port', '0', '--brains', folder, '--log-level', 'error'],
      ...['--slots', String(slots), '--queue', String(clients)],
      ...(model === undefined ? [] : ['--model', model]),
      ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of child.stdout) {
    return { child, address: (JSON.parse(String(line)) as { address: string }).address };
  }
  throw new GraffitiError('ERR_NATIVE', 'The server to be measured did not start; see its error.');
}
