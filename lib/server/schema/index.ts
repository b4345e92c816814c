export { ChatRequest, type RequestMessage, type RequestTool } from './chat.js';
export { ErrorSchema } from './shared.js';
export { CompletionRequest, EmbeddingRequest, TokenizeRequest } from './text.js';
