const BEGINNING = /^(?:start|begin|open|unlock|board)$/;
const ENDING = /^(?:end|finish|stop|close|shut|lock|last|run out)$/;
const LEAVING = /^(?:leav|depart|go|take off)$/;
const COMING = /^(?:come|arriv|return|land)$/;
const PAIRS: readonly (readonly [RegExp, RegExp])[] = [
  [BEGINNING, ENDING],
  [LEAVING, COMING],
  [/^(?:take|keep|get|bui)$/, /^(?:give|lose|sell|lend)$/],
];

/** Whether one verb says the contrary of the other: when a shop closes is not when it opens. Verbs by their stems. */
export function areOpposite(one: string, other: string): boolean {
  return PAIRS.some(
    ([first, second]) =>
      (first.test(one) && second.test(other)) || (second.test(one) && first.test(other)),
  );
}
