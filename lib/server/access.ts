import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './failure.js';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Who may ask: those who carry one of the keys, as `Authorization: Bearer …` or `X-Api-Key`. */
export class Access {
  private readonly digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.digests = keys.map(digest);
  }

  /** Whether keys are asked for at all. */
  get required(): boolean {
    return this.digests.length > 0;
  }

  /** @throws {ApiError} 401 without one of the keys. */
  check(headers: IncomingHttpHeaders): void {
    if (!this.required) return;
    const given = keyIn(headers);
    if (given === undefined) {
      throw new ApiError(401, 'This server asks for an API key: Authorization: Bearer KEY.', {
        code: 'missing_api_key',
      });
    }
    // Digests have one length, every key is compared, and the comparison takes the same time wherever they differ.
    const wanted = digest(given);
    const matches = this.digests.filter((known) => timingSafeEqual(known, wanted));
    if (matches.length === 0) {
      throw new ApiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
    }
  }

  /** What stands for the sender in a count of requests: its key, never in clear, or its address. */
  sender(headers: IncomingHttpHeaders, address: string): string {
    const key = this.required ? keyIn(headers) : undefined;
    return key === undefined ? address : digest(key).toString('base64url');
  }
}

function keyIn(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const other = headers['x-api-key'];
  return bearer ?? (typeof other === 'string' ? other : undefined);
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * A server on this machine alone answers only to its own names: a web page whose name was made to lead here
 * (DNS rebinding) would otherwise read everything.
 *
 * @throws {ApiError} 403 for a foreign name.
 */
export function checkLocalName(headers: IncomingHttpHeaders): void {
  if (!LOOPBACK.test(headers.host ?? '')) {
    throw new ApiError(403, 'This server answers to localhost and 127.0.0.1 only.', {
      code: 'foreign_host',
    });
  }
}

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}
