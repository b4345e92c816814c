import { ApiError } from './failure.js';

/** Seconds after which a refused request may come again. */
export const RETRY_SECONDS = 2;

/**
 * How many requests have work for the model. One too many is refused before anything is done for it: nothing is
 * remembered of what is not answered.
 */
export class Admission {
  private taken = 0;
  private closed = false;

  /** @param most those that run and those that wait */
  constructor(private readonly most: number) {}

  /** Requests that run or wait. */
  get count(): number {
    return this.taken;
  }

  /**
   * Takes a place until it is disposed of.
   *
   * @throws {ApiError} 429 when all are taken, 503 when the server is closing.
   */
  enter(): Disposable {
    if (this.closed) throw new ApiError(503, 'The server is closing.', { code: 'closing' });
    if (this.taken >= this.most) {
      throw new ApiError(429, 'The model has as many requests as may wait. Try again later.', {
        code: 'queue_full',
      });
    }
    this.taken++;
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (!left) this.taken--;
        left = true;
      },
    };
  }

  close(): void {
    this.closed = true;
  }
}
