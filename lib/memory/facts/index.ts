export type { FactAnswer } from './answer.js';
export { FactStore, type ToldText } from './fact-store.js';
export type { Fact } from './frame.js';
export { understand } from './understanding.js';
