import type { TokenEvent } from '../session/index.js';
import { type Colours, printable } from './output.js';

/**
 * A token is coloured by how much more, or less, likely the memory made it: exp(shift), the ratio of
 * its probabilities with and without memory. KL would colour a place, not the word that stands there.
 */
const MORE = [
  [2.5, 'red'],
  [1.5, 'magenta'],
  [1.1, 'yellow'],
] as const;
const LESS = [
  [1.5, 'blue'],
  [1.1, 'cyan'],
] as const;

/** The token as it is shown. Underlined: without memory another one would have been most probable. */
export function coloured({ text, influence }: TokenEvent, colours: Colours): string {
  const shown = printable(text);
  if (!influence) return shown;
  const [, space, word] = /^(\s*)(.*)$/s.exec(shown)!;
  if (word === '') return shown;
  const ratio = Math.exp(influence.shift);
  const colour =
    MORE.find(([least]) => ratio >= least)?.[1] ?? LESS.find(([least]) => ratio <= 1 / least)?.[1];
  const tinted = colour ? colours[colour](word) : word!;
  return space + (influence.flipped ? colours.underline(tinted) : tinted);
}

/** What the colours mean. */
export function legend(colours: Colours): string {
  const names = (levels: typeof MORE | typeof LESS) =>
    [...levels]
      .reverse()
      .map(([least, name]) => colours[name](`${name} ${least}×`))
      .join(', ');
  return (
    `Colours: memory made a word more likely: ${names(MORE)}; less likely: ${names(LESS)}. ` +
    `${colours.underline('Underlined')}: without memory another word was the most probable.`
  );
}
