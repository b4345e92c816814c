import { SerialQueue } from '../../serial-queue.js';
import type { EngramChoice } from '../../engram/index.js';
import type { Session } from '../../session/index.js';

/** An engram of the brain, by its name, and how much of it. */
export type NamedWeight = EngramChoice & { readonly engram: string };

/** Which of a brain's engrams are on in its replies. */
export class EngramWeights {
  /** Grows with every change. */
  private revision: number;
  private readonly applied = new WeakMap<Session, number>();
  private readonly queue = new SerialQueue();

  /**
   * @param wanted those that are on at first
   * @param sessions all of the brain's
   */
  constructor(
    private wanted: readonly NamedWeight[],
    private readonly sessions: () => readonly Session[],
  ) {
    this.revision = wanted.length === 0 ? 0 : 1;
  }

  /** Those that are not 0. */
  get list(): readonly NamedWeight[] {
    return this.wanted;
  }

  of(name: string): number {
    return this.wanted.find(({ engram }) => engram === name)?.weight ?? 0;
  }

  /**
   * Puts exactly these on, in running replies from their next token on.
   *
   * @throws {GraffitiError} `ERR_ENGRAM_NOT_FOUND`, `ERR_ENGRAM_MODEL_MISMATCH`. What was on stays on.
   */
  set(weights: readonly NamedWeight[]): Promise<void> {
    return this.change(weights.filter(({ weight }) => weight !== 0));
  }

  /** Another engram has this name now. */
  async replaced(name: string): Promise<void> {
    if (this.of(name) !== 0) await this.change(this.wanted);
  }

  /** Gives a session what is on. */
  async apply(session: Session): Promise<void> {
    const { revision } = this;
    if ((this.applied.get(session) ?? 0) === revision) return;
    await session.engrams.set(this.wanted);
    this.applied.set(session, revision);
  }

  private change(wanted: readonly NamedWeight[]): Promise<void> {
    return this.queue.run(async () => {
      const before = this.wanted;
      this.wanted = wanted;
      this.revision++;
      try {
        for (const session of this.sessions()) await this.apply(session);
      } catch (error) {
        this.wanted = before;
        this.revision++;
        throw error;
      }
    });
  }
}
