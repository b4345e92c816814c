import type { FastifyBaseLogger } from 'fastify';
import { basename } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { GraffitiModel } from '../graffiti-model.js';
import { Admission } from './admission.js';
import { createApp } from './app.js';
import { Brains, brainsIn, isBrainName } from './brains/index.js';
import type { ServerContext } from './context.js';
import { Jobs } from './jobs.js';
import { Metrics } from './metrics.js';
import { checkServe, type ServeOptions } from './options.js';
import { Replies } from './replies.js';
import { outOfRange } from '../validate.js';

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  /** `http://127.0.0.1:8317` */
  readonly address: string;
  /** Refuses new requests, lets replies finish for `closeSeconds`, ends the others and all jobs, closes the brains. */
  close(): Promise<void>;
}

/**
 * Serves a model with a memory over HTTP, as OpenAI's clients expect it. The model stays the caller's.
 *
 * @throws {TypeError | RangeError} for wrong options.
 */
export async function serve(
  model: GraffitiModel,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const checked = checkServe(options);
  if (!isBrainName(checked.defaultBrain)) {
    throw outOfRange('a name of a brain', 'defaultBrain', checked.defaultBrain);
  }
  const ending = new AbortController();
  const admission = new Admission(model.info.sessions + checked.queueLimit);
  const replies = new Replies();
  const jobs = new Jobs();
  const log: { to?: FastifyBaseLogger } = {}; // there once the app is
  const brains = new Brains(
    model,
    await brainsIn(model, checked.brains),
    checked,
    (error) => log.to?.error({ err: error }, 'a brain was not closed in order'),
    ({ name }) => replies.forget(name),
  );
  const server: ServerContext = {
    model,
    modelId: model.info.name || basename(model.info.path, '.gguf'),
    options: checked,
    brains,
    admission,
    replies,
    jobs,
    metrics: new Metrics({ inFlight: () => admission.count, openBrains: () => brains.count }),
    ending: ending.signal,
    onSaid: (said) => {
      if (checked.logContents) log.to?.info(said, 'said');
    },
    created: Math.floor(Date.now() / 1000),
  };
  const app = await createApp(server);
  log.to = app.log;
  await app.listen({ host: checked.host, port: checked.port });
  const { address, port, family } = app.server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      admission.close();
      const timer = setTimeout(() => ending.abort(), checked.closeSeconds * 1000);
      await Promise.all([app.close(), jobs.close()]);
      clearTimeout(timer);
      await brains.close();
    })();
    return closed;
  };
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
