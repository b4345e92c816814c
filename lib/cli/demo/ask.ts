import type { GraffitiModel } from '../../graffiti-model.js';
import type { Memory } from '../../memory/index.js';
import type { TokenEvent } from '../../session/index.js';
import { type Explanation, explain } from '../explanation.js';
import { MAX_TOKENS } from './scene.js';

export interface DemoReply {
  readonly text: string;
  /** Null when no memory acted. */
  readonly influence: Explanation | null;
  readonly tokens: readonly TokenEvent[];
}

/** One reply of a new conversation, always the most probable token, so that it can be repeated. */
export async function ask(
  model: GraffitiModel,
  memory: Memory,
  prompt: string,
  strength: number,
  signal: AbortSignal,
): Promise<DemoReply> {
  await using session = await model.createSession({
    brain: memory,
    graffiti: { strength, remember: false, sources: 65 },
  });
  const tokens: TokenEvent[] = [];
  const stream = session.stream(prompt, { temperature: 0, maxTokens: MAX_TOKENS, signal });
  for await (const token of stream) tokens.push(token);
  const reply = await stream.reply;
  const influence = (await explain(reply, tokens, memory, { moved: 3 })) ?? null;
  return { text: reply.text, influence, tokens };
}

/**
 * Largest difference of two replies in the log-probability of a token, nats; undefined when they are
 * not the same tokens.
 */
export function largestDifference(one: DemoReply, other: DemoReply): number | undefined {
  if (one.tokens.length !== other.tokens.length) return undefined;
  let largest = 0;
  for (const [index, token] of one.tokens.entries()) {
    const match = other.tokens[index]!;
    if (match.id !== token.id) return undefined;
    largest = Math.max(largest, Math.abs(match.logprob - token.logprob));
  }
  return largest;
}
