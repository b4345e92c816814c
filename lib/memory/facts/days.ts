import type { Token } from './tokens.js';

/** Days seen from the one on which something is said. */
const DAYS: Readonly<Record<string, string>> = {
  yesterday: 'yesterday', today: 'today', tonight: 'today', tomorrow: 'tomorrow',
}; // prettier-ignore

function daysIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ lower }) => (Object.hasOwn(DAYS, lower) ? [DAYS[lower]!] : []));
}

/** "who phoned |today|" is not answered by who phoned yesterday. */
export function isAtAnotherTime(told: readonly Token[], asked: readonly Token[]): boolean {
  const said = daysIn(told);
  return said.length > 0 && daysIn(asked).some((day) => !said.includes(day));
}
