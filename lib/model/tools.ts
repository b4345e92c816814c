import { randomBytes } from 'node:crypto';
import type { NativeChatMessage, NativeToolRequest } from '../native.js';
import { checkBoolean, checkOptions, checkString, outOfRange, wrongType } from '../validate.js';
import { checkJsonSchema } from './sampling.js';

/** A call that a reply made. */
export interface ToolCall {
  /** Nine letters and digits where the model's format has no ids. */
  readonly id: string;
  readonly name: string;
  /** JSON of an object; while the reply is being made, its beginning. */
  readonly arguments: string;
}

export interface ChatMessage {
  /** 'system', 'user', 'assistant', 'tool', or another role the model's template knows. */
  readonly role: string;
  readonly content: string;
  /** Calls of an assistant's message. */
  readonly toolCalls?: readonly ToolCall[] | undefined;
  /** Of a message of the role tool: the call whose result it is. */
  readonly toolCallId?: string | undefined;
  /** Of a message of the role tool: the tool that was called. */
  readonly toolName?: string | undefined;
}

/** A function that a reply may call. */
export interface Tool {
  /** 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON schema of an object, which the arguments of every call fit. Default: an object without members. */
  readonly parameters?: object | undefined;
}

/** What a reply may call, and whether it has to. */
export interface ToolOptions {
  /** 1 to 128, of different names. */
  readonly tools: readonly Tool[];
  /** Whether the reply must be calls: a grammar then holds it to them from its start. Default false. */
  readonly required?: boolean | undefined;
  /** Whether one reply may hold several calls. Default true. */
  readonly parallel?: boolean | undefined;
}

/** A reply read by the format of its calls. */
export interface ReplyMessage {
  readonly content: string;
  readonly toolCalls: readonly ToolCall[];
}

const MOST_TOOLS = 128;

/** Deeper arguments than anybody writes; llama.cpp's templates take stack frames for each level. */
const DEEPEST_ARGUMENTS = 64;

/** Whether something can be a tool's name. */
function isToolName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(name);
}

/** An id for a call. Mistral's templates take nine letters and digits, and the others anything. */
export function newToolCallId(): string {
  return randomBytes(16).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 9);
}

/** @throws {TypeError | RangeError} */
export function checkTools(options: ToolOptions): NativeToolRequest {
  checkOptions('tools', options, ['tools', 'required', 'parallel']);
  const { tools, required = false, parallel = true } = options;
  checkBoolean('required', required);
  checkBoolean('parallel', parallel);
  if (!Array.isArray(tools)) throw wrongType('an array', 'tools', tools);
  if (tools.length === 0 || tools.length > MOST_TOOLS) {
    throw outOfRange(`1 to ${MOST_TOOLS} tools`, 'tools', tools);
  }
  const checked = (tools as readonly Tool[]).map(checkTool);
  const names = checked.map(({ name }) => name);
  const twice = names.findIndex((name, at) => names.indexOf(name) < at);
  if (twice !== -1) throw outOfRange('another name', `tools[${twice}].name`, names[twice]);
  return { tools: checked, required, parallel };
}

function checkTool(tool: Tool, at: number): NativeToolRequest['tools'][number] {
  checkOptions(`tools[${at}]`, tool, ['name', 'description', 'parameters']);
  const { name, description = '', parameters = {} } = tool;
  checkString(`tools[${at}].name`, name);
  if (!isToolName(name)) {
    throw outOfRange('1 to 64 letters, digits, _ and -', `tools[${at}].name`, name);
  }
  checkString(`tools[${at}].description`, description);
  return { name, description, parameters: JSON.stringify(checkParameters(parameters, at)) };
}

/** The schema of a call's arguments, which are always an object. */
function checkParameters(parameters: object, at: number): object {
  const place = `tools[${at}].parameters`;
  if (Array.isArray(parameters)) throw wrongType('a JSON schema object', place, parameters);
  checkJsonSchema(parameters, place);
  const { type = 'object' } = parameters as { type?: unknown };
  if (type !== 'object') throw outOfRange("a JSON schema of the type 'object'", place, parameters);
  const schema = { type, ...parameters };
  return Object.keys(schema).length === 1 ? { ...schema, properties: {} } : schema;
}

/** Checks a message, and makes of its calls' arguments what templates take: objects. */
export function checkMessage(message: ChatMessage): NativeChatMessage {
  const { role, content, toolCalls, toolCallId, toolName = '' } = message;
  checkString('role', role);
  checkString('content', content);
  if (toolCallId === undefined && toolCalls === undefined) return { role, content };
  if (toolCallId !== undefined) {
    checkString('toolCallId', toolCallId);
    checkString('toolName', toolName);
    return { role, content, toolCallId, toolName };
  }
  if (!Array.isArray(toolCalls)) throw wrongType('an array', 'toolCalls', toolCalls);
  return { role, content, toolCalls: (toolCalls as readonly ToolCall[]).map(checkCall) };
}

function checkCall(call: ToolCall): ToolCall {
  checkOptions('toolCalls', call, ['id', 'name', 'arguments']);
  checkString('id', call.id);
  checkString('name', call.name);
  checkString('arguments', call.arguments);
  if (!isToolName(call.name)) {
    throw outOfRange('1 to 64 letters, digits, _ and -', 'name', call.name);
  }
  return isShallowObject(call.arguments)
    ? call
    : { ...call, arguments: JSON.stringify({ arguments: call.arguments }) };
}

/** Arguments of a reply that was cut short, or that a client changed, may be anything. */
function isShallowObject(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_ARGUMENTS) return false;
    level = level
      .filter((inner): inner is object => typeof inner === 'object' && inner !== null)
      .flatMap((inner) => Object.values(inner) as unknown[]);
  }
  return true;
}
