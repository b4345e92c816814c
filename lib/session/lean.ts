import type { Memory } from '../memory/index.js';
import type { LoadedModel } from '../model/index.js';
import { wake } from '../sleep/index.js';
import type { CheckedGraffiti } from './options.js';
import { sharedSpray } from './shared-spray.js';

/** What a session leans by: the spray of its memory's state, and what the memory's last night has learned. */
export class Lean {
  private work: Promise<void> = Promise.resolve();
  /** Of the memory the spray was compiled from; below any revision when the compilation failed. */
  private sprayRevision = -1;
  /** Of the night that the session has. */
  private nightRevision = -1;
  private ended = false;

  /**
   * @param session number of the session in the model
   * @param wakes whether nights speak
   */
  constructor(
    private readonly model: LoadedModel,
    private readonly memory: Memory,
    private readonly session: number,
    private readonly options: CheckedGraffiti,
    private readonly wakes: boolean,
  ) {}

  /** Takes over what the memory has become, unless the session has it. */
  refresh(): Promise<void> {
    this.work = this.work
      .catch(() => {}) // an earlier failure was reported to its own caller
      .then(async () => {
        await this.refreshSpray();
        await this.refreshNight();
      });
    return this.work;
  }

  /** The same with everything that was told. What cannot get its vectors waits; telling more then says why. */
  async settle(): Promise<void> {
    await this.memory.settle().catch(() => {});
    await this.refresh();
  }

  /** Changes nothing from now on, and waits for what has begun. */
  async end(): Promise<void> {
    this.ended = true;
    await this.work.catch(() => {}); // the failure went to whoever asked for it
  }

  /** Compiles the memory's state into the session's spray. */
  private async refreshSpray(): Promise<void> {
    const { revision } = this.memory;
    if (this.ended || revision === this.sprayRevision) return;
    const { key, spray } = sharedSpray(this.memory);
    const { sources, rest } = await spray;
    const listed = sources.map(({ id, weight, vector }) => ({ id, weight, vector }));
    if (rest.some((value) => value !== 0)) listed.push({ id: 0, weight: 1, vector: rest });
    const { writer, kl, klLimit } = this.options;
    await this.model.setSpray(
      this.session,
      listed.length === 0 ? null : { writer, targetKl: kl, klLimit, sources: listed },
      [key, writer, kl, klLimit].join(),
    );
    this.sprayRevision = revision;
  }

  /** Gives the session what the brain's last night has learned. */
  private async refreshNight(): Promise<void> {
    const { nightRevision } = this.memory;
    if (!this.wakes || this.ended || nightRevision === this.nightRevision) return;
    const night = await wake(this.model, this.memory);
    if (this.ended) return;
    this.model.setNight(this.session, night);
    this.nightRevision = nightRevision;
  }
}
