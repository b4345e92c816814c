export { benchDecode, type DecodeBench, type DecodeBenchOptions } from './decode.js';
