/**
 * Argument checks. Every refusal has one shape, "Expected ⟨what⟩ for ⟨name⟩ but received ⟨value⟩ of
 * type ⟨type⟩": a `TypeError` for the wrong type, a `RangeError` for a right type out of range.
 */

const SHOWN_LENGTH = 80;

/** A value as it appears in a message: one line, at most about 80 characters. */
function shown(value: unknown): string {
  let text: string;
  try {
    if (typeof value === 'string') text = JSON.stringify(value.slice(0, SHOWN_LENGTH + 1));
    else if (typeof value === 'bigint') text = `${value}n`;
    else if (typeof value === 'function') text = value.name || 'a function';
    else if (typeof value === 'object' && value !== null)
      text = JSON.stringify(value) ?? 'an object';
    else text = String(value);
  } catch {
    text = 'an object'; // cycles, bigints inside, getters that throw
  }
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  const constructor = (prototype as { constructor?: { name?: unknown } } | null)?.constructor;
  return typeof constructor?.name === 'string' && constructor.name ? constructor.name : 'object';
}

function message(what: string, name: string, value: unknown): string {
  return `Expected ${what} for ${name} but received ${shown(value)} of type ${typeName(value)}`;
}

/** The error for a value of the wrong type. `what` reads like "a string". */
export function wrongType(what: string, name: string, value: unknown): TypeError {
  return new TypeError(message(what, name, value));
}

/** The error for a value of the right type that is out of range. */
export function outOfRange(what: string, name: string, value: unknown): RangeError {
  return new RangeError(message(what, name, value));
}

/** @throws {TypeError} unless `value` is a string. */
export function checkString(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw wrongType('a string', name, value);
}

/** @throws {TypeError} unless `value` is true or false. */
export function checkBoolean(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw wrongType('true or false', name, value);
}

/** @throws {TypeError} unless `value` is a function. */
export function checkFunction(
  name: string,
  value: unknown,
): asserts value is (...values: never[]) => unknown {
  if (typeof value !== 'function') throw wrongType('a function', name, value);
}

/**
 * A finite number from `min` to `max`, both included.
 *
 * @throws {TypeError} when it is no number.
 * @throws {RangeError} when it is NaN, infinite, fractional where an integer is asked, or outside.
 */
export function checkNumber(
  name: string,
  value: unknown,
  { min = -Infinity, max = Infinity, integer = false } = {},
): asserts value is number {
  const kind = integer ? 'an integer' : 'a finite number';
  const above = min === -Infinity ? '' : ` from ${min}`;
  const below = max === Infinity ? (above ? ' up' : '') : ` to ${max}`;
  const what = `${kind}${above}${below}`;
  if (typeof value !== 'number') throw wrongType(what, name, value);
  const fits = integer ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (!fits || value < min || value > max) throw outOfRange(what, name, value);
}

/** @throws {TypeError} when it is no string. @throws {RangeError} when it is none of `choices`. */
export function checkOneOf<Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
): asserts value is Choice {
  const what = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  if (typeof value !== 'string') throw wrongType(what, name, value);
  if (!(choices as readonly string[]).includes(value)) throw outOfRange(what, name, value);
}

/** @throws {TypeError} unless `value` is an array of strings. */
export function checkStrings(name: string, value: unknown): asserts value is string[] {
  if (!Array.isArray(value)) throw wrongType('an array of strings', name, value);
  value.forEach((item, index) => checkString(`${name}[${index}]`, item));
}

/** @throws {TypeError} unless `value` is an AbortSignal or undefined. */
export function checkSignal(
  name: string,
  value: unknown,
): asserts value is AbortSignal | undefined {
  if (value !== undefined && !(value instanceof AbortSignal)) {
    throw wrongType('an AbortSignal', name, value);
  }
}

/**
 * An options object that holds only `known` names, so that a misspelt option is an error and not
 * silently ignored.
 *
 * @throws {TypeError} when it is no plain object, or holds a name that is not known.
 */
export function checkOptions(name: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongType('an object', name, value);
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new TypeError(
        `Expected only ${known.join(', ')} in ${name} but received the unknown option ${shown(key)}`,
      );
    }
  }
}
