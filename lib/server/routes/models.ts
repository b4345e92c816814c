import { Type } from 'typebox';
import type { ServerContext } from '../context.js';
import { checkModelName } from '../sampling.js';
import { described, json, ModelAnswer, ModelList } from '../schema/index.js';
import type { App } from './app.js';

const Health = Type.Object({ status: Type.Literal('ok') });

/** GET /v1/models, /health, /metrics. */
export function modelRoutes(app: App, server: ServerContext): void {
  const { info } = server.model;
  const model = {
    id: server.modelId,
    object: 'model',
    created: server.created,
    owned_by: 'neural-graffiti',
    graffiti: {
      architecture: info.architecture,
      parameters: info.parameters,
      quantisation: info.quantisation,
      context_size: info.contextSize,
      width: info.width,
      sessions: info.sessions,
    },
  };
  app.get(
    '/v1/models',
    { schema: described('The served model', 'OpenAI', {}, json(ModelList)) },
    async () => ({
      object: 'list',
      data: [model],
    }),
  );
  const params = Type.Object({ id: Type.String({ maxLength: 256 }) });
  const one = described('The served model, by its name', 'OpenAI', { params }, json(ModelAnswer));
  app.get('/v1/models/:id', { schema: one }, async ({ params: { id } }) => {
    checkModelName(id, server.modelId);
    return model;
  });
  app.get(
    '/health',
    { schema: described('Whether the server is up', 'Server', {}, json(Health)) },
    async () => ({
      status: 'ok',
    }),
  );
  const figures = described(
    'Figures for Prometheus',
    'Server',
    {},
    { 'text/plain': Type.String() },
  );
  app.get('/metrics', { schema: figures }, async (_request, answer) => {
    const { registry } = server.metrics;
    return answer.type(registry.contentType).send(await registry.metrics());
  });
}
