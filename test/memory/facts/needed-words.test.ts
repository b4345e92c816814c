import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { neededWords } from '../../../lib/memory/facts/needed-words.js';
import { ASKED, CONTRAST, marked, TOLD } from '../../../lib/memory/facts/turns.js';
import { generateFactCases } from '../../../lib/eval/fact-episodes.js';
import { tokenize } from '../../../lib/memory/facts/tokens.js';

const needs = (pattern: string) => neededWords(pattern).map((some) => [...some].join('/'));

describe('words that a pattern needs', () => {
  it('are those that are spelled out and not optional', () => {
    assert.deepEqual(needs('no (?:other )?dog beats .+'), ['no', 'dog', 'beats']);
    assert.deepEqual(needs('(?:i|we) work(?:s)? (?:for|under) a boss'), ['i/we', 'for/under', 'a', 'boss']);
    assert.deepEqual(needs('(?:.* )?know(?:n)? as (?<value>.{1,9}?)'), ['as']);
    assert.deepEqual(needs('colou?r (?!one\\b)[\\p{L}-]+ is'), ['is']);
    assert.deepEqual(needs('(?:a|b{0,2}|c)'), []);
    assert.deepEqual(needs('foo ?bar baz'), ['baz']);
  }); // prettier-ignore

  it('are in every sentence that a turn of phrase fits', () => {
    let fitted = 0;
    for (const { steps } of generateFactCases(300, 7))
      for (const step of steps) {
        const text = 'tell' in step ? step.tell : 'ask' in step ? step.ask : '';
        const tokens = tokenize(text).filter(({ lower }) => !/^[.?!]$/.test(lower));
        const joined = tokens.map(({ lower }) => marked(lower)).join(' ');
        const words = new Set(tokens.map(({ lower }) => lower));
        for (const turn of [...TOLD, ...ASKED, ...CONTRAST]) {
          if (!turn.said.test(joined)) continue;
          fitted++;
          for (const some of turn.needs)
            assert.ok(
              [...some].some((word) => words.has(word)),
              `${text}: ${[...some].join('/')}`,
            );
        }
      }
    assert.ok(fitted > 10);
  });
});
