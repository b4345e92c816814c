// Nights and engrams over HTTP: started, followed, ended, listed, taken back.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { builtIn, needs } from '../fixtures/models.js';
import { MODEL, serverForSuite } from './server.js';

const BRAINS = '/v1/graffiti/brains';

suite('jobs of a brain', needs(builtIn), () => {
  const server = serverForSuite();

  const ask = async (path: string, method = 'GET', body?: object) => {
    const answer = await server().send(path, body, { method });
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const made = async (path: string, method?: string, body?: object) => {
    const answer = await ask(path, method, body);
    assert.ok(answer.status < 300, `${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const tell = (brain: string, text: string) =>
    made(`${BRAINS}/${brain}/memories`, 'POST', { text });
  /** Follows a job to its end. */
  const over = async (started: any) => {
    const seen: any[] = [started];
    while (seen.at(-1).status === 'running') {
      await setTimeout(20);
      seen.push(await made(`/v1/graffiti/jobs/${started.id}`));
    }
    return { job: seen.at(-1), seen };
  };
  const refused = async (path: string, method: string, body: object | undefined, code: string) => {
    const answer = await ask(path, method, body);
    assert.equal(answer.body.error?.code, code, JSON.stringify(answer.body));
    return answer.status;
  };

  test('a night: progress, report, list, undo; one at a time, and none that is aborted', async () => {
    const brain = `${BRAINS}/sleeper`;
    await tell('sleeper', 'My dog is named Buddy.');
    await tell('sleeper', 'My sister lives in Zurich.');
    const started = await made(`${brain}/sleep`, 'POST', {});
    assert.deepEqual([started.kind, started.brain, started.result], ['sleep', 'sleeper', null]);
    assert.equal(await refused(`${brain}/sleep`, 'POST', {}, 'job_running'), 409);
    const { job, seen } = await over(started);
    assert.equal(job.status, 'done', JSON.stringify(job.error));
    assert.ok(job.result.exchanges >= 2 && job.result.told.after < job.result.told.before);
    for (const { progress } of seen) {
      assert.ok(progress === null || (progress.fraction >= 0 && progress.fraction <= 1));
    }
    assert.deepEqual((await made(`${brain}/jobs`)).data, [job]);

    const aborted = await made(`${brain}/sleep`, 'POST', { anchor_limit: 0.02 });
    await made(`/v1/graffiti/jobs/${aborted.id}`, 'DELETE');
    assert.equal((await over(aborted)).job.status, 'aborted');

    const nights = (await made(`${brain}/nights`)).data;
    assert.deepEqual(
      nights.map(({ report }: any) => report),
      [job.result],
    );
    const undone = await made(`${brain}/nights/undo`, 'POST');
    assert.equal(undone.id, nights[0].id);
    assert.deepEqual((await made(`${brain}/nights`)).data, []);
    assert.equal(await refused(`${brain}/nights/undo`, 'POST', undefined, 'night_not_found'), 404);
  });

  test('what cannot be slept on fails in the job; what is not there is 404', async () => {
    await tell('empty', 'Hello.');
    const { job } = await over(await made(`${BRAINS}/empty/sleep`, 'POST', {}));
    assert.equal(job.status, 'failed');
    assert.equal(job.error.code, 'nothing_told');
    assert.equal(await refused(`${BRAINS}/nobody/sleep`, 'POST', {}, 'brain_not_found'), 404);
    assert.equal(await refused('/v1/graffiti/jobs/none', 'GET', undefined, 'job_not_found'), 404);
    assert.equal((await ask(`${BRAINS}/empty/sleep`, 'POST', { anchor_limit: 2 })).status, 400);
    assert.equal((await ask(`${BRAINS}/..%2Fx/sleep`, 'POST', {})).status, 400);
  });

  test('an engram: extracted, listed, put on and off with a sign, removed', async () => {
    const brain = `${BRAINS}/surgeon`;
    const prompt = 'How are you today?';
    const answer = 'I am fine, thank you, and how are you?';
    const wanted = { name: 'how are you', target: [{ prompt, answer }], forgetting: 0.5 };
    const { job } = await over(await made(`${brain}/engrams`, 'POST', wanted));
    assert.equal(job.status, 'done', JSON.stringify(job.error));
    const { forget } = job.result;
    assert.ok(forget.after > forget.before + 0.4, JSON.stringify(forget));
    const kept = async () => (await made(`${brain}/engrams`)).data;
    assert.deepEqual(
      (await kept()).map(({ name, weight }: any) => [name, weight]),
      [['how are you', 0]],
    );

    /** Log-probabilities of a reply that is the same words each time. */
    const logprobs = async () => {
      const body = {
        ...{ model: MODEL, user: 'surgeon', messages: [{ role: 'user', content: prompt }] },
        ...{ max_tokens: 4, temperature: 0, logprobs: true },
        graffiti: { remember: false, recall: false },
      };
      const reply = await made('/v1/chat/completions', 'POST', body);
      return reply.choices[0].logprobs.content.map(({ token, logprob }: any) => [token, logprob]);
    };
    const weigh = (weight: number) =>
      made(`${brain}/engrams/weights`, 'PUT', { weights: [{ name: 'how are you', weight }] });
    const plain = await logprobs();
    await weigh(-1);
    assert.equal((await kept())[0].weight, -1);
    assert.notDeepEqual(await logprobs(), plain);
    await weigh(0);
    assert.deepEqual(await logprobs(), plain);
    await weigh(1);
    assert.notDeepEqual(await logprobs(), plain);
    await made(`${brain}/engrams/${encodeURIComponent('how are you')}`, 'DELETE');
    assert.deepEqual(await kept(), []);
    assert.deepEqual(await logprobs(), plain);

    const none = { weights: [{ name: 'nobody', weight: -1 }] };
    const status = await refused(`${brain}/engrams/weights`, 'PUT', none, 'engram_not_found');
    assert.equal(status, 404);
    assert.deepEqual(await logprobs(), plain);
    const bad = { weights: [{ name: 'x', weight: 101 }] };
    assert.equal((await ask(`${brain}/engrams/weights`, 'PUT', bad)).status, 400);
    assert.equal((await ask(`${brain}/engrams`, 'POST', { name: 'x', target: [] })).status, 400);
  });

  test('they stand in the OpenAPI document', async () => {
    const { paths } = await made('/openapi.json');
    for (const [path, method] of [
      ['/v1/graffiti/brains/{brain}/sleep', 'post'],
      ['/v1/graffiti/brains/{brain}/nights', 'get'],
      ['/v1/graffiti/brains/{brain}/nights/undo', 'post'],
      ['/v1/graffiti/brains/{brain}/engrams', 'post'],
      ['/v1/graffiti/brains/{brain}/engrams/weights', 'put'],
      ['/v1/graffiti/jobs/{job}', 'delete'],
    ] as const) {
      assert.ok(paths[path]?.[method]?.summary, `${method} ${path}`);
    }
  });
});
