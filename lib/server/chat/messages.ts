import type { ChatMessage, ToolCall } from '../../model/index.js';
import { type PlacedMessage, placed } from '../brains/index.js';
import { badRequest } from '../failure.js';
import type { RequestMessage } from '../schema/index.js';

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
  const calls = new CallIds();
  const all = placed(messages.map((message, at) => readMessage(message, at, calls)));
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

/** Which call a tool's message answers: the one that it names, else the oldest without an answer. */
class CallIds {
  private made = 0;
  private open: ToolCall[] = [];

  /** The calls of a reply; an id that is missing, or empty, is made. */
  called(calls: NonNullable<RequestMessage['tool_calls']>): readonly ToolCall[] {
    this.open = calls.map(({ id, function: { name, arguments: given } }) => {
      return { id: named(id) ?? this.next(), name, arguments: given };
    });
    return this.open;
  }

  answered({ tool_call_id: id, name }: RequestMessage): { toolCallId: string; toolName: string } {
    const wanted = named(id);
    const call = wanted ? this.open.find((one) => one.id === wanted) : this.open[0];
    this.open = this.open.filter((one) => one !== call);
    const toolCallId = wanted ?? call?.id ?? this.next();
    return { toolCallId, toolName: name ?? call?.name ?? '' };
  }

  /** The same for the same conversation, so that its prompt is found in the cache. */
  private next(): string {
    return `call${String(this.made++).padStart(5, '0')}`;
  }
}

function named(id: string | null | undefined): string | undefined {
  return id === '' || id === null ? undefined : id;
}

function readMessage(message: RequestMessage, at: number, ids: CallIds): ChatMessage {
  const content = readContent(message.content ?? '', `messages[${at}].content`);
  switch (message.role) {
    case 'developer':
      return { role: 'system', content };
    case 'tool':
      return { role: 'tool', content, ...ids.answered(message) };
    case 'assistant': {
      const said = content === '' ? (message.refusal ?? '') : content;
      const calls = message.tool_calls ?? [];
      if (calls.length === 0) return { role: 'assistant', content: said };
      const toolCalls = ids.called(calls);
      return { role: 'assistant', content: said, toolCalls };
    }
    default:
      return { role: message.role, content };
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
