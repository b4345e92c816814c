export { ChatRequest, type RequestMessage, type RequestTool } from './chat.js';
export { EngramParams, ExtractRequest, JobParams, SleepRequest, WeightsRequest } from './jobs.js';
export { described, json } from './answers.js';
export {
  EngramList,
  EngramRemoved,
  JobAnswer,
  JobList,
  NightAnswer,
  NightList,
  WeightList,
} from './job-answers.js';
export {
  BrainAnswer,
  BrainList,
  ExportAnswer,
  ForgottenAnswer,
  MemoryAnswer,
  MemoryList,
  SearchAnswer,
} from './memory-answers.js';
export {
  ChatAnswer,
  ChatChunk,
  CompletionAnswer,
  CompletionChunk,
  EmbeddingAnswer,
  ModelAnswer,
  ModelList,
  PastReply,
  StrengthAnswer,
  TokenizeAnswer,
} from './reply-answers.js';
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
