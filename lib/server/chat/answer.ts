/** A chat reply in OpenAI's shapes: whole, or chunk by chunk. */
import type { LoadedModel } from '../../model/index.js';
import type { Reply, TokenEvent } from '../../session/index.js';
import type { Turn } from '../turn.js';
import { finishOf, replyFigures, tokenFigures, usageOf } from '../wire.js';
import { chatLogprobs } from './logprobs.js';
import { readToolReply, type ToolReply } from './tools.js';

/** What the request wants to see of the reply. */
export interface AnswerWishes {
  readonly modelId: string;
  readonly model: LoadedModel;
  readonly logprobs: boolean;
  /** Every token with what the memory did to it. */
  readonly influence: boolean;
  /** The reply is JSON that holds tool calls or words. */
  readonly tools: boolean;
  /** A last chunk with the usage. */
  readonly usage: boolean;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** Waits for the reply and returns it as one object. The turn is then over. */
export async function wholeAnswer(made: Turn, wishes: AnswerWishes) {
  await using turn = made;
  const tokens = await turn.tokens();
  const reply = await turn.reply;
  const { content, calls } = wishes.tools ? readToolReply(reply.text) : plain(reply);
  const message = {
    role: 'assistant',
    content,
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: turn.id,
    object: 'chat.completion',
    created: seconds(),
    model: wishes.modelId,
    choices: [
      {
        index: 0,
        message,
        logprobs: wishes.logprobs ? chatLogprobs(tokens, wishes.model) : null,
        finish_reason: calls.length > 0 ? 'tool_calls' : finishOf(reply.finish),
      },
    ],
    usage: usageOf(reply),
    graffiti: {
      ...replyFigures(turn.brain, reply),
      ...(wishes.influence ? { tokens: tokens.map(tokenFigures) } : {}),
    },
  };
}

function plain(reply: Reply): ToolReply {
  return { content: reply.text, calls: [] };
}

/** The reply chunk by chunk, as it comes. The turn is then over. */
export async function* chunkedAnswer(made: Turn, wishes: AnswerWishes): AsyncGenerator<object> {
  await using turn = made;
  const head = {
    id: turn.id,
    object: 'chat.completion.chunk',
    created: seconds(),
    model: wishes.modelId,
    ...(wishes.usage ? { usage: null } : {}),
  };
  const chunk = (delta: object, more: object = {}, finish: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish, ...more }],
  });
  let said = '';
  let begun = false;
  const begin = () => {
    begun = true;
    return chunk({ role: 'assistant', content: wishes.tools ? null : '', refusal: null });
  };
  for await (const token of turn) {
    if (!begun) yield begin();
    const text = said === '' ? token.text.trimStart() : token.text;
    const shown = wishes.tools ? '' : text;
    said += text;
    yield {
      ...chunk(wishes.tools ? {} : { content: shown }, logprobsOf(token, wishes)),
      ...(wishes.influence ? { graffiti: { tokens: [tokenFigures(token)] } } : {}),
    };
  }
  const reply = await turn.reply;
  if (!begun) yield begin();
  let finish: string = finishOf(reply.finish);
  if (wishes.tools) {
    const { content, calls } = readToolReply(reply.text);
    if (content !== null) yield chunk({ content });
    for (const [index, call] of calls.entries()) yield chunk({ tool_calls: [{ index, ...call }] });
    if (calls.length > 0) finish = 'tool_calls';
  } else if (reply.text.length > said.length) {
    yield chunk({ content: reply.text.slice(said.length) }); // held back until the end was sure
  }
  yield { ...chunk({}, {}, finish), graffiti: replyFigures(turn.brain, reply) };
  if (wishes.usage) yield { ...head, choices: [], usage: usageOf(reply) };
}

function logprobsOf(token: TokenEvent, { logprobs, model }: AnswerWishes): object {
  return logprobs ? { logprobs: chatLogprobs([token], model) } : {};
}
