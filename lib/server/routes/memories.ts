import type { ForgetSelector, Memory } from '../../memory/index.js';
import type { ServerContext } from '../context.js';
import { withBrains } from '../leased.js';
import {
  BrainAnswer,
  BrainList,
  BrainParams,
  described,
  ExportAnswer,
  ForgetRequest,
  ForgottenAnswer,
  json,
  ListQuery,
  MemoryAnswer,
  MemoryList,
  MemoryParams,
  SearchAnswer,
  SearchRequest,
  TellRequest,
} from '../schema/index.js';
import type { App } from './app.js';

const number = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));

/** /v1/graffiti/brains: the brains, and what they were told. */
export function memoryRoutes(app: App, server: ServerContext): void {
  const withBrain = withBrains(server);
  const withMemory = <Result>(
    name: string,
    work: (memory: Memory) => Promise<Result>,
    options?: { make?: boolean },
  ): Promise<Result> => withBrain(name, ({ memory }) => work(memory), options);
  /** What needs the model has a place in its queue. */
  const withModel: typeof withMemory = async (name, work, options) => {
    using _place = server.admission.enter();
    return await withMemory(name, work, options);
  };
  const brains = '/v1/graffiti/brains';

  app.get(brains, { schema: described('All brains', 'Memory', {}, json(BrainList)) }, async () => ({
    object: 'list',
    data: (await server.brains.source.names()).map((id) => ({ id, object: 'graffiti.brain' })),
  }));

  const one = described(
    'Figures about a brain',
    'Memory',
    { params: BrainParams },
    json(BrainAnswer),
  );
  app.get(`${brains}/:brain`, { schema: one }, ({ params: { brain } }) =>
    withMemory(brain, async (memory) => ({
      id: brain,
      object: 'graffiti.brain',
      ...(await memory.stats()),
    })),
  );

  const list = described(
    'Memories, newest first',
    'Memory',
    { params: BrainParams, querystring: ListQuery },
    json(MemoryList),
  );
  app.get(`${brains}/:brain/memories`, { schema: list }, ({ params: { brain }, query }) =>
    withMemory(brain, async (memory) => ({
      object: 'list',
      data: await memory.list({
        tag: query.tag,
        speaker: query.speaker,
        limit: number(query.limit),
        offset: number(query.offset),
        since: number(query.since),
      }),
    })),
  );

  const tell = described(
    'Tell a brain something without a reply',
    'Memory',
    { params: BrainParams, body: TellRequest },
    json(MemoryAnswer),
    201,
  );
  app.post(`${brains}/:brain/memories`, { schema: tell }, async (request, answer) => {
    const { params, body } = request;
    answer.status(201);
    return withModel(params.brain, (memory) => memory.remember({ ...body, kind: 'tag' }), {
      make: true,
    });
  });

  const search = described(
    'Memories that fit a query best',
    'Memory',
    { params: BrainParams, body: SearchRequest },
    json(SearchAnswer),
  );
  app.post(`${brains}/:brain/search`, { schema: search }, ({ params: { brain }, body }) =>
    withModel(brain, async (memory) => {
      const { query, min_score: minScore, ...options } = body;
      return { object: 'list', data: await memory.recall(query, { ...options, minScore }) };
    }),
  );

  const forget = described(
    'Forget, for good',
    'Memory',
    { params: BrainParams, body: ForgetRequest },
    json(ForgottenAnswer),
  );
  app.post(`${brains}/:brain/forget`, { schema: forget }, ({ params: { brain }, body }) =>
    withMemory(brain, (memory) => memory.forget(body.ids ?? (body as ForgetSelector))),
  );

  const forgetOne = described(
    'Forget one memory, for good',
    'Memory',
    { params: MemoryParams },
    json(ForgottenAnswer),
  );
  app.delete(`${brains}/:brain/memories/:memory`, { schema: forgetOne }, ({ params }) =>
    withMemory(params.brain, (memory) => memory.forget(Number(params.memory))),
  );

  const whole = described(
    'Everything a brain was told',
    'Memory',
    { params: BrainParams },
    json(ExportAnswer),
  );
  app.get(`${brains}/:brain/export`, { schema: whole }, ({ params: { brain } }) =>
    withMemory(brain, (memory) => memory.export()),
  );
}
