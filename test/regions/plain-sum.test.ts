import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plainSum } from '../../lib/regions/plain-sum.js';

const sums: [text: string, ...numbers: string[]][] = [
  ['17+25', '17', '25'],
  ['17 + 25 =', '17', '25'],
  ['what is 17 + 25?', '17', '25'],
  ['What’s 2+2??', '2', '2'],
  ["what's 1,234 plus 5?", '1234', '5'],
  ['how much is 3 plus 4', '3', '4'],
  ['  How much\tis 3\nplus 4 ', '3', '4'],
  ['what does 3 plus 4 equal?', '3', '4'],
  ['3 plus 4 equals what?', '3', '4'],
  ['can you tell me what 3 + 4 is?', '3', '4'],
  ['do you know how much 17 + 25 is', '17', '25'],
  ['hi, what is 0 + 0?', '0', '0'],
  ['What would 6 + 6 be?', '6', '6'],
  ["I'd like to know what 14 + 9 makes", '14', '9'],
  ['give me 45 + 55', '45', '55'],
  ['What do you get when you add 12 and 13?', '12', '13'],
  ['If I add 2 to 3, what do I get?', '2', '3'],
  ['add 12 and 30', '12', '30'],
  ['please add 5 to 3', '5', '3'],
  ['Could you please add up 1, 2, and 3 for me?', '1', '2', '3'],
  ['what is the sum of 1,000 and 2?', '1000', '2'],
  ['calculate 1 + 2 + 3 + 4, please.', '1', '2', '3', '4'],
  ['what is 123456789012345678901234567890 + 1?', '123456789012345678901234567890', '1'],
];

const others = [
  '',
  '17',
  '17 + ',
  '+ 17',
  'my door code is 17 + 25 long',
  'i have 3 dogs and 4 cats',
  'we are 3 + 4 people',
  'remember 17 + 25',
  'is 3 + 4 7?',
  '3 + 4 = 7',
  'what is 17 - 5?',
  'what is 3 + 4 * 2?',
  'what is 3 + 4 - 2?',
  'what is -3 + 4?',
  'what is 1.5 + 2?',
  'what is 1,5 + 2?',
  'what is 3 + x?',
  'what is $3 + $4?',
  'what is 3 + 4 in binary?',
  'what is 3 and 4?',
  'what is 007 + 1?',
  'what is 1,23 + 4?',
  'add 3',
  'give me 45',
  'what do i get when i add 3 and 4 dogs?',
  'add 3 to my list',
  'add 3 and 4 to my list',
  'call me at 555-1234',
  'call +49 30 1234567',
  '+1 555 0100',
  '2024-01-02',
  '01.02.2024',
  '12/05 + 13/05',
  'on 3/4 or 5/6',
  '17 + 25 dogs',
  '3rd + 4th',
  'c++ 17',
  'what is 3 + 4? and what is 5 + 6?',
];

const number = fc.bigInt({ min: 0n, max: 10n ** 9n }).map(String);
const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ',');

describe('a plain sum', () => {
  for (const [text, ...numbers] of sums) {
    it(`is ${JSON.stringify(text)}`, () => assert.deepEqual(plainSum(text), numbers));
  }

  for (const text of others) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(plainSum(text), undefined));
  }

  it('is found with any numbers, however they are written and asked for', () =>
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 2, maxLength: 6 }),
        fc.constantFrom('+', ' + ', ' plus ', '  +'),
        fc.constantFrom('', 'what is ', "What's ", 'how much is ', 'please calculate '),
        fc.constantFrom('', '?', ' ?', '.', ' = ?', ', please'),
        fc.boolean(),
        (numbers, plus, before, after, separated) => {
          const written = separated ? numbers.map(grouped) : numbers;
          assert.deepEqual(plainSum(before + written.join(plus) + after), numbers);
        },
      ),
    ));

  it('is not what has another word in it', () =>
    fc.assert(
      fc.property(number, number, fc.stringMatching(/^[b-z]{5,9}$/), (first, second, word) => {
        fc.pre(!['please', 'solve', 'thanks', 'equals', 'makes', 'gives'].includes(word));
        assert.equal(plainSum(`${word} ${first} + ${second}`), undefined);
        assert.equal(plainSum(`${first} ${word} + ${second}`), undefined);
        assert.equal(plainSum(`what is ${first} + ${second} ${word}`), undefined);
      }),
    ));

  it('is looked for in any text, in linear time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(plainSum(text), undefined);
      }),
    );
    // Matching that takes more than linear time would not end here.
    for (const part of ['1+', '1 + ', 'please ', ' ', 'add 1, and ', '1,111', 'what is ', '= ?']) {
      for (const end of ['', 'x', '1']) plainSum(part.repeat(5000).slice(0, 999) + end);
      plainSum(part.repeat(100_000));
    }
  });
});
