import { randomUUID } from 'node:crypto';
import type { ReplyMessage } from '../model/index.js';
import type { PromptOptions, Reply, ReplyStream, Session, TokenEvent } from '../session/index.js';
import type { BrainLease, PlacedMessage } from './brains/index.js';
import { placed } from './brains/index.js';
import type { ReadMessages } from './chat/messages.js';
import type { ServerContext } from './context.js';

/** What a request wants of its brain. */
export interface MemoryWishes {
  readonly brain: string;
  readonly strength: number;
  readonly remember: boolean;
  readonly recall: boolean;
}

/** Takes note of a reply, undefined when there is none. @returns the place that it has in the next request */
type Settle = (reply: Reply | undefined, message: ReplyMessage) => string | undefined;

/**
 * One reply from a brain, from the place in the queue to the session given back. Iterate it for its tokens, then
 * await `reply`; always dispose of it.
 */
export class Turn implements AsyncDisposable {
  readonly id: string;
  private readonly begun = performance.now();
  private conversation: string | undefined;

  private constructor(
    private readonly server: ServerContext,
    private readonly place: Disposable,
    private readonly lease: BrainLease,
    private readonly session: Session,
    private readonly stream: ReplyStream,
    kind: 'chatcmpl' | 'cmpl',
    /** Called when the reply is over, with what was made of it. */
    private readonly settle: Settle,
  ) {
    this.id = `${kind}-${randomUUID().replaceAll('-', '')}`;
    server.replies.begin(this.id, lease.brain.name, session);
  }

  /** A reply to the last of a conversation's messages. */
  static chat(
    server: ServerContext,
    { before, prompt, isSaid, alsoSaid }: ReadMessages,
    wishes: MemoryWishes,
    options: PromptOptions,
  ): Promise<Turn> {
    return Turn.open(
      server,
      wishes,
      before.at(-1)?.place ?? '',
      'chatcmpl',
      async (session, brain) => {
        const remembers = wishes.remember && isSaid;
        // As the reply's own, which it takes at once: where the model has no room, nothing has been told.
        using place = server.model.loaded.takePlace();
        if (wishes.remember) {
          for (const message of alsoSaid) {
            if (!brain.heard.claim(message)) continue;
            const told = message.content.trim() !== '';
            const memory = told
              ? await brain.memory.remember({ text: message.content })
              : undefined;
            brain.heard.became(message, memory?.id);
          }
        }
        const isNew = remembers && brain.heard.claim(prompt);
        session.resume(withoutForgotten(before, brain.heard));
        const recall = wishes.recall && isSaid;
        place[Symbol.dispose]();
        const { toolCallId: callId, toolName: name = '' } = prompt;
        const toolResult = callId === undefined ? undefined : { callId, name };
        const wanted = { ...options, remember: isNew, recall, toolResult };
        const stream = session.stream(prompt.content, wanted);
        const settle: Settle = (reply, message) => {
          if (isNew) brain.heard.became(prompt, stream.remembered);
          server.onSaid({ brain: brain.name, prompt: prompt.content, reply: reply?.text });
          const answer = { role: 'assistant', ...message };
          return reply && placed([...before, prompt, answer]).at(-1)!.place;
        };
        return { stream, settle };
      },
    );
  }

  /** A continuation of a raw text. */
  static completion(
    server: ServerContext,
    prompt: string | Int32Array,
    wishes: MemoryWishes,
    options: PromptOptions,
  ): Promise<Turn> {
    return Turn.open(server, wishes, '', 'cmpl', async (session) => ({
      stream: session.complete(prompt, options),
      settle: (reply) => reply && '',
    }));
  }

  private static async open(
    server: ServerContext,
    { brain: name, strength }: MemoryWishes,
    conversation: string,
    kind: 'chatcmpl' | 'cmpl',
    start: (
      session: Session,
      brain: BrainLease['brain'],
    ) => Promise<{ stream: ReplyStream; settle: Settle }>,
  ): Promise<Turn> {
    const place = server.admission.enter();
    let lease: BrainLease | undefined;
    let session: Session | undefined;
    try {
      lease = await server.brains.lease(name);
      session = await lease.brain.session(conversation);
      session.strength = strength;
      const { stream, settle } = await start(session, lease.brain);
      return new Turn(server, place, lease, session, stream, kind, settle);
    } catch (error) {
      lease?.failed(error);
      await session?.dispose();
      lease?.[Symbol.dispose]();
      place[Symbol.dispose]();
      throw error;
    }
  }

  get brain(): string {
    return this.lease.brain.name;
  }

  /** The whole reply, once its tokens have been iterated. */
  get reply(): Promise<Reply> {
    return this.stream.reply;
  }

  /** What has been said until now, as words and tool calls. */
  message(): Promise<ReplyMessage> {
    return this.stream.message();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TokenEvent, void> {
    const { metrics, replies } = this.server;
    for await (const token of this.stream) {
      if (token.index === 0) metrics.firstToken.observe((performance.now() - this.begun) / 1000);
      replies.add(this.id, token);
      yield token;
    }
  }

  /** Iterates what is left, and returns all tokens. */
  async tokens(): Promise<TokenEvent[]> {
    const all: TokenEvent[] = [];
    for await (const token of this) all.push(token);
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reply = await this.stream.reply.catch((error: unknown) => {
      this.lease.failed(error);
      return undefined;
    });
    const message = reply && (await this.message().catch(() => undefined)); // of a model that has been closed
    this.conversation = this.settle(reply, message ?? { content: '', toolCalls: [] });
    this.server.replies.end(this.id, reply);
    if (reply) this.server.metrics.count(reply);
    try {
      await this.lease.brain.giveBack(this.session, this.conversation);
    } finally {
      this.lease[Symbol.dispose]();
      this.place[Symbol.dispose]();
    }
  }
}

/** The conversation as it may be shown to the model: without turns that tell what was forgotten. */
function withoutForgotten(
  messages: readonly PlacedMessage[],
  heard: { isForgotten(message: PlacedMessage): boolean },
): PlacedMessage[] {
  let hidden = false;
  return messages.filter((message) => {
    if (message.role === 'user') hidden = heard.isForgotten(message);
    return !hidden || message.role === 'system';
  });
}
