import type { GraffitiModel } from '../../graffiti-model.js';
import type { Memory } from '../../memory/index.js';
import type { Session } from '../../session/index.js';
import { EngramWeights, type NamedWeight } from './engram-weights.js';
import { Heard } from './heard.js';

/** Memories listed with each token: what the page shows. */
const SOURCES = 4;

/** An open brain with the sessions that reply from it. */
export class Brain {
  readonly heard: Heard;
  /** Engrams that are on in its replies. */
  readonly weights: EngramWeights;
  /** Those that reply to nobody, with the conversation each had last; the one used last at the end. */
  private readonly idle: { session: Session; conversation: string }[] = [];
  private readonly replying = new Set<Session>();

  constructor(
    readonly name: string,
    readonly memory: Memory,
    private readonly model: GraffitiModel,
    weights: readonly NamedWeight[],
  ) {
    this.heard = new Heard(memory);
    this.weights = new EngramWeights(weights, () => [
      ...this.idle.map(({ session }) => session),
      ...this.replying,
    ]);
    memory.setMaxListeners(0); // every session listens
  }

  /**
   * A session for one reply: the one that had the conversation last, whose prompt the engine's cache then holds, else
   * another one.
   *
   * @param conversation place of the last message before the prompt, '' for the beginning
   */
  async session(conversation: string): Promise<Session> {
    const session = await this.freeSession(conversation);
    this.replying.add(session);
    try {
      await this.weights.apply(session);
      return session;
    } catch (error) {
      await this.giveBack(session, undefined);
      throw error;
    }
  }

  private async freeSession(conversation: string): Promise<Session> {
    const found = this.idle.findIndex((one) => one.conversation === conversation);
    if (found >= 0) return this.idle.splice(found, 1)[0]!.session;
    // More sessions than the engine has sequences would find nothing in its cache.
    const spare = this.idle.length >= this.model.info.sessions ? this.idle.shift() : undefined;
    if (spare) return spare.session;
    return this.model.createSession({
      brain: this.memory,
      graffiti: { sources: SOURCES },
    });
  }

  /**
   * Takes a session back.
   *
   * @param conversation place of the reply it made; undefined when that failed
   */
  async giveBack(session: Session, conversation: string | undefined): Promise<void> {
    this.replying.delete(session);
    if (conversation === undefined || this.idle.length >= this.model.info.sessions) {
      await session.dispose();
    } else {
      this.idle.push({ session, conversation });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map(({ session }) => session.dispose()));
    await this.memory.close();
  }
}
