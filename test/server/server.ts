import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { GraffitiModel, type LoadOptions } from '../../lib/index.js';
import { type RunningServer, serve, type ServeOptions } from '../../lib/server/index.js';
import { builtIn, small } from '../fixtures/models.js';

export const MODEL = 'graffiti-cortex';

export interface TestServer {
  readonly address: string;
  readonly folder: string;
  readonly model: GraffitiModel;
  readonly running: RunningServer;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** POST, or another method, with a JSON body. */
  send(
    path: string,
    body: unknown,
    init?: { method?: string; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Response>;
}

/** Starts a server with the built-in model before the tests of a suite, and closes it after them. */
export function serverForSuite(
  options: ServeOptions = {},
  load: LoadOptions = {},
): () => TestServer {
  let server: TestServer | undefined;
  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'graffiti-serve-'));
    const model = await GraffitiModel.load({ model: builtIn, ...small, ...load });
    const running = await serve(model, {
      port: 0,
      brains: folder,
      logLevel: 'error',
      closeSeconds: 1,
      ...options,
    });
    const { address } = running;
    server = {
      address,
      folder,
      model,
      running,
      get: (path, headers = {}) => fetch(address + path, { headers }),
      send: (path, body, { method = 'POST', headers = {}, signal } = {}) =>
        fetch(address + path, {
          method,
          headers:
            body === undefined ? headers : { 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal ? { signal } : {}),
        }),
    };
  });
  after(async () => {
    if (!server) return;
    await server.running.close();
    await server.model.dispose();
    rmSync(server.folder, { recursive: true, force: true });
  });
  return () => server!;
}
