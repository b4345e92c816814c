import { tokenize } from './tokens.js';

/** "please forget …", "erase my …": the words before what is to be forgotten. */
const REQUEST =
  /^(?:(?:please|can you|could you|would you|will you|i want you to|you can|you should|now|ok|okay|,) )*(?:(?:forget|unlearn)(?: (?:about|everything about|all about|everything you know about|what i (?:said|told you) about|that i told you about|the fact that|that))?|(?:delete|erase|remove|wipe|drop|clear|do not remember|stop remembering)(?=(?: everything about)? (?:my|our|what|where)\b)(?: everything about)?) (?=\S)/;
const ENDING = /(?: (?:please|now|again|from (?:your |the )?memory|immediately|ok|okay|thanks))+$/;
/** What names nothing: "forget it". */
const NOTHING =
  /^(?:it|that|this|about it|about that|everything|all|me|him|her|them|you|to|what|i)(?: .{0,3})?$/;

/** What a turn asks to forget ("my password"), as it was said. Undefined for every other turn. */
export function forgetRequest(text: string): string | undefined {
  const tokens = tokenize(text).filter(({ kind, text: mark }) => kind !== 'mark' || mark === ',');
  const lower = tokens.map((token) => token.lower).join(' ');
  const request = REQUEST.exec(lower)?.[0];
  if (!request) return undefined;
  const first = request.trim().split(' ').length;
  const ending = ENDING.exec(lower)?.[0].trim().split(' ').length ?? 0;
  const topic = tokens.slice(first, tokens.length - ending);
  if (topic.length === 0 || NOTHING.test(topic.map((token) => token.lower).join(' ')))
    return undefined;
  return text.slice(topic[0]!.start, topic.at(-1)!.end);
}
