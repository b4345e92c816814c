import { InvalidArgumentError } from 'commander';

/** The argument of commands that open a brain. */
export const BRAIN_ARGUMENT = [
  '<brain>',
  'brain file, or an address like postgres://user@host/database?brain=NAME',
] as const;

/** Parsers of option values. Ranges are checked by the library, which knows them. */

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError('It is no number.');
  return value;
}

export function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError('It is no integer.');
  return Number(text);
}

/** For options that may be given several times. */
export function collected(text: string, earlier: string[] = []): string[] {
  return [...earlier, text];
}

/** For ids given one after the other. */
export function collectedIds(text: string, earlier: number[] = []): number[] {
  return [...earlier, integer(text.replace(/^#/, ''))];
}

const UNITS = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3, w: 604_800e3 } as const;

/** A date (2026-01-31, 2026-01-31T12:00) or an age (30m, 12h, 7d, 2w), in ms since 1970. */
export function pointInTime(text: string): number {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count) return Date.now() - Number(count) * UNITS[unit as keyof typeof UNITS];
  const time = /^\d{4}-/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError('Give a date like 2026-01-31 or an age like 12h, 7d, 2w.');
  }
  return time;
}
