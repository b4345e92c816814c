export { Brain } from './brain.js';
export { type BrainLease, Brains } from './brains.js';
export { type PlacedMessage, placed } from './heard.js';
export { checkBrainName } from './names.js';
export { type BrainSource, folderOfBrains } from './source.js';
