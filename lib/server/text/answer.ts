/** Continuations in OpenAI's shapes: whole, or chunk by chunk. */
import type { LoadedModel } from '../../model/index.js';
import type { Reply, TokenEvent } from '../../session/index.js';
import type { Turn } from '../turn.js';
import { finishOf, replyFigures, tokenFigures, usageOf } from '../wire.js';

export interface CompletionWishes {
  readonly modelId: string;
  readonly model: LoadedModel;
  readonly logprobs: boolean;
  /** Every token with what the memory did to it. */
  readonly influence: boolean;
  /** A last chunk with the usage. */
  readonly usage: boolean;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** Waits for all and returns them as one object. The id is that of the last. */
export async function wholeCompletions(turns: AsyncIterable<Turn>, wishes: CompletionWishes) {
  const choices = [];
  const replies: Reply[] = [];
  let id = '';
  for await (const opened of turns) {
    await using turn = opened;
    ({ id } = turn);
    const tokens = await turn.tokens();
    const reply = await turn.reply;
    replies.push(reply);
    choices.push({
      index: choices.length,
      text: textOf(tokens, reply),
      logprobs: logprobsOf(tokens, wishes),
      finish_reason: finishOf(reply.finish),
      graffiti: {
        ...replyFigures(turn.brain, reply),
        ...(wishes.influence ? { tokens: tokens.map(tokenFigures) } : {}),
      },
    });
  }
  return {
    id,
    object: 'text_completion',
    created: seconds(),
    model: wishes.modelId,
    choices,
    usage: sumOf(replies),
  };
}

/** Chunk by chunk, one continuation after the other. */
export async function* chunkedCompletions(
  turns: AsyncIterable<Turn>,
  wishes: CompletionWishes,
): AsyncGenerator<object> {
  const replies: Reply[] = [];
  let head = {};
  for await (const opened of turns) {
    await using turn = opened;
    head = {
      id: turn.id,
      object: 'text_completion',
      created: seconds(),
      model: wishes.modelId,
      ...(wishes.usage ? { usage: null } : {}),
    };
    const index = replies.length;
    const chunk = (text: string, logprobs: object | null, finish: string | null) => ({
      ...head,
      choices: [{ index, text, logprobs, finish_reason: finish }],
    });
    const tokens: TokenEvent[] = [];
    for await (const token of turn) {
      tokens.push(token);
      yield {
        ...chunk(token.text, logprobsOf([token], wishes), null),
        ...(wishes.influence ? { graffiti: { tokens: [tokenFigures(token)] } } : {}),
      };
    }
    const reply = await turn.reply;
    replies.push(reply);
    const said = tokens.map(({ text }) => text).join('');
    const rest = textOf(tokens, reply).slice(said.length);
    const last = chunk(rest, null, finishOf(reply.finish));
    yield { ...last, graffiti: replyFigures(turn.brain, reply) };
  }
  if (wishes.usage) yield { ...head, choices: [], usage: sumOf(replies) };
}

/** The reply with the white space it begins with, which is part of a raw text. */
function textOf(tokens: readonly TokenEvent[], reply: Reply): string {
  const said = tokens.map(({ text }) => text).join('');
  return said.slice(0, said.length - said.trimStart().length) + reply.text;
}

function sumOf(replies: readonly Reply[]) {
  const usages = replies.map(usageOf);
  const sum = (count: (usage: (typeof usages)[number]) => number) =>
    usages.reduce((total, usage) => total + count(usage), 0);
  return {
    prompt_tokens: sum((usage) => usage.prompt_tokens),
    completion_tokens: sum((usage) => usage.completion_tokens),
    total_tokens: sum((usage) => usage.total_tokens),
    prompt_tokens_details: {
      cached_tokens: sum((usage) => usage.prompt_tokens_details.cached_tokens),
    },
  };
}

/** The most probable tokens by their texts; the one that came is always among them. */
function topOf({ id, logprob, topLogprobs = [] }: TokenEvent, model: LoadedModel) {
  const came = model.detokenize(Int32Array.of(id), { special: true });
  return Object.fromEntries([
    [came, logprob],
    ...topLogprobs.toReversed().map(({ text, logprob: likely }) => [text, likely]),
  ]) as Record<string, number>;
}

function logprobsOf(tokens: readonly TokenEvent[], { logprobs, model }: CompletionWishes) {
  if (!logprobs) return null;
  const hasTop = tokens.some(({ topLogprobs }) => topLogprobs);
  let at = 0;
  return {
    tokens: tokens.map(({ id }) => model.detokenize(Int32Array.of(id), { special: true })),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: hasTop ? tokens.map((token) => topOf(token, model)) : null,
    text_offset: tokens.map(({ text }) => {
      const offset = at;
      at += text.length;
      return offset;
    }),
  };
}
