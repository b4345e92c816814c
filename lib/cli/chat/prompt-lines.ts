import { createInterface, type Interface } from 'node:readline';

export interface PromptLinesOptions {
  /** A person types: show a prompt, edit lines. */
  readonly interactive: boolean;
  /** Ctrl-C. */
  readonly onInterrupt: () => void;
  /** Looks at a line as it comes; true = it is dealt with. */
  readonly intercept: (line: string) => boolean;
}

/** Lines that are read while others are worked on, given out in order. */
export class PromptLines implements Disposable {
  private readonly waiting: string[] = [];
  private readonly lines: Interface;
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(private readonly options: PromptLinesOptions) {
    const { interactive, onInterrupt, intercept } = options;
    this.lines = createInterface({
      input: process.stdin,
      ...(interactive ? { output: process.stdout } : {}),
      terminal: interactive,
      prompt: '> ',
    });
    this.lines.on('line', (line) => {
      if (intercept(line)) return;
      this.waiting.push(line);
      this.wake?.();
    });
    this.lines.on('close', () => {
      this.ended = true;
      this.wake?.();
    });
    // A terminal in raw mode gives Ctrl-C as a key, everything else as a signal.
    this.lines.on('SIGINT', onInterrupt);
    process.on('SIGINT', onInterrupt);
  }

  /** The next line; undefined at the end of input. */
  async next(): Promise<string | undefined> {
    while (this.waiting.length === 0) {
      if (this.ended) return undefined;
      if (this.options.interactive) this.lines.prompt();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.waiting.shift();
  }

  /** Ends the input; what was read and not given out is dropped. */
  close(): void {
    this.waiting.length = 0;
    this.lines.close();
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.options.onInterrupt);
    this.close();
  }
}
