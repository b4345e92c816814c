export { type Change, Examination, reworded, spread } from './measuring.js';
export { renderExchange, type Said } from './recording.js';
export { type NightReport, sleep, type SleepOptions, type SleepProgress } from './sleep.js';
export { wake } from './wake.js';
