import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GraffitiError } from '../errors.js';
import type { EngramMethod, EngramScaling, LoadedModel } from '../model/index.js';
import { type AdapterTensor, readAdapter, writeAdapter } from './adapter-file.js';
import type { EngramText } from './texts.js';

/** How an engram was made. */
export interface EngramOrigin {
  readonly method: EngramMethod;
  readonly scaling: EngramScaling;
  /** Fingerprint of the model whose weights it is of. */
  readonly fingerprint: string;
  readonly architecture: string;
  /** What it is the trace of: with it a union can be computed anew. */
  readonly target: readonly EngramText[];
  /** What the reference held beside the target. */
  readonly reference: readonly EngramText[];
  /** What the edit was multiplied by so that it forgets as much as was asked. */
  readonly strength: number;
  readonly weights: string;
  readonly rank: number;
}

/** Where engrams are kept by name: the `engrams` of a memory. */
export interface EngramSource {
  /** The file of an engram. */
  read(name: string): Promise<Uint8Array>;
}

/**
 * What a model's weights know of some texts, as a low-rank matrix for each layer. Taken away (weight −1) they are
 * forgotten, added again they are known: it is a LoRA adapter of llama.cpp, which erases at scale 1.
 */
export class Engram {
  constructor(
    readonly origin: EngramOrigin,
    readonly tensors: readonly AdapterTensor[],
  ) {}

  /** Largest rank over the layers. */
  get rank(): number {
    return this.tensors.reduce((most, { rank }) => Math.max(most, rank), 0);
  }

  /** The engram as a file's bytes: GGUF, `general.type` adapter. */
  toBytes(): Uint8Array {
    return writeAdapter({
      architecture: this.origin.architecture,
      tensors: this.tensors,
      notes: { engram: JSON.stringify(this.origin) },
    });
  }

  /** @throws {GraffitiError} `ERR_ENGRAM_INVALID` */
  static fromBytes(bytes: Uint8Array): Engram {
    const { tensors, notes } = readAdapter(bytes);
    return new Engram(originIn(notes.engram), tensors);
  }

  /**
   * Writes a file that `graffiti` and `llama-cli --lora` load. An existing one is replaced, whole or not at all.
   *
   * @throws what the file system throws
   */
  async save(file: string | URL): Promise<void> {
    const path = file instanceof URL ? fileURLToPath(file) : file;
    const unfinished = `${path}.${process.pid}.part`;
    try {
      await writeFile(unfinished, this.toBytes(), { flush: true });
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** @throws {GraffitiError} `ERR_ENGRAM_INVALID`; what the file system throws. */
  static async load(file: string | URL): Promise<Engram> {
    return Engram.fromBytes(await readFile(file));
  }

  /** @throws {GraffitiError} `ERR_ENGRAM_MODEL_MISMATCH` when it is of other weights. */
  checkModel(model: LoadedModel): void {
    if (this.origin.fingerprint !== model.info.fingerprint) {
      throw new GraffitiError(
        'ERR_ENGRAM_MODEL_MISMATCH',
        `The engram was extracted from the model with fingerprint ${this.origin.fingerprint}; this one's is ${model.info.fingerprint}. Extract it from this model.`,
      );
    }
  }
}

function originIn(note: string | undefined): EngramOrigin {
  const origin: unknown = note === undefined ? undefined : parsed(note);
  const { method, fingerprint, architecture, target, reference, strength } = (origin ??
    {}) as Partial<EngramOrigin>;
  const whole =
    typeof method === 'string' &&
    typeof fingerprint === 'string' &&
    typeof architecture === 'string' &&
    typeof strength === 'number' &&
    [target, reference].every(
      (texts) =>
        Array.isArray(texts) &&
        (texts as unknown[]).every(
          (text) =>
            typeof (text as EngramText | null)?.prompt === 'string' &&
            typeof (text as EngramText).answer === 'string',
        ),
    );
  if (!whole) {
    throw new GraffitiError(
      'ERR_ENGRAM_INVALID',
      'This is a low-rank adapter, but no engram: it does not say what it was extracted from.',
    );
  }
  return origin as EngramOrigin;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GraffitiError('ERR_ENGRAM_INVALID', 'What the engram says of itself is no JSON.', {
      cause,
    });
  }
}
