export { type AnswerWishes, chunkedAnswer, wholeAnswer } from './answer.js';
export { readMessages, type ReadMessages } from './messages.js';
export { readTools } from './tools.js';
