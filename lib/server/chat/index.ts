export { type AnswerWishes, chunkedAnswer, wholeAnswer } from './answer.js';
export { readMessages, type ReadMessages } from './messages.js';
export { planTools } from './tools.js';
