import { GraffitiError } from '../errors.js';
import type { AnswerTokens } from '../native.js';
import type { LoadedModel } from './loaded-model.js';

/**
 * A question and its answer as the model's template writes them, up to the token that ends the answer.
 *
 * @returns `first`: index of the first token of the answer. They may be longer than the context.
 */
export function renderAnswer(model: LoadedModel, prompt: string, answer: string): AnswerTokens {
  const asked = model.renderChat([{ role: 'user', content: prompt }]);
  const whole = model.renderChat(
    [
      { role: 'user', content: prompt },
      { role: 'assistant', content: answer },
    ],
    { addGenerationPrompt: false, known: asked },
  );
  const end = whole.tokens.findIndex(
    (token, index) => index >= asked.tokens.length && model.info.endTokens.includes(token),
  );
  const tokens = end < 0 ? whole.tokens : whole.tokens.slice(0, end + 1);
  return { tokens, first: asked.tokens.length };
}

/**
 * The same for texts of which nothing may be left out.
 *
 * @throws {GraffitiError} `ERR_CONTEXT_OVERFLOW` when they are longer than the context
 */
export function renderWholeAnswer(
  model: LoadedModel,
  prompt: string,
  answer: string,
): AnswerTokens {
  const rendered = renderAnswer(model, prompt, answer);
  const { length } = rendered.tokens;
  if (length > model.info.contextSize) {
    throw new GraffitiError(
      'ERR_CONTEXT_OVERFLOW',
      `A question with its answer has ${length} tokens and the context holds ${model.info.contextSize}: "${prompt.slice(0, 60)}". Shorten it, or load the model with a larger contextSize.`,
    );
  }
  return rendered;
}
