import picocolors from 'picocolors';
import type { CommonOptions } from './describe.js';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours are for terminals, unless the environment says otherwise (no-color.org, force-color.org). */
function wantsColour(options: CommonOptions): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (options.json || !options.color || NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return Boolean(process.stdout.isTTY) && TERM !== 'dumb';
}

/**
 * Text from a model or a brain as a terminal may show it: control characters, which could move the
 * cursor or rename the window, become visible marks.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) =>
    character.charCodeAt(0) < 0x20
      ? String.fromCharCode(0x2400 + character.charCodeAt(0))
      : '\uFFFD',
  );
}

/** A text on one line, cut to `length` characters. */
export function oneLine(text: string, length = 100): string {
  const line = [...printable(text.replace(/\s+/g, ' ').trim())];
  return line.length > length ? `${line.slice(0, length - 1).join('')}…` : line.join('');
}

/** Where a command's results go: text for people, or JSON for programs, never both. */
export class Output {
  readonly json: boolean;
  readonly colours: Colours;

  constructor(options: CommonOptions) {
    this.json = options.json === true;
    this.colours = picocolors.createColors(wantsColour(options));
  }

  /** A line for people. */
  line(text = ''): void {
    this.write(`${text}\n`);
  }

  /** Text for people. */
  write(text: string): void {
    if (!this.json) process.stdout.write(text);
  }

  /** The object for programs, on one line. */
  object(value: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A line on standard error, which is never part of the result. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }
}

/** `graffiti … | head` is no failure: whoever reads has seen enough. */
export function endQuietlyOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
