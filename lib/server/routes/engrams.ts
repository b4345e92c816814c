import { ANCHOR_EXCHANGES } from '../../sleep/index.js';
import { checkBrainName } from '../brains/index.js';
import type { ServerContext } from '../context.js';
import { withBrains } from '../leased.js';
import {
  BrainParams,
  described,
  EngramList,
  EngramParams,
  EngramRemoved,
  ExtractRequest,
  JobAnswer,
  json,
  WeightList,
  WeightsRequest,
} from '../schema/index.js';
import type { App } from './app.js';

/** What a model is to go on knowing when nobody says what. */
const ORDINARY = ANCHOR_EXCHANGES.map(({ prompt, reply }) => ({ prompt, answer: reply }));

/** /v1/graffiti/brains/:brain/engrams: what the weights know, found, erased and put back in a brain's replies. */
export function engramRoutes(app: App, server: ServerContext): void {
  const withBrain = withBrains(server);
  const { model, jobs, admission } = server;
  const path = '/v1/graffiti/brains/:brain/engrams';
  const params = BrainParams;

  const list = described(
    'Engrams that a brain keeps, with their weights',
    'Engrams',
    { params },
    json(EngramList),
  );
  app.get(path, { schema: list }, ({ params: { brain } }) =>
    withBrain(brain, async ({ memory, weights }) => ({
      object: 'list',
      data: (await memory.engrams.list()).map((engram) => ({
        object: 'graffiti.engram',
        ...engram,
        weight: weights.of(engram.name),
      })),
    })),
  );

  const extract = described(
    'Find what the weights know of some texts',
    'Engrams',
    { params, body: ExtractRequest },
    json(JobAnswer),
    202,
  );
  app.post(path, { schema: extract }, async ({ params: { brain }, body }, answer) => {
    const { name, target, reference = ORDINARY, forgetting, rank } = body;
    checkBrainName(brain, 'brain');
    answer.status(202);
    return jobs.start('engram', brain, async ({ signal, onProgress }) => {
      using _place = admission.enter();
      const work = { target, reference, forgetting, rank, signal, onProgress };
      const { engram, forget } = await model.engrams.extract(work);
      const kept = await withBrain(
        brain,
        async ({ memory, weights }) => {
          const summary = await memory.engrams.save(name, engram);
          await weights.replaced(name);
          return summary;
        },
        { make: true },
      );
      return { ...kept, forget, strength: engram.origin.strength, rank: engram.rank };
    });
  });

  const weigh = described(
    'Erase (-1), add (1) or leave alone (0)',
    'Engrams',
    { params, body: WeightsRequest },
    json(WeightList),
  );
  app.put(`${path}/weights`, { schema: weigh }, ({ params: { brain }, body }) =>
    withBrain(brain, async ({ weights }) => {
      await weights.set(body.weights.map(({ name: engram, weight }) => ({ engram, weight })));
      return { object: 'list', data: weights.list };
    }),
  );

  const remove = described(
    'Remove an engram; replies are as without it',
    'Engrams',
    { params: EngramParams },
    json(EngramRemoved),
  );
  app.delete(`${path}/:engram`, { schema: remove }, ({ params: { brain, engram } }) =>
    withBrain(brain, async ({ memory, weights }) => {
      await weights.set(weights.list.filter((one) => one.engram !== engram));
      return memory.engrams.delete(engram);
    }),
  );
}
