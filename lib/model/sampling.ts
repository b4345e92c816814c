import type { NativeSampling } from '../native.js';
import {
  checkNumber,
  checkOptions,
  checkString,
  checkStrings,
  outOfRange,
  wrongType,
} from '../validate.js';

/** How the next token is chosen. llama.cpp's samplers, in its order. */
export interface SamplingOptions {
  /** 0 to 10; 0 = always the most probable token. Default 0.8. */
  readonly temperature?: number | undefined;
  /** Only the k most probable tokens; 0 = all. Default 40. */
  readonly topK?: number | undefined;
  /** Only the tokens that make up this much probability, 0 to 1. Default 0.95. */
  readonly topP?: number | undefined;
  /** Only tokens at least this fraction as probable as the best, 0 to 1. Default 0.05. */
  readonly minP?: number | undefined;
  /** Divides the logits of recent tokens, 0.1 to 10; 1 = off. Default 1. */
  readonly repetitionPenalty?: number | undefined;
  /** −2 to 2, times how often a recent token has come. Default 0. */
  readonly frequencyPenalty?: number | undefined;
  /** −2 to 2, once for every recent token. Default 0. */
  readonly presencePenalty?: number | undefined;
  /** How many recent tokens the penalties look at, 0 to 100 000. Default 64. */
  readonly penaltyTokens?: number | undefined;
  /** 0 to 4294967294. Default: another one each time. */
  readonly seed?: number | undefined;
  /** Added to the logits of tokens, by token id. */
  readonly logitBias?: Readonly<Record<number, number>> | undefined;
  /** The reply must match this grammar (GBNF). */
  readonly grammar?: string | undefined;
  /** The reply must be JSON that fits this schema. Not together with `grammar`. */
  readonly jsonSchema?: object | undefined;
  /** The reply ends before the first of these. */
  readonly stop?: string | readonly string[] | undefined;
  /** At most so many tokens, 1 up. Default 256. */
  readonly maxTokens?: number | undefined;
  /** Most probable tokens listed with each token, `TokenEvent.topLogprobs`, 0 to 20. Default 0. */
  readonly topLogprobs?: number | undefined;
}

/** What is used where an option is left out. */
export const DEFAULT_SAMPLING = {
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  penaltyTokens: 64,
  maxTokens: 256,
  topLogprobs: 0,
} as const;

/** Names of all sampling options, for callers whose options include them. */
export const SAMPLING_NAMES = [
  ...Object.keys(DEFAULT_SAMPLING),
  'seed',
  'logitBias',
  'grammar',
  'jsonSchema',
  'stop',
];

/** llama.cpp's mark for "choose a seed yourself". */
const RANDOM_SEED = 0xffffffff;

const RANGES = {
  temperature: { min: 0, max: 10 },
  topK: { min: 0, max: 2 ** 31 - 1, integer: true },
  topP: { min: 0, max: 1 },
  minP: { min: 0, max: 1 },
  repetitionPenalty: { min: 0.1, max: 10 },
  frequencyPenalty: { min: -2, max: 2 },
  presencePenalty: { min: -2, max: 2 },
  penaltyTokens: { min: 0, max: 100_000, integer: true },
  maxTokens: { min: 1, max: 2 ** 31 - 1, integer: true },
  topLogprobs: { min: 0, max: 20, integer: true },
} as const;

/** Deeper groups than anybody writes; llama.cpp's parser takes a stack frame for each. */
const MOST_NESTED_GROUPS = 256;

/** Rules that refer to each other take a stack frame each too; so many fit, also in a worker thread. */
const LONGEST_GRAMMAR = 128 * 1024;

/** @throws {RangeError} for what would end the process inside llama.cpp. */
function checkGrammar(grammar: string): void {
  if (grammar.startsWith('%llguidance')) {
    throw outOfRange('a grammar in GBNF', 'grammar', grammar);
  }
  if (grammar.length > LONGEST_GRAMMAR) {
    throw outOfRange(`at most ${LONGEST_GRAMMAR} characters`, 'grammar', grammar);
  }
  let depth = 0;
  // Strings, character classes and comments may hold brackets that group nothing.
  for (const [mark] of grammar.matchAll(/"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#.*|[()]/g)) {
    if (mark === '(') depth++;
    else if (mark === ')') depth--;
    if (depth > MOST_NESTED_GROUPS) {
      throw outOfRange(`at most ${MOST_NESTED_GROUPS} nested groups`, 'grammar', grammar);
    }
  }
}

/** Deeper schemas than anybody writes; llama.cpp's converter takes stack frames for each level. */
const DEEPEST_SCHEMA = 64;

/** @throws {TypeError | RangeError} for what would end the process inside llama.cpp's converter. */
export function checkJsonSchema(schema: unknown, name = 'jsonSchema'): void {
  if (typeof schema !== 'object' || schema === null) {
    throw wrongType('a JSON schema object', name, schema);
  }
  const open: { value: unknown; depth: number }[] = [{ value: schema, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > DEEPEST_SCHEMA) {
      throw outOfRange(`a schema at most ${DEEPEST_SCHEMA} levels deep`, name, schema);
    }
    // A pattern's groups take frames too.
    if (typeof value === 'string' && value.split('(').length > MOST_NESTED_GROUPS) {
      throw outOfRange(`at most ${MOST_NESTED_GROUPS} groups in a pattern`, name, value);
    }
    if (typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
    }
  }
  if (JSON.stringify(schema).length > LONGEST_GRAMMAR) {
    throw outOfRange(`at most ${LONGEST_GRAMMAR} characters of JSON`, name, schema);
  }
}

/**
 * Checks sampling options for a vocabulary of `vocabulary` tokens and fills in the defaults.
 *
 * @throws {TypeError | RangeError}
 */
export function checkSampling(options: SamplingOptions, vocabulary: number): NativeSampling {
  const checked: Record<string, number> = {};
  for (const [name, range] of Object.entries(RANGES)) {
    const value =
      options[name as keyof typeof RANGES] ?? DEFAULT_SAMPLING[name as keyof typeof RANGES];
    checkNumber(name, value, range);
    checked[name] = value;
  }
  const { seed = RANDOM_SEED, grammar = '', jsonSchema, stop = [], logitBias = {} } = options;
  checkNumber('seed', seed, { min: 0, max: RANDOM_SEED, integer: true });
  checkString('grammar', grammar);
  checkGrammar(grammar);
  if (jsonSchema !== undefined) checkJsonSchema(jsonSchema);
  if (jsonSchema !== undefined && grammar !== '') {
    throw new TypeError('Expected either grammar or jsonSchema but received both');
  }
  const stops = typeof stop === 'string' ? [stop] : stop;
  checkStrings('stop', stops);
  checkOptions('logitBias', logitBias, Object.keys(logitBias ?? {}));
  const bias = Object.entries(logitBias).map(([token, value]): [number, number] => {
    const id = Number(token);
    checkNumber(`logitBias token`, id, { min: 0, max: vocabulary - 1, integer: true });
    checkNumber(`logitBias[${token}]`, value, { min: -1000, max: 1000 });
    return [id, value];
  });
  return {
    ...(checked as Record<keyof typeof RANGES, number>),
    seed,
    grammar,
    jsonSchema: jsonSchema === undefined ? '' : JSON.stringify(jsonSchema),
    toolFormat: null,
    stop: stops.filter((text) => text !== ''),
    logitBias: bias,
  };
}
