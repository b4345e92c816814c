import { GraffitiError } from '../errors.js';
import type { ChatMessage, LoadedModel } from '../model/index.js';

/** A prompt ready to be run. */
export interface Prompt {
  readonly text: string;
  readonly tokens: Int32Array;
  /** Messages left out because the context is full. */
  readonly dropped: number;
  /** The messages it is made of, without the system prompt. */
  readonly messages: readonly ChatMessage[];
}

/**
 * The messages of a session and the tokens they were run as.
 *
 * When the conversation outgrows the context, the oldest messages after the system prompt are dropped,
 * down to half of the context, so that the cache is made anew once in a while and not every turn. What
 * was told stays in memory. The last message is never dropped: too long by itself, it is refused.
 */
export class Conversation {
  private readonly messages: ChatMessage[] = [];
  private known = { text: '', tokens: new Int32Array() };

  constructor(
    private readonly model: LoadedModel,
    private readonly system: string | undefined,
  ) {}

  /** All messages but the system prompt, oldest first. */
  get history(): readonly ChatMessage[] {
    return this.messages;
  }

  /**
   * The prompt for the reply to the user's message. It changes nothing: what is refused before the reply
   * begins has not been said. `begin` makes it part of the conversation.
   *
   * @param reserve tokens to keep free for the reply
   * @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW`
   */
  ask(content: string, reserve: number): Prompt {
    const { contextSize } = this.model.info;
    const kept: ChatMessage[] = [...this.messages, { role: 'user', content }];
    let prompt = this.render(kept);
    const limit = contextSize - Math.min(reserve, Math.floor(contextSize / 4));
    let dropped = 0;
    if (prompt.tokens.length > limit) {
      while (kept.length > 1 && prompt.tokens.length > contextSize / 2) {
        do {
          kept.shift();
          dropped++;
        } while (kept.length > 1 && kept[0]!.role !== 'user');
        prompt = this.render(kept);
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

  /** Adds the reply that was made to the last prompt, with the tokens it was made of. */
  answer(prompt: Prompt, text: string, tokens: readonly number[]): void {
    this.messages.push({ role: 'assistant', content: text.trimStart() });
    this.known = {
      text: prompt.text + text,
      tokens: Int32Array.from([...prompt.tokens, ...tokens]),
    };
  }

  /** Adds a message and its answer, neither of which the model has seen: the next prompt holds them. */
  exchange(content: string, answer: string): void {
    this.messages.push({ role: 'user', content }, { role: 'assistant', content: answer });
  }

  private render(messages: readonly ChatMessage[]): { text: string; tokens: Int32Array } {
    const system = this.system === undefined ? [] : [{ role: 'system', content: this.system }];
    return this.model.renderChat([...system, ...messages], { known: this.known });
  }
}
