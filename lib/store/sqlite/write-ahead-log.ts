import { type FileHandle, open } from 'node:fs/promises';
import { GraffitiError } from '../../errors.js';

/**
 * A brain's log on its way to the disk. SQLite would wait for the disk within its call, and with it everything else on
 * this thread: on a server, the tokens of all replies.
 */
export class WriteAheadLog {
  private file: Promise<FileHandle> | undefined;

  /** @param brain path of the brain */
  constructor(private readonly brain: string) {}

  /** Resolves when what was committed until now survives the machine. @throws {GraffitiError} `ERR_BRAIN_IO` */
  async flush(): Promise<void> {
    try {
      this.file ??= open(`${this.brain}-wal`, 'r+'); // Windows flushes only what may be written
      await (await this.file).datasync();
    } catch (cause) {
      throw new GraffitiError(
        'ERR_BRAIN_IO',
        `The brain ${this.brain} could not be written; check the disk. Whether it holds the last change shows when it is opened again.`,
        { cause },
      );
    }
  }

  async close(): Promise<void> {
    const file = await this.file?.catch(() => undefined); // `flush` told of it
    await file?.close();
  }
}
