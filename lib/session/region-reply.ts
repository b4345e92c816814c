import type { Routed } from '../regions/index.js';
import type { ReplyStream } from './reply.js';

/** Streams what a region answers: without prompt, spray or memory. `signal` ends it between two pieces. */
export async function regionReply(
  { region, answer }: Routed,
  signal: AbortSignal,
  stream: ReplyStream,
) {
  const begun = performance.now();
  let index = 0;
  for await (const piece of answer()) {
    if (signal.aborted) break;
    stream.push({
      index: index++,
      id: -1,
      text: piece,
      logprob: 0,
      influence: undefined,
      consolidated: undefined,
      topLogprobs: undefined,
    });
  }
  return { region, seconds: { prompt: 0, reply: (performance.now() - begun) / 1000 } };
}
