import { once } from 'node:events';
import { connect } from 'node:net';
import { GraffitiError } from '../errors.js';
import { outOfRange } from '../validate.js';

// llama.cpp ends the process when a worker does not answer, or speaks another version. So it is
// greeted here first, the way llama.cpp greets it.

/** Version of the protocol that the vendored llama.cpp speaks (RPC_PROTO_MAJOR_VERSION, ggml-rpc.h). */
export const WORKER_PROTOCOL = 7;

/** RPC_CMD_HELLO, and the length of what both sides then say of their abilities. */
const HELLO = 14;
const ABILITIES = 24;

/** How long (ms) a worker may take to answer. */
const PATIENCE = 5000;

const PREFIX = 'rpc:';

/**
 * The addresses, `host:port`, of the workers that a device names; none for other devices.
 *
 * @throws {RangeError} when one is no address.
 */
export function workersOf(device: string): string[] {
  if (!device.startsWith(PREFIX)) return [];
  const workers = device.slice(PREFIX.length).split(',');
  for (const worker of workers) {
    const port = Number(/^[^:\s]+:(\d{1,5})$/.exec(worker)?.[1] ?? 0);
    if (port < 1 || port > 65_535) {
      throw outOfRange("'rpc:' and addresses host:port, with commas between,", 'device', device);
    }
  }
  return workers;
}

/**
 * Greets every worker.
 *
 * @throws {GraffitiError} `ERR_NATIVE` when one does not answer, or is of another version.
 */
export async function greetWorkers(workers: readonly string[]): Promise<void> {
  await Promise.all(workers.map(greet));
}

async function greet(worker: string): Promise<void> {
  const version = await askVersion(worker).catch((error: unknown) => {
    throw new GraffitiError(
      'ERR_NATIVE',
      `No ggml-rpc-server answers at ${worker}. Start one there, or check the address.`,
      { cause: error },
    );
  });
  if (version !== WORKER_PROTOCOL) {
    throw new GraffitiError(
      'ERR_NATIVE',
      `The ggml-rpc-server at ${worker} speaks version ${version} of its protocol and this build ${WORKER_PROTOCOL}; start one from the same llama.cpp.`,
    );
  }
}

/** Major version of the protocol that a worker speaks. */
async function askVersion(worker: string): Promise<number> {
  const [host, port] = worker.split(':') as [string, string];
  const socket = connect({ host, port: Number(port), signal: AbortSignal.timeout(PATIENCE) });
  try {
    await once(socket, 'connect');
    const greeting = Buffer.alloc(1 + 8 + ABILITIES);
    greeting[0] = HELLO;
    greeting.writeBigUInt64LE(BigInt(ABILITIES), 1);
    socket.write(greeting);
    let answer = Buffer.alloc(0);
    for await (const part of socket) {
      answer = Buffer.concat([answer, part as Buffer]);
      if (answer.length < 8 + 4) continue;
      if (answer.readBigUInt64LE() !== BigInt(4 + ABILITIES)) break;
      return answer[8]!;
    }
    throw new Error('What answers is something else');
  } finally {
    socket.destroy();
  }
}
