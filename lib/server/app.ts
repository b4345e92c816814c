import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import { Access, checkLocalName, isLoopback } from './access.js';
import { RETRY_SECONDS } from './admission.js';
import { packageVersion } from '../native.js';
import type { ServerContext } from './context.js';
import { ApiError, schemaFault, toApiError } from './failure.js';
import { pageRoutes } from './page.js';
import { type App } from './routes/app.js';
import { chatRoutes } from './routes/chat.js';
import { completionRoutes } from './routes/completions.js';
import { embeddingRoutes } from './routes/embeddings.js';
import { engramRoutes } from './routes/engrams.js';
import { jobRoutes } from './routes/jobs.js';
import { memoryRoutes } from './routes/memories.js';
import { modelRoutes } from './routes/models.js';
import { nightRoutes } from './routes/nights.js';
import { replyRoutes } from './routes/replies.js';

/** ms for the headers, for a whole request, and that a connection may be idle. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 60_000;
const SILENCE_TIMEOUT = 600_000;

/** What anybody may see: that the server lives, and the page, which asks for the key itself. */
const OPEN_ROUTES = new Set(['/health', '/', '/assets/*']);

/** The HTTP server with its rules and routes. It does not listen yet. */
export async function createApp(server: ServerContext): Promise<App> {
  const { options } = server;
  const app = fastify({
    bodyLimit: options.bodyLimit,
    requestTimeout: REQUEST_TIMEOUT,
    connectionTimeout: SILENCE_TIMEOUT,
    keepAliveTimeout: 5_000,
    http: { headersTimeout: HEADERS_TIMEOUT },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `req_${randomUUID().replaceAll('-', '')}`,
    routerOptions: { maxParamLength: 256 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
    schemaErrorFormatter: schemaFault,
    logger: { level: options.logLevel, stream: process.stderr, base: null },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer)); // schemas describe answers, they don't cut them
  app.removeContentTypeParser('text/plain'); // what a web page may send without asking
  answerFailures(app);
  guard(app, server);
  observe(app, server);
  endConnections(app);
  if (options.corsOrigins.length > 0) {
    await app.register(cors, { origin: [...options.corsOrigins] });
  }
  if (options.rateLimit > 0) await limitRates(app, server);
  await document(app);
  modelRoutes(app, server);
  chatRoutes(app, server);
  completionRoutes(app, server);
  embeddingRoutes(app, server);
  memoryRoutes(app, server);
  replyRoutes(app, server);
  jobRoutes(app, server);
  nightRoutes(app, server);
  engramRoutes(app, server);
  await pageRoutes(app);
  return app;
}

function answerFailures(app: App): void {
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const failure = toApiError(error);
    if (failure.statusCode === 500) request.log.error({ err: error }, 'request failed');
    if (failure.statusCode === 429 && !reply.hasHeader('retry-after')) {
      reply.header('retry-after', RETRY_SECONDS);
    }
    return reply.status(failure.statusCode).send(failure.body);
  };
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request, reply) =>
    answer(new ApiError(404, 'There is nothing at this address.', {}), request, reply),
  );
}

/** Who may ask, before anything of the request is read. */
function guard(app: App, { options }: ServerContext): void {
  const access = new Access(options.apiKeys);
  const local = !access.required && isLoopback(options.host);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (local) checkLocalName(request.headers);
    if (!OPEN_ROUTES.has(request.routeOptions.url ?? '')) access.check(request.headers);
  });
}

/** One line of log for each request, without what was said in it, and its figures. */
function observe(app: App, { metrics }: ServerContext): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    metrics.requests.inc({ method, route, status });
    metrics.duration.observe({ route }, reply.elapsedTime / 1000);
    request.log.info(
      { method, route, status, milliseconds: Math.round(reply.elapsedTime) },
      'request',
    );
  });
}

/** A closing server ends each connection after the reply it waited for: Node ends only those idle when it begins. */
function endConnections(app: App): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onResponse', async () => {
    if (closing) setImmediate(() => app.server.closeIdleConnections());
  });
}

async function limitRates(app: App, { options }: ServerContext): Promise<void> {
  const access = new Access(options.apiKeys);
  await app.register(rateLimit, {
    max: options.rateLimit,
    timeWindow: 60_000,
    keyGenerator: ({ headers, ip }) => access.sender(headers, ip),
    errorResponseBuilder: () =>
      new ApiError(429, 'Too many requests in one minute.', { code: 'rate_limit_exceeded' }),
  });
}

/** The OpenAPI document, made of the routes' schemas. */
async function document(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'neural-graffiti', version: packageVersion(), license: { name: 'MIT' } },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        },
      },
      security: [{ bearer: [] }, { key: [] }],
    },
  });
  const schema = { hide: true };
  app.get('/openapi.json', { schema }, async () => app.swagger());
}
