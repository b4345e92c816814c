import { GraffitiError } from '../errors.js';
import type { EngramSummary, Store } from '../store/index.js';
import { checkString, outOfRange, wrongType } from '../validate.js';

/** What can be kept: an `Engram`. */
export interface KeepableEngram {
  readonly origin: { readonly fingerprint: string };
  /** Its file. */
  toBytes(): Uint8Array;
}

/** Runs work on the brain in its turn. @throws {GraffitiError} `ERR_DISPOSED`, `ERR_BRAIN_READ_ONLY` */
export type Turn = <Result>(kind: 'read' | 'write', work: () => Promise<Result>) => Promise<Result>;

const LONGEST_NAME = 200;

/** The engrams that a brain keeps, by name: `memory.engrams`. */
export class BrainEngrams {
  constructor(
    private readonly store: Store,
    private readonly turn: Turn,
  ) {}

  /** By name. @throws {GraffitiError} `ERR_DISPOSED` */
  list(): Promise<EngramSummary[]> {
    return this.turn('read', () => this.store.engrams());
  }

  /**
   * Keeps an engram; one of the same name is replaced. The brain then holds the texts that the engram is the trace of.
   *
   * @param name 1 to 200 characters
   * @throws {TypeError | RangeError}
   * @throws {GraffitiError} `ERR_BRAIN_READ_ONLY`, `ERR_BRAIN_FULL`, `ERR_DISPOSED`
   */
  async save(name: string, engram: KeepableEngram): Promise<EngramSummary> {
    checkName(name);
    if (typeof engram?.toBytes !== 'function') throw wrongType('an Engram', 'engram', engram);
    const data = engram.toBytes();
    const summary = { name, time: Date.now(), model: engram.origin.fingerprint };
    await this.turn('write', () => this.store.putEngram({ ...summary, data }));
    return { ...summary, bytes: data.byteLength };
  }

  /** The file of an engram. @throws {GraffitiError} `ERR_ENGRAM_NOT_FOUND`, `ERR_DISPOSED` */
  async read(name: string): Promise<Uint8Array> {
    checkName(name);
    const found = await this.turn('read', () => this.store.engram(name));
    if (!found) throw notFound(name);
    return found.data;
  }

  /**
   * Removes an engram with all its bytes. Sessions that run under it keep it until they change their engrams.
   *
   * @returns `erased`: as of `Memory.forget`
   * @throws {GraffitiError} `ERR_ENGRAM_NOT_FOUND`, `ERR_BRAIN_READ_ONLY`, `ERR_DISPOSED`
   */
  async delete(name: string): Promise<{ erased: boolean }> {
    checkName(name);
    const erased = await this.turn('write', () => this.store.removeEngram(name));
    if (erased === undefined) throw notFound(name);
    return { erased };
  }
}

function checkName(name: string): void {
  checkString('name', name);
  const fits = /^[^\u0000-\u001f\u007f]+$/.test(name) && name.trim() === name;
  if (!fits || name.length > LONGEST_NAME || /\p{Surrogate}/u.test(name)) {
    throw outOfRange(`1 to ${LONGEST_NAME} characters on one line`, 'name', name);
  }
}

function notFound(name: string): GraffitiError {
  return new GraffitiError('ERR_ENGRAM_NOT_FOUND', `The brain keeps no engram named "${name}".`);
}
