/** Why work was aborted: the user, or the system, asked the process to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** 128 + the signal's number, as a shell reports it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * While this lives, the first Ctrl-C (or SIGTERM) aborts `signal`, so that work ends in order and
 * temporary files are removed; a second one ends the process at once.
 */
export class Interrupt implements Disposable {
  private readonly controller = new AbortController();

  constructor() {
    for (const name of Object.keys(EXIT_CODES)) process.on(name, this.onSignal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose](): void {
    for (const name of Object.keys(EXIT_CODES)) process.off(name, this.onSignal);
  }

  private readonly onSignal = (name: keyof typeof EXIT_CODES): void => {
    if (this.signal.aborted) process.exit(EXIT_CODES[name]);
    this.controller.abort(new Interrupted(EXIT_CODES[name]));
  };
}
