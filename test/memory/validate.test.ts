import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GraffitiError, throwIfAborted } from '../../lib/errors.js';
import {
  checkNumber,
  checkOneOf,
  checkOptions,
  checkSignal,
  wrongType,
} from '../../lib/validate.js';

describe('argument checks', () => {
  it('have one message shape', () => {
    const cases: [() => void, string][] = [
      [
        () => checkNumber('rate', '1', { min: 0, max: 10 }),
        'TypeError: Expected a finite number from 0 to 10 for rate but received "1" of type string',
      ],
      [
        () => checkNumber('rate', NaN, { min: 0 }),
        'RangeError: Expected a finite number from 0 up for rate but received NaN of type number',
      ],
      [
        () => checkNumber('limit', 1.5, { max: 3, integer: true }),
        'RangeError: Expected an integer to 3 for limit but received 1.5 of type number',
      ],
      [
        () => checkOneOf('by', 'robot', ['human', 'rule']),
        "RangeError: Expected one of 'human', 'rule' for by but received \"robot\" of type string",
      ],
      [
        () => checkSignal('signal', {}),
        'TypeError: Expected an AbortSignal for signal but received {} of type Object',
      ],
      [
        () => checkOptions('options', null, ['a']),
        'TypeError: Expected an object for options but received null of type null',
      ],
      [
        () => checkOptions('options', { aa: 1 }, ['a', 'b']),
        'TypeError: Expected only a, b in options but received the unknown option "aa"',
      ],
    ];
    for (const [check, message] of cases) {
      assert.throws(
        check,
        (error) => String(error) === message || assert.equal(String(error), message),
      );
    }
  });

  it('show any value in a short line', () =>
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
        (value) => {
          const { message } = wrongType('a string', 'text', value);
          assert.match(message, /^Expected a string for text but received /);
          assert.ok(message.length < 200 && !message.includes('\n'), message);
        },
      ),
    ));

  it('show values that cannot be turned into text', () => {
    const cycle: Record<string, unknown> = { big: 1n };
    cycle.self = cycle;
    const hostile = { toJSON: () => assert.fail() };
    for (const value of [
      cycle,
      hostile,
      Symbol('s'),
      () => 1,
      Object.create(null),
      new (class Own {})(),
    ]) {
      assert.match(
        wrongType('a', 'b', value).message,
        /^Expected a for b but received .+ of type \w+$/,
      );
    }
  });
});

describe('errors', () => {
  it('carry code and cause', () => {
    const cause = new Error('underneath');
    const error = new GraffitiError('ERR_BUSY', 'Busy; try again.', { cause });
    assert.ok(error instanceof Error);
    assert.deepEqual([error.name, error.code, error.cause], ['GraffitiError', 'ERR_BUSY', cause]);
    assert.ok(!('cause' in new GraffitiError('ERR_BUSY', 'x')));
  });

  it('say who aborted and why', () => {
    throwIfAborted(undefined, 'Telling');
    throwIfAborted(new AbortController().signal, 'Telling');
    assert.throws(() => throwIfAborted(AbortSignal.abort('why'), 'Telling'), {
      code: 'ERR_ABORTED',
      cause: 'why',
      message: 'Telling was aborted by its caller.',
    });
  });
});
