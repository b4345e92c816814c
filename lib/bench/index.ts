export { benchDecode, type DecodeBench, type DecodeBenchOptions } from './decode.js';
export { withRandomModel } from './random-model.js';
