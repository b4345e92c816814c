export { chunkedCompletions, wholeCompletions } from './answer.js';
export { inputsOf } from './inputs.js';
