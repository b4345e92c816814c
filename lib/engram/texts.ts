import { type AnswerTokens, type LoadedModel, renderWholeAnswer } from '../model/index.js';
import { checkOptions, checkString, outOfRange, wrongType } from '../validate.js';

/** A question and its answer. Only the answer is what is known of it. */
export interface EngramText {
  readonly prompt: string;
  readonly answer: string;
}

/** One text for each prompt with its answer, whatever is listed twice; tokens as the model's template writes them. */
export function textsAsTokens(
  model: LoadedModel,
  texts: readonly EngramText[],
): Map<string, AnswerTokens> {
  const byTokens = new Map<string, AnswerTokens>();
  for (const { prompt, answer } of texts) {
    const rendered = renderWholeAnswer(model, prompt, answer);
    byTokens.set(`${rendered.first} ${rendered.tokens.join(' ')}`, rendered);
  }
  return byTokens;
}

/** @throws {TypeError | RangeError} */
export function checkTexts(name: string, texts: unknown): asserts texts is EngramText[] {
  if (!Array.isArray(texts)) throw wrongType('an array of { prompt, answer }', name, texts);
  texts.forEach((text: unknown, index) => {
    const which = `${name}[${index}]`;
    checkOptions(which, text, ['prompt', 'answer']);
    const { prompt, answer } = text as Partial<EngramText>;
    checkString(`${which}.prompt`, prompt);
    checkString(`${which}.answer`, answer);
    if (answer.trim() === '') throw outOfRange('a text', `${which}.answer`, answer);
  });
}
