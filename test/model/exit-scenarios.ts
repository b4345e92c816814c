// Programs that exit.test.ts runs one at a time, each in a process of its own: argv[2] names it.
import { once } from 'node:events';
import { GraffitiModel } from '../../lib/index.js';
import { chat, chatEnd, small } from '../fixtures/models.js';

const load = (signal?: AbortSignal) => GraffitiModel.load({ model: chat, ...small, signal });
const say = (text: string) => process.stdout.write(`${text}\n`);
/** A reply that goes on until the context is full: the end token is forbidden. */
const endless = { temperature: 0, maxTokens: 10_000, logitBias: { [chatEnd]: -1000 } };

const scenarios: Record<string, () => Promise<void>> = {
  async idle() {
    const model = await load();
    const session = await model.createSession();
    await session.prompt('Hello.', { maxTokens: 4 });
    say('idle');
  },

  async pendingReply() {
    const model = await load();
    const session = await model.createSession();
    void session.prompt('Tell me a story.', endless).then(({ finish }) => say(`reply ${finish}`));
  },

  async pendingTag() {
    const model = await load();
    const session = await model.createSession();
    void session.tag('The sky is green.').then(({ id }) => say(`memory ${id}`));
  },

  async pendingLoad() {
    void load().then(() => say('loaded'));
  },

  async disposeThenEnd() {
    const model = await load();
    const session = await model.createSession();
    await session.prompt('Hello.', { maxTokens: 4 });
    await model.dispose();
    say('disposed');
  },

  async disposeWhileReplying() {
    const model = await load();
    const session = await model.createSession();
    const stream = session.stream('Tell me a story.', endless);
    await stream[Symbol.asyncIterator]().next();
    const [outcome] = await Promise.all([
      stream.reply.catch((error: { code: string }) => error.code),
      model.dispose(),
    ]);
    say(String(outcome));
  },

  async exitWhileReplying() {
    const session = await (await load()).createSession();
    const stream = session.stream('Tell me a story.', endless);
    await stream[Symbol.asyncIterator]().next();
    process.exit(7);
  },

  async exitWhileQueued() {
    const model = await load();
    for (let i = 0; i < 6; i++) {
      void (await model.createSession()).prompt('Tell me a story.', endless);
    }
    setTimeout(() => process.exit(7), 30);
  },

  async exitWhileTagging() {
    const session = await (await load()).createSession();
    void session.tag('The sky is green. '.repeat(500));
    setTimeout(() => process.exit(7), 5);
  },

  async exitWhileLoading() {
    void load();
    setTimeout(() => process.exit(7), Number(process.argv[3]));
  },

  async exitWhileCalibrating() {
    void GraffitiModel.load({
      model: chat,
      ...small,
      cache: false,
      onProgress: ({ phase, fraction }) => {
        if (phase === 'calibrate' && fraction > 0.2) process.exit(7);
      },
    });
  },

  async exitWhileDisposing() {
    const model = await load();
    const session = await model.createSession();
    const stream = session.stream('Tell me a story.', endless);
    await stream[Symbol.asyncIterator]().next();
    void model.dispose();
    process.exit(7);
  },

  async exitInTokenLoop() {
    const session = await (await load()).createSession();
    for await (const { index } of session.stream('Tell me a story.', endless)) {
      if (index === 3) process.exit(7);
    }
  },

  async uncaughtWhileReplying() {
    const session = await (await load()).createSession();
    const stream = session.stream('Tell me a story.', endless);
    await stream[Symbol.asyncIterator]().next();
    throw new Error('mine');
  },

  async signalWhileReplying() {
    process.on('SIGTERM', () => process.exit(7));
    const session = await (await load()).createSession();
    const stream = session.stream('Tell me a story.', endless);
    await stream[Symbol.asyncIterator]().next();
    process.kill(process.pid, 'SIGTERM');
    await once(process, 'never');
  },

  async awaitUsing() {
    {
      await using model = await load();
      await using session = await model.createSession();
      await session.prompt('Hello.', { maxTokens: 4 });
    }
    say('left the block');
  },
};

await scenarios[process.argv[2] ?? '']!();
