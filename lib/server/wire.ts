/** The library's figures as they travel in the `graffiti` field. */
import type { Reply, ReplyInfluence, TokenEvent } from '../session/index.js';

/** One token with what the memory did to it. */
export function tokenFigures({ index, id, text, logprob, influence, consolidated }: TokenEvent) {
  return {
    index,
    id,
    text,
    logprob,
    influence: influence ?? null,
    consolidated: consolidated ?? null,
  };
}

function influenceFigures(influence: ReplyInfluence | undefined) {
  if (!influence) return null;
  const { meanKl, maxKl, logLikelihoodRatio, flips, sources } = influence;
  return {
    mean_kl: meanKl,
    max_kl: maxKl,
    log_likelihood_ratio: logLikelihoodRatio,
    flips,
    sources,
  };
}

/** What the memory did to a whole reply, and the reply to the memory. */
export function replyFigures(brain: string, reply: Reply) {
  const { region, influence, remembered, recalled, forgotten, usage, seconds } = reply;
  return {
    brain,
    region: region ?? null,
    influence: influenceFigures(influence),
    remembered: remembered ?? null,
    recalled,
    forgotten,
    dropped_messages: usage.droppedMessages,
    seconds,
  };
}

/** OpenAI's usage of a reply. */
export function usageOf({ usage: { promptTokens, cachedTokens, replyTokens } }: Reply) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: replyTokens,
    total_tokens: promptTokens + replyTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/** OpenAI's name of why a reply ended. Calls that were cut short are no reason to run tools. */
export function finishOf(finish: Reply['finish'], calls = false): 'stop' | 'length' | 'tool_calls' {
  if (finish === 'length' || finish === 'context') return 'length';
  return calls ? 'tool_calls' : 'stop';
}
