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
  await using model = await loadModel(options, signal, options.slots ?? SLOTS);
  await using server = await serve(model, serveOptions(options));
  output.object({ address: server.address, pid: process.pid, model: model.info.name });
  output.line(`${model.info.name || model.info.architecture} at ${server.address}`);
  if (!signal.aborted) await once(signal, 'abort');
  output.note('Closing…');
}

function serveOptions(options: ServingOptions): ServeOptions {
  const { host, port, brains, idle, openBrains, rateLimit, bodyLimit, logLevel } = options;
  const fromEnvironment = process.env.GRAFFITI_API_KEY?.split(',').filter((key) => key !== '');
  return {
    ...{ host, port, brains, openBrains, rateLimit, bodyLimit, logLevel },
    defaultBrain: options.brain,
    apiKeys: options.apiKey ?? fromEnvironment,
    corsOrigins: options.cors,
    queueLimit: options.queue,
    idleSeconds: idle,
    logContents: options.logContents,
  };
}
