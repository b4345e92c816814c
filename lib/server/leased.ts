import type { Brain } from './brains/index.js';
import { checkBrainName } from './brains/index.js';
import type { ServerContext } from './context.js';

/** Work with a brain that is kept open meanwhile. */
export type WithBrain = <Result>(
  name: string,
  work: (brain: Brain) => Promise<Result>,
  options?: { make?: boolean },
) => Promise<Result>;

/**
 * Work with brains by their names. Unless `make` is said, one that is not there is 404; names that no brain can have
 * are 400.
 */
export function withBrains({ brains }: ServerContext): WithBrain {
  return async (name, work, options = { make: false }) => {
    using lease = await brains.lease(checkBrainName(name, 'brain'), options);
    try {
      return await work(lease.brain);
    } catch (error) {
      lease.failed(error);
      throw error;
    }
  };
}
