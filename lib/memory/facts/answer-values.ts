import { CODES, type Expected } from './answer-types.js';
import { isListedKind, isOfListedKind } from './kinds.js';
import {
  DETERMINERS,
  isNumber,
  isTimeWord,
  MONTHS,
  NUMBER_WORDS,
  POSSESSIVES,
  TIME_NOUNS,
} from './lexicon.js';
import { isPerson, isProper, isSmall } from './passages.js';
import { isKindOf, nounMeaning } from './thesaurus.js';
import type { Token } from './tokens.js';

const CLOCK =
  /^(?:\d{1,2}(?:[:.]\d{2})?(?:am|pm|h)?|noon|midnight|midday|o'clock|dawn|dusk|lunchtime|half)$/;
const UNIT =
  /^(?:second|minute|hour|day|night|week|weekend|fortnight|month|year|decade|semester|term)s?$/;
const CURRENCY =
  /^(?:[$€£¥]\d.*|\d.*[$€£¥%]|bucks?|dollars?|euros?|pounds?|quid|cents?|pence|percent|yen|kr|kroner|crowns?|rupees?|pesos?|francs?|grand|k)$/;
const FREQUENT =
  /^(?:every|once|twice|thrice|daily|weekly|monthly|yearly|hourly|nightly|times|always|never|rarely|seldom|sometimes)$/;
const REASON = /^(?:because|since|so|to|for|due|cause|cuz|as)$/;
const ORDINAL =
  /^(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|last|next)$/;
const PLACED =
  /^(?:in|at|on|under|behind|near|to|from|inside|above|below|between|beside|by|across|around|outside|over|off|into|onto|through|towards?|against|within|next|of)$/;

/** Whether a token may be (part of) a value of the type. `free`: it is no word of the question. */
export function valuesOf(
  tokens: readonly Token[],
  { type, noun }: Expected,
  free: (at: number) => boolean,
): number[] {
  const indices = tokens.map((_, at) => at).filter((at) => tokens[at]!.kind === 'word' && free(at));
  const lower = (at: number) => tokens[at]?.lower ?? '';
  const timed = (at: number) =>
    isTimeWord(lower(at)) || MONTHS.has(lower(at)) || TIME_NOUNS.has(lower(at));
  const digits = (at: number) => /\d/.test(lower(at));
  const number = (at: number) => isNumber(lower(at)) || (digits(at) && !/\p{L}/u.test(lower(at)));
  const content = (at: number) => !isSmall(tokens[at]!) || isProper(tokens, at);
  switch (type) {
    case 'person':
      return indices.filter((at) => isProper(tokens, at) || isPerson(tokens, at));
    case 'place':
      return indices.filter((at) => {
        if (!PLACED.test(lower(at)))
          return /^(?:upstairs|downstairs|abroad|overseas|home)$/.test(lower(at));
        let head = at + 1;
        while (DETERMINERS.has(lower(head)) || POSSESSIVES.has(lower(head))) head++;
        const value = tokens[head];
        if (!value || !free(head) || timed(head) || (lower(at) === 'to' && !isProper(tokens, head)))
          return false;
        if (lower(at) === 'of') return false;
        // "i major in chemistry"
        const vague = /^(?:in|at)$/.test(lower(at)) && head === at + 1 && !isProper(tokens, head);
        if (
          vague &&
          !/^(?:home|school|work|bed|town|church|college|university|class|court|hospital|prison|storage)$/.test(
            lower(head),
          ) &&
          !digits(head)
        )
          return false;
        return content(head) && !number(head) && !(ORDINAL.test(lower(head)) && timed(head + 1));
      });
    case 'time':
    case 'clock': {
      const year = noun === 'year';
      if (year) return indices.filter((at) => /^(?:19|20)\d\d$/.test(lower(at)));
      return indices.filter((at) => {
        if (type === 'clock')
          return (
            (CLOCK.test(lower(at)) ||
              (NUMBER_WORDS.has(lower(at)) &&
                /^(?:at|past|to|by|till|until|around|between)$/.test(lower(at - 1)))) &&
            !CURRENCY.test(lower(at + 1))
          );
        const clock = /^(?:at|by|around|till|until|past)$/.test(lower(at - 1)) && number(at);
        const subordinate = /^(?:when|after|before|since|until)$/.test(lower(at));
        return (
          timed(at) ||
          clock ||
          (ORDINAL.test(lower(at)) && /\d/.test(lower(at))) ||
          (subordinate && at + 1 < tokens.length)
        );
      });
    }
    case 'number':
      return indices.filter(
        (at) => number(at) && !lower(at).includes(':') && !isProper(tokens, at),
      );
    case 'amount':
      return indices.filter(
        (at) =>
          CURRENCY.test(lower(at)) || (number(at) && !timed(at + 1) && !lower(at).includes(':')),
      );
    case 'age':
      return indices.filter((at) => {
        const value = Number(lower(at));
        const plausible = Number.isNaN(value) ? isNumber(lower(at)) : value > 0 && value < 125;
        return (
          (plausible &&
            /^(?:is|am|are|'s|was|were|turned|turning|turns|turn|be|just|only|at|aged|almost|nearly|,|about)$/.test(
              lower(at - 1),
            ) &&
            !UNIT.test(lower(at + 1))) ||
          (plausible && /^(?:years?|yrs?)$/.test(lower(at + 1)) && lower(at + 2) === 'old')
        );
      });
    case 'duration':
      return indices.filter(
        (at) =>
          (UNIT.test(lower(at)) &&
            (isNumber(lower(at - 1)) ||
              /^(?:a|an|few|couple|half|several|of|whole|all)$/.test(lower(at - 1)))) ||
          (/^(?:since|until|till)$/.test(lower(at)) && at + 1 < tokens.length),
      );
    case 'frequency':
      return indices.filter(
        (at) =>
          FREQUENT.test(lower(at)) ||
          (timed(at) && lower(at).endsWith('s') && lower(at - 1) === 'on'),
      );
    case 'measure':
      return indices.filter((at) => number(at) && !timed(at + 1));
    case 'code':
      return indices.filter(
        (at) =>
          digits(at) ||
          /[_@#]/.test(tokens[at]!.text) ||
          (CODES.has(noun ?? '') && content(at) && /^(?:is|was|'s|:)$/.test(lower(at - 1))),
      );
    case 'name':
      return indices.filter((at) => isProper(tokens, at));
    case 'reason':
      return indices.filter((at) => REASON.test(lower(at)) && at + 1 < tokens.length);
    case 'kind':
      return indices.filter((at) => {
        // "the colour orange" is no fruit
        const said = nounMeaning(lower(at - 1));
        const other = isListedKind(said) && said !== noun && !isKindOf(said, noun!);
        return !other && isOfListedKind(nounMeaning(lower(at)), noun!);
      });
    default:
      return indices.filter((at) => content(at) && !timed(at));
  }
}
