/**
 * Finds questions that ask for a sum of non-negative integers and for nothing else. The whole text has to
 * be one: "my door code is 17 + 25 long" tells something, and "3 + 4 * 2" is another question.
 */

/** Longer texts ask for more than a sum. */
const LONGEST = 1000;

/** 0, 17, 1234 or 1,234. A leading zero makes a code or a date, no number. */
const NUMBER = '(?:0|[1-9]\\d{0,2}(?:,\\d{3})+|[1-9]\\d*)';
const PLUS = ' ?(?:\\+|plus) ?';
const LISTED = `(?:${PLUS}| and |, (?:and )?)`;

const GREETING = '(?:hi|hello|hey|ok|okay|so|well|and|now|then|please|quick question)[,.!:]? ';
const POLITE = '(?:(?:can|could|would|will) you )?(?:please )?';
const WHAT =
  "(?:what(?:['’]?s| is| are| does| do| would| will| about)?|how (?:much|many)(?: is| are| does| do)?)";
const KNOW =
  "(?:do you know |(?:tell|show|give) me |i(?: want| need| would like|['’]?d like) to know )";
const OUTCOME = '(?:the )?(?:result|answer|value|total) (?:of|to|for) ';
const COMPUTE = '(?:calculate|compute|work out|figure out|solve|evaluate|what about|how about) ';
const ASKED = `(?:${POLITE}(?:${KNOW}(?:${WHAT} )?|${WHAT} )(?:${OUTCOME})?|${POLITE}${COMPUTE})`;
const YOU = '(?:you|i|we)';
/** "what do you get when you add 1 and 2" and "if i add 1 and 2, what do i get". */
const GET_BEFORE = `what (?:do|would|will) ${YOU} get (?:when|if) ${YOU} `;
const GET_AFTER = `,? what (?:do|would|will) ${YOU} get`;
const ADD = `(?:(?:add|sum)(?: up| together)?|(?:${ASKED}|${POLITE}${KNOW})?(?:the )?(?:sum|total) of) `;
const OUTCOME_AFTER =
  ' ?(?:=|(?:is )?equal(?:s|s? to)?|is|are|makes?|gives?|comes? to|be|make)(?: what)?';
const POLITE_AFTER = ',? (?:together|please|for me|now|thanks|thank you)';

/** Numbers with signs between them, or listed after "add". */
const SUM = new RegExp(
  `^(?:${GREETING}){0,3}` +
    `(?:${ASKED}?(?<signed>${NUMBER}(?:${PLUS}${NUMBER})+)` +
    `|(?:${POLITE}|${GET_BEFORE}|(?:if|when) ${YOU} )${ADD}(?<listed>${NUMBER}(?:${LISTED}${NUMBER})+|${NUMBER} (?:to|with) ${NUMBER}))` +
    `(?:${OUTCOME_AFTER}|${GET_AFTER})?(?:${POLITE_AFTER}){0,2} ?[?.!=]*$`,
);

/**
 * The numbers of a text that is plainly a sum, in decimal notation without separators, at least two;
 * undefined for any other text.
 */
export function plainSum(text: string): readonly string[] | undefined {
  if (text.length > LONGEST) return undefined;
  const asked = SUM.exec(text.toLowerCase().trim().replace(/\s+/g, ' '))?.groups;
  const numbers = asked?.signed ?? asked?.listed;
  return numbers?.match(new RegExp(NUMBER, 'g'))?.map((number) => number.replaceAll(',', ''));
}
