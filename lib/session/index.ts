export { modelEncoder } from './encoder.js';
export { Session } from './session.js';
export {
  type CompletionOptions,
  type GraffitiOptions,
  type PromptOptions,
  type SessionOptions,
  type TagOptions,
  type TextScore,
  type ToolResult,
} from './options.js';
export {
  type FinishReason,
  type Reply,
  type ReplyInfluence,
  ReplyStream,
  type TokenEvent,
} from './reply.js';
