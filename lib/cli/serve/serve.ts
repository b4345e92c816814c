import { once } from 'node:events';
import { serve, type ServeOptions } from '../../server/index.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import type { ServingOptions } from './command.js';

/** Replies at the same time when nobody says otherwise. */
const SLOTS = 4;

/** Serves until Ctrl-C or SIGTERM, then lets what runs finish; a second one ends the process at once. */
export async function serveUntilInterrupted(options: ServingOptions): Promise<void> {
  const output = new Output(options);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  // The server refuses what is too much; the model has room for all it lets in.
  const { slots: sessions = SLOTS, queue } = options;
  const queueLimit = queue && Math.max(queue, 1);
  await using model = await loadModel(options, signal, { sessions, queueLimit });
  await using server = await serve(model, serveOptions(options));
  output.object({ address: server.address, pid: process.pid, model: model.info.name });
  output.line(`${model.info.name || model.info.architecture} at ${server.address}`);
  if (!signal.aborted) await once(signal, 'abort');
  output.note('Closing…');
}

function serveOptions(options: ServingOptions): ServeOptions {
  const { host, port, store, brains, idle, openBrains, rateLimit, bodyLimit, logLevel } = options;
  if (store !== undefined && brains !== undefined) {
    throw new TypeError('Expected either --brains or --store but received both');
  }
  const fromEnvironment = process.env.GRAFFITI_API_KEY?.split(',').filter((key) => key !== '');
  return {
    ...{ host, port, openBrains, rateLimit, bodyLimit, logLevel },
    brains: store ?? brains,
    defaultBrain: options.brain,
    apiKeys: options.apiKey ?? fromEnvironment,
    corsOrigins: options.cors,
    queueLimit: options.queue,
    idleSeconds: idle,
    logContents: options.logContents,
  };
}
