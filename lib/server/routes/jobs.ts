import { checkBrainName } from '../brains/index.js';
import type { ServerContext } from '../context.js';
import { BrainParams, described, JobAnswer, JobList, JobParams, json } from '../schema/index.js';
import type { App } from './app.js';

/** /v1/graffiti/jobs: nights and extractions while they run, and what came of them. */
export function jobRoutes(app: App, { jobs }: ServerContext): void {
  const params = JobParams;
  const path = '/v1/graffiti/jobs/:job';
  const view = described(
    'How far a job is, and what came of it',
    'Jobs',
    { params },
    json(JobAnswer),
  );
  app.get(path, { schema: view }, async ({ params: { job } }) => jobs.view(job));

  const list = described(
    'Jobs of a brain, latest first',
    'Jobs',
    { params: BrainParams },
    json(JobList),
  );
  app.get('/v1/graffiti/brains/:brain/jobs', { schema: list }, async ({ params: { brain } }) => ({
    object: 'list',
    data: jobs.list(checkBrainName(brain, 'brain')),
  }));

  const abort = described('End a job; nothing of it is kept', 'Jobs', { params }, json(JobAnswer));
  app.delete(path, { schema: abort }, ({ params: { job } }) => jobs.abort(job));
}
