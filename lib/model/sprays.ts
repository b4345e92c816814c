import { createHash } from 'node:crypto';
import type { NativeSprayRequest, SprayHandle } from '../native.js';

/** Compiled sprays that are kept; the oldest go first. */
const MOST = 16;

/**
 * Sprays by what they are made of. Compiling one takes as long as several tokens, and all sessions of a memory want the same
 * one whenever something is told.
 */
export class Sprays {
  private readonly known = new Map<string, Promise<SprayHandle | null>>();

  constructor(
    private readonly compile: (request: NativeSprayRequest) => Promise<SprayHandle | null>,
  ) {}

  /** @param key another for every other request; by default it is made from the request's values. */
  compiled(
    request: NativeSprayRequest,
    key: string = digest(request),
  ): Promise<SprayHandle | null> {
    let spray = this.known.get(key);
    if (!spray) {
      spray = this.compile(request);
      this.known.set(key, spray);
      spray.catch(() => this.known.delete(key)); // whoever asked for it gets the failure
      const [oldest] = this.known.keys();
      if (this.known.size > MOST) this.known.delete(oldest!);
    }
    return spray;
  }
}

function digest({ writer, targetKl, klLimit, sources }: NativeSprayRequest): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([writer, targetKl, klLimit, sources.map(({ id, weight }) => [id, weight])]),
  );
  for (const { vector } of sources) {
    hash.update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  }
  return hash.digest('base64');
}
