export { ChatRequest, type RequestMessage, type RequestTool } from './chat.js';
export { EngramParams, ExtractRequest, JobParams, SleepRequest, WeightsRequest } from './jobs.js';
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
