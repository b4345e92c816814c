import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { toApiError } from './failure.js';

/**
 * Sends objects as server-sent events, with `[DONE]` at the end. A failure before the first of them is thrown, and so
 * gets a status of its own; a later one becomes an event, and the stream then ends without `[DONE]`.
 */
export async function sendEvents(
  reply: FastifyReply,
  objects: AsyncGenerator<object>,
): Promise<FastifyReply> {
  // A stream that is closed before it is read would leave its source waiting for ever.
  const giveUp = () => void objects.return(undefined);
  const first = await objects.next();
  if (reply.raw.destroyed) giveUp();
  else reply.raw.once('close', giveUp);
  const { log } = reply.request;
  async function* lines(): AsyncGenerator<string> {
    try {
      if (!first.done) yield event(first.value);
      for await (const object of objects) yield event(object);
      yield 'data: [DONE]\n\n';
    } catch (error) {
      const failure = toApiError(error);
      if (failure.statusCode === 500) log.error({ err: error }, 'failed in mid-stream');
      yield event(failure.body);
    }
  }
  reply.header('content-type', 'text/event-stream; charset=utf-8');
  reply.header('cache-control', 'no-cache');
  reply.header('x-accel-buffering', 'no'); // or nginx keeps tokens back
  return reply.send(Readable.from(lines(), { objectMode: false }));
}

function event(object: object): string {
  return `data: ${JSON.stringify(object)}\n\n`;
}

/** Aborted when the client goes away before its answer is complete, or when `ending` is. */
export function leaving({ raw }: { raw: FastifyReply['raw'] }, ending: AbortSignal): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort();
  });
  return AbortSignal.any([controller.signal, ending]);
}
