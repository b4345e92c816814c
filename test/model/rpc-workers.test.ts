import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type DeviceName, GraffitiModel } from '../../lib/index.js';
import { WORKER_PROTOCOL } from '../../lib/model/rpc-workers.js';
import { graffiti } from '../cli/graffiti-command.js';
import { code } from '../fixtures/errors.js';
import { builtIn, needs, small } from '../fixtures/models.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(
  root,
  'build',
  'Release',
  process.platform === 'win32' ? 'ggml-rpc-server.exe' : 'ggml-rpc-server',
);

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A ggml-rpc-server, behind a door that counts what is sent to it. */
class Worker {
  received = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly door: Server,
    readonly address: string,
  ) {}

  static async start(): Promise<Worker> {
    const probe = createServer();
    const port = await listen(probe);
    probe.close();
    await once(probe, 'close');
    const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port), '-t', '1'], {
      stdio: 'ignore',
    });
    for (let answers = false; !answers; await sleep(20)) {
      const socket = connect(port, '127.0.0.1');
      answers = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      socket.destroy();
      assert.equal(child.exitCode, null);
    }
    const door = createServer((client) => {
      const inner = connect(port, '127.0.0.1');
      client.pipe(inner).pipe(client);
      client.on('data', (data) => (worker.received += data.length));
      client.on('error', () => inner.destroy());
      inner.on('error', () => client.destroy());
    });
    const worker: Worker = new Worker(child, door, `127.0.0.1:${await listen(door)}`);
    return worker;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.kill();
    await ended;
    this.door.close();
  }
}

const needed = existsSync(program) ? needs(builtIn) : { skip: `there is no ${program}` };

suite('a model on two workers', needed, () => {
  const workers: Worker[] = [];
  before(async () => {
    for (let i = 0; i < 2; i++) workers.push(await Worker.start());
  });
  after(() => Promise.all(workers.map((worker) => worker.stop())));

  /** What is said and how memory leans it, on a device. */
  async function converse(device: DeviceName) {
    await using model = await GraffitiModel.load({ ...small, device, cache: false });
    await using session = await model.createSession();
    await session.tag('my dog is named Buddy and he likes the sea');
    const { text } = await session.prompt('tell me about animals', {
      ...{ temperature: 0, maxTokens: 16, remember: false, recall: false },
    });
    return { text, ...(await session.score('My dog is named Buddy.')) };
  }

  test('is split over both, says what it says on one machine, and leans the same way', async () => {
    const here = await converse('cpu');
    const there = await converse(`rpc:${workers.map(({ address }) => address).join(',')}`);
    assert.equal(there.text, here.text);
    for (const name of ['base', 'sprayed', 'kl'] as const) {
      assert.equal(there[name].length, here[name].length);
      there[name].forEach((value, i) => {
        // Activations are rounded to 8 bits, and not in the same places by every kernel.
        assert.ok(
          Math.abs(value - here[name][i]!) < 0.15,
          `${name} ${i}: ${value}, ${here[name][i]}`,
        );
      });
    }
    assert.ok(there.kl.some((value) => value > 1e-4));
    const size = statSync(builtIn).size;
    for (const { received } of workers) assert.ok(received > size / 5, `${received} of ${size}`);
  });

  test('is what --rpc asks for', async () => {
    const before = workers.map(({ received }) => received);
    const {
      code: exit,
      stderr,
      stdout,
    } = await graffiti(
      [
        'chat',
        '--rpc',
        workers.map(({ address }) => address).join(','),
        '--max-tokens',
        '2',
        '--json',
      ],
      { input: 'hello\n' },
    );
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /"prompt":"hello"/);
    workers.forEach(({ received }, i) => assert.ok(received > before[i]!));
  });
});

suite('workers', () => {
  const load = (device: DeviceName) => GraffitiModel.load({ ...small, device, cache: false });

  test('that are not there, hang up or speak otherwise are an error and not the end', async () => {
    const other = (answer: (socket: Socket) => void) =>
      createServer((socket) => {
        socket.on('error', () => {}).resume();
        answer(socket);
      });
    const version = Buffer.alloc(8 + 4 + 24);
    version.writeBigUInt64LE(28n);
    version[8] = WORKER_PROTOCOL + 1;
    const servers: [Server, RegExp][] = [
      [other((socket) => socket.end()), /No ggml-rpc-server answers at/],
      [other((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), /No ggml-rpc-server/],
      [other((socket) => void socket.write(version)), /speaks version \d+ of its protocol/],
    ];
    for (const [server, says] of servers) {
      const port = await listen(server);
      const failed = load(`rpc:127.0.0.1:${port}`);
      await assert.rejects(failed, { code: 'ERR_NATIVE', message: says });
      server.close();
      await once(server, 'close');
      await assert.rejects(load(`rpc:127.0.0.1:${port}`), code('ERR_NATIVE'));
    }
  });

  const header = join(root, 'vendor', 'llama.cpp', 'ggml', 'include', 'ggml-rpc.h');
  test('speak the version that llama.cpp speaks', needs(header), () => {
    const [, major] = /RPC_PROTO_MAJOR_VERSION\s+(\d+)/.exec(readFileSync(header, 'utf8'))!;
    assert.equal(Number(major), WORKER_PROTOCOL);
  });
});
