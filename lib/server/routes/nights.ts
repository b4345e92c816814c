import type { NightSummary } from '../../store/index.js';
import { checkBrainName } from '../brains/index.js';
import type { ServerContext } from '../context.js';
import { ApiError } from '../failure.js';
import { withBrains } from '../leased.js';
import {
  BrainParams,
  described,
  JobAnswer,
  json,
  NightAnswer,
  NightList,
  SleepRequest,
} from '../schema/index.js';
import type { App } from './app.js';

/** /v1/graffiti/brains/:brain/sleep and …/nights: a brain learns by heart what it was told. */
export function nightRoutes(app: App, server: ServerContext): void {
  const withBrain = withBrains(server);
  const { model, jobs, admission } = server;
  const one = '/v1/graffiti/brains/:brain';
  const params = BrainParams;

  const sleep = described(
    'Let a brain sleep on what it was told',
    'Sleep',
    { params, body: SleepRequest },
    json(JobAnswer),
    202,
  );
  app.post(`${one}/sleep`, { schema: sleep }, async ({ params: { brain }, body }, answer) => {
    // As a job it would fail later, and in nobody's answer.
    await withBrain(checkBrainName(brain, 'brain'), async () => {});
    answer.status(202);
    return jobs.start('sleep', brain, async ({ signal, onProgress }) => {
      using _place = admission.enter();
      return await withBrain(brain, ({ memory }) =>
        model.sleep(memory, {
          anchorLimit: body.anchor_limit,
          signal,
          onProgress: ({ phase, done, total }) => onProgress({ phase, fraction: done / total }),
        }),
      );
    });
  });

  const list = described(
    'Nights that are kept, newest first',
    'Sleep',
    { params },
    json(NightList),
  );
  app.get(`${one}/nights`, { schema: list }, ({ params: { brain } }) =>
    withBrain(brain, async ({ memory }) => ({
      object: 'list',
      data: (await memory.nights()).map(nightView),
    })),
  );

  const undo = described('Take back the last night', 'Sleep', { params }, json(NightAnswer));
  app.post(`${one}/nights/undo`, { schema: undo }, ({ params: { brain } }) =>
    withBrain(brain, async ({ memory }) => {
      const undone = await memory.undoNight();
      if (!undone) {
        throw new ApiError(404, 'The brain has not slept, or only nights that were taken back.', {
          code: 'night_not_found',
        });
      }
      return nightView(undone);
    }),
  );
}

function nightView({ report, ...night }: NightSummary) {
  return { object: 'graffiti.night', ...night, report: JSON.parse(report) as object };
}
