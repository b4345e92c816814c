import type { PromptOptions, Reply, Session, TokenEvent } from '../../session/index.js';
import { type Explanation, explain } from '../explanation.js';
import { coloured } from '../influence-colour.js';
import type { Output } from '../output.js';

/** A reply with the tokens it was made of. */
export interface SaidReply {
  readonly reply: Reply;
  readonly tokens: readonly TokenEvent[];
}

/** A running conversation: what the chat's commands work on. */
export class Talk {
  /** The last reply that was made to its end. */
  last: SaidReply | undefined;
  private running: AbortController | undefined;

  constructor(
    readonly session: Session,
    readonly output: Output,
    private readonly sampling: PromptOptions,
  ) {}

  get replying(): boolean {
    return this.running !== undefined;
  }

  /** Ends the running reply. */
  abort(): void {
    this.running?.abort();
  }

  /** Says something and writes the reply as it comes. */
  async say(text: string): Promise<SaidReply> {
    const { output } = this;
    this.running = new AbortController();
    const tokens: TokenEvent[] = [];
    try {
      const stream = this.session.stream(text, {
        ...this.sampling,
        signal: this.running.signal,
      });
      let begun = false;
      for await (const token of stream) {
        tokens.push(token);
        const shown = coloured(token, output.colours);
        output.write(begun ? shown : shown.trimStart());
        begun ||= token.text.trim() !== '';
      }
      const reply = await stream.reply;
      if (reply.region) output.write(output.colours.dim(` (${reply.region})`));
      this.last = { reply, tokens };
      return this.last;
    } finally {
      output.write('\n');
      this.running = undefined;
    }
  }

  /** Why the last reply is as it is, undefined where no memory acted on it. */
  async why(said: SaidReply): Promise<Explanation | undefined> {
    return explain(said.reply, said.tokens, this.session.memory);
  }
}
