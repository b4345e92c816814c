import { GraffitiError } from '../errors.js';
import type { ChatMessage, LoadedModel, ReplyMessage } from '../model/index.js';
import type { NativeToolRequest, ToolFormatHandle } from '../native.js';

/** A message, and the memories whose words are in it. */
export interface RememberedMessage extends ChatMessage {
  readonly memories: readonly number[];
}

/** A prompt ready to be run. */
export interface Prompt {
  readonly text: string;
  readonly tokens: Int32Array;
  /** Messages left out because the context is full. */
  readonly dropped: number;
  /** The messages it is made of, without the system prompt. */
  readonly messages: readonly RememberedMessage[];
  /** How its reply calls tools; null when it cannot. */
  readonly format: ToolFormatHandle | null;
}

/** What is asked: a user's message, or what a tool gave back. */
interface Asked {
  /** Tokens to keep free for the reply. */
  readonly reserve: number;
  /** Messages for this reply alone, after the one asked. */
  readonly notes?: readonly ChatMessage[];
  readonly tools?: NativeToolRequest | undefined;
}

/**
 * The messages of a session and the tokens they were run as.
 *
 * When the conversation outgrows the context, the oldest messages after the system prompt are dropped,
 * down to half of the context, so that the cache is made anew once in a while and not every turn. What
 * was told stays in memory. The last message is never dropped: too long by itself, it is refused.
 */
export class Conversation {
  private readonly messages: RememberedMessage[] = [];
  private known = { text: '', tokens: new Int32Array() };

  constructor(
    private readonly model: LoadedModel,
    private system: string | undefined,
  ) {}

  /**
   * Takes up another conversation in place of this one. Messages of the role system that it begins with are its
   * system prompt. What the cache knows is kept: a conversation taken up again is not run again.
   */
  resume(messages: readonly ChatMessage[]): void {
    const turns = messages.findIndex(({ role }) => role !== 'system');
    const begin = turns === -1 ? messages.length : turns;
    const system = messages.slice(0, begin).map(({ content }) => content);
    this.system = system.length === 0 ? undefined : system.join('\n\n');
    const kept = messages.slice(begin).map((message) => ({ ...message, memories: [] }));
    this.messages.splice(0, this.messages.length, ...kept);
  }

  /** All messages but the system prompt, oldest first. */
  get history(): readonly ChatMessage[] {
    return this.messages.map(plain);
  }

  /**
   * The prompt for the reply to a message. It changes nothing: what is refused before the reply
   * begins has not been said. `begin` makes it part of the conversation.
   *
   * @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW`
   */
  async ask(message: ChatMessage, { reserve, notes = [], tools }: Asked): Promise<Prompt> {
    const { contextSize } = this.model.info;
    const kept: RememberedMessage[] = [...this.messages, { ...message, memories: [] }];
    // A tool's result means nothing without the call, nor the call without what the user asked.
    const needed = Math.max(1, kept.length - kept.findLastIndex(({ role }) => role === 'user'));
    let prompt = await this.render([...kept, ...notes], tools);
    const limit = contextSize - Math.min(reserve, Math.floor(contextSize / 4));
    let dropped = 0;
    if (prompt.tokens.length > limit) {
      while (kept.length > needed && prompt.tokens.length > contextSize / 2) {
        do {
          kept.shift();
          dropped++;
        } while (kept.length > needed && kept[0]!.role !== 'user');
        prompt = await this.render([...kept, ...notes], tools);
      }
    }
    if (prompt.tokens.length >= contextSize) {
      throw new GraffitiError(
        'ERR_CONTEXT_OVERFLOW',
        `The message needs ${prompt.tokens.length} tokens and the context holds ${contextSize}; shorten it, or load the model with a larger contextSize.`,
      );
    }
    return { ...prompt, dropped, messages: kept };
  }

  /** The reply to the prompt is being made. */
  begin({ messages }: Prompt): void {
    this.messages.splice(0, this.messages.length, ...messages);
  }

  /** What the user said last is this memory. */
  remembered(id: number): void {
    const last = this.messages.at(-1);
    if (last)
      this.messages[this.messages.length - 1] = { ...last, memories: [...last.memories, id] };
  }

  /** Drops the turns that tell or repeat one of the memories, with their replies. */
  forget(ids: ReadonlySet<number>): void {
    const kept: RememberedMessage[] = [];
    for (let at = 0; at < this.messages.length;) {
      let next = at + 1;
      while (next < this.messages.length && this.messages[next]!.role !== 'user') next++;
      const turn = this.messages.slice(at, next);
      if (!turn.some(({ memories }) => memories.some((id) => ids.has(id)))) kept.push(...turn);
      at = next;
    }
    this.messages.splice(0, this.messages.length, ...kept);
  }

  /** Adds the reply that was made to the last prompt, with the tokens it was made of and what it recalled. */
  answer(
    prompt: Prompt,
    text: string,
    tokens: readonly number[],
    memories: readonly number[],
  ): void {
    this.messages.push({ role: 'assistant', content: text.trimStart(), memories });
    this.known = {
      text: prompt.text + text,
      tokens: Int32Array.from([...prompt.tokens, ...tokens]),
    };
  }

  /** The reply added last, read by the format of its calls. */
  read({ content, toolCalls }: ReplyMessage): void {
    const last = this.messages.at(-1);
    if (last?.role !== 'assistant' || toolCalls.length === 0) return;
    this.messages[this.messages.length - 1] = { ...last, content, toolCalls };
  }

  /** Adds a message and its answer, neither of which the model has seen: the next prompt holds them. */
  exchange(content: string, answer: string): void {
    this.messages.push(
      { role: 'user', content, memories: [] },
      { role: 'assistant', content: answer, memories: [] },
    );
  }

  private async render(
    messages: readonly ChatMessage[],
    tools: NativeToolRequest | undefined,
  ): Promise<{ text: string; tokens: Int32Array; format: ToolFormatHandle | null }> {
    const system = this.system === undefined ? [] : [{ role: 'system', content: this.system }];
    const all = [...system, ...messages.map(plain)];
    if (tools) return this.model.renderToolChat(all, tools, this.known);
    return { ...this.model.renderChat(all, { known: this.known }), format: null };
  }
}

function plain({ role, content, toolCalls, toolCallId, toolName }: ChatMessage): ChatMessage {
  return {
    role,
    content,
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(toolCallId === undefined ? {} : { toolCallId, toolName }),
  };
}
