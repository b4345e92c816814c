import { randomUUID } from 'node:crypto';
import { badRequest } from '../failure.js';
import type { ChatRequest, RequestMessage, RequestTool } from '../schema/index.js';

/** Calls of one reply, where several are allowed. */
const MOST_CALLS = 4;

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** How a reply comes to tool calls: what the model is told, and the grammar its reply keeps. */
export interface ToolPlan {
  readonly instruction: string;
  readonly jsonSchema: object;
}

/** What a reply made under a plan says. */
export interface ToolReply {
  readonly content: string | null;
  readonly calls: readonly ToolCall[];
}

/**
 * Tools for any model: they are described in the system prompt, and the reply is JSON that a grammar holds to, either
 * calls whose arguments fit the tools' schemas or plain words.
 *
 * @returns undefined when the request offers no tools, or wants none called
 * @throws {ApiError} 400 for a choice that is no tool of the request
 */
export function planTools(request: ChatRequest): ToolPlan | undefined {
  const { tool_choice: choice } = request;
  const tools = request.tools ?? [];
  if (tools.length === 0 && choice && choice !== 'none' && choice !== 'auto') {
    throw badRequest("'tool_choice' asks for a tool and there are no 'tools'.", 'tool_choice');
  }
  if (tools.length === 0 || choice === 'none') return undefined;
  const named = typeof choice === 'object' ? choice?.function.name : undefined;
  const offered =
    named === undefined ? tools : tools.filter((tool) => tool.function.name === named);
  if (offered.length === 0) {
    throw badRequest(`There is no tool '${named}' in 'tools'.`, 'tool_choice.function.name');
  }
  const single = named !== undefined || request.parallel_tool_calls === false;
  const calls = {
    type: 'object',
    properties: {
      tool_calls: {
        type: 'array',
        minItems: 1,
        maxItems: single ? 1 : MOST_CALLS,
        items: { anyOf: offered.map(callSchema) },
      },
    },
    required: ['tool_calls'],
    additionalProperties: false,
  };
  const words = {
    type: 'object',
    properties: { content: { type: 'string' } },
    required: ['content'],
    additionalProperties: false,
  };
  const must = named !== undefined || choice === 'required';
  return { instruction: instruct(offered), jsonSchema: must ? calls : { anyOf: [calls, words] } };
}

function callSchema({ function: { name, parameters } }: RequestTool): object {
  const properties = { name: { const: name }, arguments: parameters ?? { type: 'object' } };
  return {
    type: 'object',
    properties,
    required: ['name', 'arguments'],
    additionalProperties: false,
  };
}

function instruct(tools: readonly RequestTool[]): string {
  const lines = tools.map(({ function: { name, description, parameters } }) =>
    JSON.stringify({ name, description: description ?? undefined, parameters }),
  );
  return `Reply in JSON: {"content": "words"}, or {"tool_calls": [{"name": …, "arguments": …}]} to call tools:\n${lines.join('\n')}`;
}

/** A reply under a plan. One that was cut short is no JSON: its words are then given as they are. */
export function readToolReply(text: string): ToolReply {
  let value: { content?: string; tool_calls?: { name: string; arguments: unknown }[] };
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return { content: text, calls: [] };
  }
  const calls = (value.tool_calls ?? []).map(({ name, arguments: given }): ToolCall => ({
    id: `call_${randomUUID().replaceAll('-', '')}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(given) },
  }));
  return { content: value.content ?? null, calls };
}

/** Calls of an earlier reply as the model wrote them. Missing ids do not matter: results follow in order. */
export function writtenCalls(calls: NonNullable<RequestMessage['tool_calls']>): string {
  const written = calls.map(({ function: { name, arguments: given } }) => ({
    name,
    arguments: parsed(given),
  }));
  return JSON.stringify({ tool_calls: written });
}

/** Arguments that a client changed may be no JSON any more: then they are a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
