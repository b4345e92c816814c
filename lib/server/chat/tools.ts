import type { Tool, ToolOptions } from '../../model/index.js';
import { badRequest } from '../failure.js';
import type { ChatRequest, RequestTool } from '../schema/index.js';

/**
 * What a request lets its reply call.
 *
 * @returns undefined when it offers no tools, or wants none called
 * @throws {ApiError} 400 for tools that are none, and for a choice that is no tool of the request
 */
export function readTools(request: ChatRequest): ToolOptions | undefined {
  const { tool_choice: choice } = request;
  const tools = request.tools ?? [];
  const names = tools.map((tool) => tool.function.name);
  const twice = names.findIndex((name, at) => names.indexOf(name) < at);
  if (twice !== -1) {
    throw badRequest(
      `There are two tools named '${names[twice]}'.`,
      `tools[${twice}].function.name`,
      'duplicate_tool',
    );
  }
  if (tools.length === 0 && choice && choice !== 'none' && choice !== 'auto') {
    throw badRequest("'tool_choice' asks for a tool and there are no 'tools'.", 'tool_choice');
  }
  const readable = tools.map(readTool);
  if (tools.length === 0 || choice === 'none') return undefined;
  const named = typeof choice === 'object' ? choice?.function.name : undefined;
  const offered = named === undefined ? readable : readable.filter(({ name }) => name === named);
  if (offered.length === 0) {
    throw badRequest(`There is no tool '${named}' in 'tools'.`, 'tool_choice.function.name');
  }
  return {
    tools: offered,
    required: named !== undefined || choice === 'required',
    parallel: named === undefined && request.parallel_tool_calls !== false,
  };
}

function readTool({ function: { name, description, parameters } }: RequestTool, at: number): Tool {
  const { type = 'object' } = parameters ?? {};
  if (type !== 'object') {
    throw badRequest(
      `Invalid schema for function '${name}': arguments are an object, so its type must be 'object'.`,
      `tools[${at}].function.parameters`,
      'invalid_function_parameters',
    );
  }
  return {
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
  };
}
