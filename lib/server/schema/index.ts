export { ChatRequest, type RequestMessage, type RequestTool } from './chat.js';
export { ErrorSchema } from './shared.js';
export { CompletionRequest, EmbeddingRequest, TokenizeRequest } from './text.js';
export {
  BrainParams,
  ForgetRequest,
  ListQuery,
  MemoryParams,
  ReplyParams,
  SearchRequest,
  StrengthRequest,
  TellRequest,
} from './memory.js';
