export { Brain } from './brain.js';
export { type BrainLease, Brains } from './brains.js';
export { type PlacedMessage, placed } from './heard.js';
export { checkBrainName, isBrainName } from './names.js';
export { type BrainSource, brainsIn } from './source.js';
