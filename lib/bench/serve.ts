import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraffitiError } from '../errors.js';
import { builtInModel } from '../model/index.js';
import { buildLlamaProgram, type MeasuredServer, startLlamaServer } from './llama-server.js';
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
  /** For each server. Default 120. */
  readonly seconds?: number | undefined;
  /** Longest reply, tokens. Default 48. */
  readonly tokens?: number | undefined;
  /** Whether to measure a second time with strength 0, nothing told and nothing recalled. Default false. */
  readonly withoutMemory?: boolean | undefined;
  /**
   * What to put the same load on afterwards: 'llama-server' builds llama.cpp's own server from the vendored source and runs it
   * with the same model, slots and threads; else the address of a server of OpenAI's API. Default none.
   */
  readonly beside?: string | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface ServeBench {
  readonly server: LoadOnServer;
  readonly withoutMemory: LoadOnServer | null;
  readonly beside: LoadOnServer | null;
  /** Tokens per second, ours against the other's. */
  readonly ratio: number | null;
  readonly ratioWithoutMemory: number | null;
  readonly clients: number;
  readonly brains: number;
  readonly slots: number;
  readonly threads: number;
}

/** Streaming clients that ask one thing after the other, on `graffiti serve` in a process of its own, and on another server. */
export async function benchServe(options: ServeBenchOptions = {}): Promise<ServeBench> {
  const { clients = 64, brains = 8, slots = 8, seconds = 120, tokens = 48, beside } = options;
  const { threads = availableParallelism(), withoutMemory = false } = options;
  const program = beside === 'llama-server' ? await buildLlamaProgram('llama-server') : undefined;
  const parts = 1 + Number(withoutMemory) + Number(beside !== undefined);
  let part = 0;
  const load = async (start: () => Promise<MeasuredServer>, memory: boolean) => {
    const server = await start();
    try {
      const shape = { clients, brains, seconds, tokens, memory };
      return await loadServer(server.address, shape, (fraction) =>
        options.onProgress?.((part + fraction) / parts),
      );
    } finally {
      part++;
      await server.stop();
    }
  };
  const own = () => startGraffiti({ slots, clients, threads, model: options.model });
  const other = async () => {
    if (program === undefined) return { address: beside!, stop: async () => {} };
    const { model = builtInModel() } = options;
    return startLlamaServer(program, { model, slots, threads, contextSize: CONTEXT });
  };
  const server = await load(own, true);
  const off = withoutMemory ? await load(own, false) : null;
  const others = beside === undefined ? null : await load(other, true);
  const ratio = (ours: LoadOnServer | null) =>
    ours && others && ours.tokensPerSecond / others.tokensPerSecond;
  return {
    ...{ server, withoutMemory: off, beside: others },
    ...{ ratio: ratio(server), ratioWithoutMemory: ratio(off) },
    ...{ clients, brains, slots, threads },
  };
}

/** Tokens of one slot, for both servers: the questions and replies of the load are short. */
const CONTEXT = 512;

/** With brains of its own, which are empty. */
async function startGraffiti({
  slots,
  clients,
  threads,
  model,
}: {
  slots: number;
  clients: number;
  threads: number;
  model: string | undefined;
}): Promise<MeasuredServer> {
  const folder = await mkdtemp(join(tmpdir(), 'graffiti-bench-serve-'));
  const self = fileURLToPath(import.meta.url);
  const program = join(self, '..', '..', 'cli', `main${extname(self)}`); // .ts where this is not compiled
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      ...[program, 'serve', '--json', '--port', '0', '--brains', folder, '--log-level', 'error'],
      ...['--slots', String(slots), '--queue', String(clients), '--threads', String(threads)],
      ...['--context-size', String(CONTEXT)],
      ...(model === undefined ? [] : ['--model', model]),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of child.stdout) {
    return { address: (JSON.parse(String(line)) as { address: string }).address, stop };
  }
  await stop();
  throw new GraffitiError('ERR_NATIVE', 'The server to be measured did not start; see its error.');
}
