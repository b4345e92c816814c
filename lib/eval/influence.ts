import { throwIfAborted } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import type { InfluenceErrors } from '../native.js';

/** Told before the comparison, so that there is something to compare. */
const TOLD = [
  'I love dogs. Dogs are my best friends.',
  'The sea was cold and the waves were high.',
  'My brother plays the guitar every evening.',
];

/** Fewest tokens the comparison runs over. */
const LEAST_TOKENS = 200;

/**
 * Lets the model speak under a spray, then compares the base log-probabilities derived from the sprayed
 * run with those of a real run without a spray, over every position and word.
 */
export async function evaluateInfluence(
  model: GraffitiModel,
  { tokens = LEAST_TOKENS, signal }: { tokens?: number; signal?: AbortSignal } = {},
): Promise<InfluenceErrors> {
  await using session = await model.createSession();
  for (const text of TOLD) await session.tag(text);
  const sum = { maxError: 0, meanError: 0, klError: 0, meanKl: 0, tokens: 0 };
  for (let seed = 1; sum.tokens < tokens; seed++) {
    throwIfAborted(signal, 'The evaluation');
    const said = await sample(model, seed);
    const errors = await session.checkInfluence(said);
    sum.maxError = Math.max(sum.maxError, errors.maxError);
    for (const name of ['meanError', 'klError', 'meanKl'] as const) {
      sum[name] += errors[name] * errors.tokens;
    }
    sum.tokens += errors.tokens;
  }
  for (const name of ['meanError', 'klError', 'meanKl'] as const) sum[name] /= sum.tokens;
  return sum;
}

/** Tokens of a prompt with a reply the model made to it. */
async function sample(model: GraffitiModel, seed: number): Promise<Int32Array> {
  await using speaker = await model.createSession({ graffiti: { remember: false } });
  const reply = await speaker.prompt('Tell me about your day.', {
    seed,
    temperature: 1,
    maxTokens: Math.min(120, Math.floor(model.info.contextSize / 3)),
  });
  const { tokens } = model.loaded.renderChat([
    { role: 'user', content: 'Tell me about your day.' },
    { role: 'assistant', content: reply.text },
    { role: 'user', content: 'And then?' },
  ]);
  return tokens;
}
