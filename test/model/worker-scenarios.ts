// Programs that worker.test.ts runs in processes of their own: argv[2] names one. The same file is the
// worker they start.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { GraffitiModel } from '../../lib/index.js';
import { chat, chatEnd, small } from '../fixtures/models.js';

const load = () => GraffitiModel.load({ model: chat, ...small });
const say = (text: string) => process.stdout.write(`${text}\n`);
const greedy = { temperature: 0, maxTokens: 16 };
const endless = { temperature: 0, maxTokens: 10_000, logitBias: { [chatEnd]: -1000 } };
const question = 'What is your favorite food?';

/** What a worker does, by name. It posts what it has to say. */
const work: Record<string, () => Promise<void>> = {
  async reply() {
    await using model = await load();
    await using session = await model.createSession();
    parentPort!.postMessage((await session.prompt(question, greedy)).text);
  },
  async replyAndLeave() {
    const session = await (await load()).createSession();
    parentPort!.postMessage((await session.prompt(question, greedy)).text);
  },
  async endless() {
    const session = await (await load()).createSession();
    for (;;) {
      for await (const { index } of session.stream(question, endless)) {
        if (index === 2) parentPort!.postMessage('replying');
      }
    }
  },
  async tagging() {
    const session = await (await load()).createSession();
    parentPort!.postMessage('tagging');
    for (;;) await session.tag('The sky is green. '.repeat(200));
  },
  async loading() {
    parentPort!.postMessage('loading');
    for (;;) await (await load()).dispose();
  },
};

/** Workers do not take over the loader for TypeScript, so they register it themselves. */
const boot = `
  const { workerData } = require('node:worker_threads');
  import(workerData.tsx).then(({ register }) => {
    register();
    return import(workerData.program);
  });`;

function start(name: string): Worker {
  const tsx = import.meta.resolve('tsx/esm/api');
  return new Worker(boot, { eval: true, workerData: { name, tsx, program: import.meta.url } });
}

async function answer(name: string): Promise<string> {
  const worker = start(name);
  const [[text], [code]] = await Promise.all([
    once(worker, 'message') as Promise<[string]>,
    once(worker, 'exit') as Promise<[number]>,
  ]);
  return `${code} ${text}`;
}

async function terminateAt(name: string, delay: number): Promise<void> {
  const worker = start(name);
  await once(worker, 'message');
  await sleep(delay);
  await worker.terminate();
}

async function mainReply(): Promise<string> {
  await using model = await load();
  await using session = await model.createSession();
  return (await session.prompt(question, greedy)).text;
}

const scenarios: Record<string, () => Promise<void>> = {
  async worker() {
    const one = await answer('reply');
    const two = await answer('replyAndLeave');
    say(String(one === `0 ${await mainReply()}` && two === one));
  },
  async several() {
    const answers = await Promise.all([1, 2, 3].map(() => answer('reply')));
    say(String(answers.every((text) => text === answers[0] && text.startsWith('0 '))));
  },
  async together() {
    const [mine, theirs] = await Promise.all([mainReply(), answer('reply')]);
    say(String(theirs === `0 ${mine}`));
  },
  async terminate() {
    const [, , , name = '', ...delays] = process.argv;
    const expected = name === 'endless' ? await mainReply() : '';
    for (const delay of delays) await terminateAt(name, Number(delay));
    say(String(name !== 'endless' || (await mainReply()) === expected));
  },
  async exit() {
    await once(start('endless'), 'message');
    say('true');
    process.exit();
  },
};

if (isMainThread) await scenarios[process.argv[2] ?? '']!();
else await work[(workerData as { name: string }).name]!();
