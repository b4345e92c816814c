import type { FastifyRequest } from 'fastify';
import type { ServerContext } from './context.js';
import { checkBrainName } from './brains/index.js';
import type { ChatRequest } from './schema/index.js';
import type { MemoryWishes } from './turn.js';

/** Header that chooses a brain for clients that cannot add fields to a body. */
export const BRAIN_HEADER = 'x-graffiti-brain';

/**
 * The brain of a request and what it wants of it: `graffiti.brain`, else the header, else `user`, else the default.
 *
 * @throws {ApiError} 400 for a name that no brain can have.
 */
export function memoryWishes(
  { options }: ServerContext,
  { headers }: Pick<FastifyRequest, 'headers'>,
  { graffiti = {}, user }: Pick<ChatRequest, 'graffiti' | 'user'>,
): MemoryWishes {
  const header = headers[BRAIN_HEADER];
  const chosen = [
    { param: 'graffiti.brain', name: graffiti.brain },
    { param: BRAIN_HEADER, name: typeof header === 'string' ? header : undefined },
    { param: 'user', name: user ?? undefined },
    { param: 'brain', name: options.defaultBrain },
  ].find(({ name }) => name !== undefined)!;
  return {
    brain: checkBrainName(chosen.name!, chosen.param),
    strength: graffiti.strength ?? 1,
    remember: graffiti.remember ?? true,
    recall: graffiti.recall ?? true,
  };
}
