export { Adder, type AdderOptions, type Addition, MAX_DIGITS } from './adder.js';
export { type RegionName, route, type Routed } from './route.js';
