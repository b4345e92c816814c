/** A chat reply in OpenAI's shapes: whole, or chunk by chunk. */
import type { LoadedModel } from '../../model/index.js';
import type { TokenEvent } from '../../session/index.js';
import type { Turn } from '../turn.js';
import { finishOf, replyFigures, tokenFigures, usageOf } from '../wire.js';
import { chatLogprobs } from './logprobs.js';
import { MessageDeltas, wireCall } from './deltas.js';

/** What the request wants to see of the reply. */
export interface AnswerWishes {
  readonly modelId: string;
  readonly model: LoadedModel;
  readonly logprobs: boolean;
  /** Every token with what the memory did to it. */
  readonly influence: boolean;
  /** The reply may call tools. */
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
  const { content, toolCalls } = await turn.message();
  const message = {
    role: 'assistant',
    content: content === '' && toolCalls.length > 0 ? null : content,
    refusal: null,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls.map(wireCall) } : {}),
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
        finish_reason: finishOf(reply.finish, toolCalls.length > 0),
      },
    ],
    usage: usageOf(reply),
    graffiti: {
      ...replyFigures(turn.brain, reply),
      ...(wishes.influence ? { tokens: tokens.map(tokenFigures) } : {}),
    },
  };
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
  const deltas = new MessageDeltas();
  let said = '';
  let begun = false;
  const begin = () => {
    begun = true;
    return chunk({ role: 'assistant', content: wishes.tools ? null : '', refusal: null });
  };
  for await (const token of turn) {
    if (!begun) yield begin();
    const text = said === '' ? token.text.trimStart() : token.text;
    said += text;
    const grown = wishes.tools ? await turn.message() : { content: said, toolCalls: [] };
    const [first, ...others] = deltas.next(grown, false);
    // A token in the middle of a call may have nothing to show yet; every other has a chunk, be it an empty one.
    if (!first && wishes.tools && !wishes.logprobs && !wishes.influence) continue;
    yield {
      ...chunk(first ?? (wishes.tools ? {} : { content: '' }), logprobsOf(token, wishes)),
      ...(wishes.influence ? { graffiti: { tokens: [tokenFigures(token)] } } : {}),
    };
    for (const delta of others) yield chunk(delta);
  }
  const reply = await turn.reply;
  if (!begun) yield begin();
  const message = await turn.message();
  for (const delta of deltas.next(message, true)) yield chunk(delta); // what was held back
  const finish = finishOf(reply.finish, message.toolCalls.length > 0);
  yield { ...chunk({}, {}, finish), graffiti: replyFigures(turn.brain, reply) };
  if (wishes.usage) yield { ...head, choices: [], usage: usageOf(reply) };
}

function logprobsOf(token: TokenEvent, { logprobs, model }: AnswerWishes): object {
  return logprobs ? { logprobs: chatLogprobs([token], model) } : {};
}
