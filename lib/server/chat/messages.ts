import type { ChatMessage } from '../../model/index.js';
import { type PlacedMessage, placed } from '../brains/index.js';
import { badRequest } from '../failure.js';
import type { RequestMessage } from '../schema/index.js';
import { writtenCalls } from './tools.js';

/** A request's messages as a conversation and the prompt at its end. */
export interface ReadMessages {
  /** Everything before the prompt. */
  readonly before: readonly PlacedMessage[];
  /** What the reply is made to. */
  readonly prompt: PlacedMessage;
  /** Whether a person said it; a tool's result is not remembered. */
  readonly isSaid: boolean;
  /** What else a person has said since the last reply. */
  readonly alsoSaid: readonly PlacedMessage[];
}

/**
 * What stands before the last reply was heard when it was said. What follows it is new.
 *
 * @throws {ApiError} 400 for contents that are no text, and when nobody has said anything last.
 */
export function readMessages(messages: readonly RequestMessage[]): ReadMessages {
  const all = placed(messages.map(readMessage));
  const prompt = all.at(-1)!;
  const last = messages.at(-1)!.role;
  if (last !== 'user' && last !== 'tool') {
    throw badRequest(
      `The last message must be of the role user or tool; it is of ${last}.`,
      `messages[${messages.length - 1}].role`,
    );
  }
  const lastReply = messages.findLastIndex(({ role }) => role === 'assistant');
  const alsoSaid = all
    .slice(lastReply + 1, -1)
    .filter((_, at) => messages[lastReply + 1 + at]!.role === 'user');
  return { before: all.slice(0, -1), prompt, isSaid: last === 'user', alsoSaid };
}

function readMessage(message: RequestMessage, at: number): ChatMessage {
  const text = readContent(message.content ?? '', `messages[${at}].content`);
  switch (message.role) {
    case 'developer':
      return { role: 'system', content: text };
    case 'tool':
      // Templates without tools know no such role; the caller is the one who brings the result.
      return { role: 'user', content: `Result of the tool: ${text}` };
    case 'assistant': {
      const calls = message.tool_calls ?? [];
      const content = text === '' ? (message.refusal ?? '') : text;
      return { role: 'assistant', content: calls.length > 0 ? writtenCalls(calls) : content };
    }
    default:
      return { role: message.role, content: text };
  }
}

function readContent(content: NonNullable<RequestMessage['content']>, param: string): string {
  if (typeof content === 'string') return content;
  const texts = content.map((part, at) => {
    const text =
      part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : undefined;
    if (text === undefined) {
      throw badRequest(
        `Content of the type '${part.type}' is not supported: this model reads text.`,
        `${param}[${at}]`,
        'unsupported_content',
      );
    }
    return text;
  });
  return texts.join('\n');
}
