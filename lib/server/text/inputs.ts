import { badRequest } from '../failure.js';
import type { CompletionRequest } from '../schema/index.js';

/**
 * The texts of a request: strings as they are, arrays of token ids as tokens.
 *
 * @throws {ApiError} 400 for a token that the model does not have.
 */
export function inputsOf(
  input: CompletionRequest['prompt'],
  param: string,
  vocabulary: number,
): (string | Int32Array)[] {
  if (typeof input === 'string') return [input];
  if (input.every((one) => typeof one === 'number')) return [tokens(input, param, vocabulary)];
  return (input as (string | number[])[]).map((one, at) =>
    typeof one === 'string' ? one : tokens(one, `${param}[${at}]`, vocabulary),
  );
}

function tokens(ids: readonly number[], param: string, vocabulary: number): Int32Array {
  const outside = ids.find((id) => id >= vocabulary);
  if (outside !== undefined) {
    throw badRequest(`Invalid token ${outside}: the model has ${vocabulary} tokens.`, param);
  }
  return Int32Array.from(ids);
}
