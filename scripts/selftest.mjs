// Runs build/Release/graffiti-selftest on every model there is, on the CPU and on an RPC device,
// which is to llama.cpp what a GPU is: memory that is not this process's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from './native.mjs';
import { root, run, say } from './process.mjs';

const PATIENCE = 20_000; // ms for the server to listen

function models() {
  const shared = join(root, '..', 'shared', 'data', 'models');
  const all = [
    join(root, 'models', 'graffiti-cortex.gguf'),
    join(shared, 'stories-260k-f32.gguf'),
    join(shared, 'chat-3m-f32.gguf'),
  ];
  const found = all.filter((path) => existsSync(path));
  for (const path of all) if (!found.includes(path)) say(`skipped, not there: ${path}`);
  return found;
}

/** @returns {Promise<boolean | string>} whether all is well, or why nothing ran */
export async function selfTest() {
  const found = models();
  if (found.length === 0) return 'skipped: no model';
  let well = true;
  const test = async (model, device) => {
    say(`\n${model} on ${device}`);
    const status = await run(builtProgram('graffiti-selftest'), [
      '--model',
      model,
      '--device',
      device,
    ]);
    if (status !== 0) say(`failed with ${status}`);
    well &&= status === 0;
  };
  for (const model of found) await test(model, 'cpu');
  await withRpcServer(async (device) => {
    for (const model of found) await test(model, device);
  });
  return well;
}

async function withRpcServer(use) {
  const port = await freePort();
  const server = spawn(builtProgram('ggml-rpc-server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const ended = once(server, 'close');
  try {
    await listening(port, server);
    await use(`rpc:127.0.0.1:${port}`);
  } finally {
    server.kill();
    await ended;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port, server) {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline && server.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
  throw new Error(`ggml-rpc-server did not listen on port ${port}`);
}
