import type { Reply, Session, TokenEvent } from '../session/index.js';
import { ApiError } from './failure.js';
import { replyFigures, tokenFigures } from './wire.js';

/** Replies that are kept to be asked about; the oldest go first. */
const MOST = 256;

/** A reply that is being made, or was. */
interface KeptReply {
  readonly brain: string;
  /** While it is being made. */
  session: Session | undefined;
  readonly tokens: TokenEvent[];
  reply: Reply | undefined;
}

/** The latest replies with what the memory did to them, in RAM. */
export class Replies {
  private readonly kept = new Map<string, KeptReply>();

  begin(id: string, brain: string, session: Session): void {
    this.kept.set(id, { brain, session, tokens: [], reply: undefined });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST) this.kept.delete(oldest!);
  }

  add(id: string, token: TokenEvent): void {
    this.kept.get(id)?.tokens.push(token);
  }

  /** @param reply undefined when it failed */
  end(id: string, reply: Reply | undefined): void {
    const kept = this.kept.get(id);
    if (!kept) return;
    kept.session = undefined;
    kept.reply = reply;
  }

  /** What the memory did to each token and to the whole. @throws {ApiError} 404 */
  figures(id: string) {
    const { brain, tokens, reply, session } = this.require(id);
    return {
      id,
      object: 'graffiti.reply',
      brain,
      running: session !== undefined,
      tokens: tokens.map(tokenFigures),
      graffiti: reply ? replyFigures(brain, reply) : null,
    };
  }

  /**
   * Changes the strength of a reply that is being made, from its next token on.
   *
   * @throws {ApiError} 404; 409 when it is complete.
   */
  setStrength(id: string, strength: number): void {
    const { session } = this.require(id);
    if (!session) {
      throw new ApiError(409, 'The reply is complete.', { code: 'reply_complete' });
    }
    session.strength = strength;
  }

  /** Drops what was said from a brain: something in it was forgotten, and a reply may repeat it. */
  forget(brain: string): void {
    for (const [id, kept] of this.kept) {
      if (kept.brain === brain && !kept.session) this.kept.delete(id);
    }
  }

  private require(id: string): KeptReply {
    const kept = this.kept.get(id);
    if (!kept) {
      throw new ApiError(404, 'There is no such reply; only the latest are kept.', {
        code: 'reply_not_found',
      });
    }
    return kept;
  }
}
