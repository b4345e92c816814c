/** One line on standard error that is written over; nothing where that is no terminal. */
export class Progress implements Disposable {
  private shown = '';

  show(what: string, fraction: number): void {
    if (!process.stderr.isTTY) return;
    const text = `${what} ${Math.round(fraction * 100)} %`;
    if (text === this.shown) return;
    this.shown = text;
    process.stderr.write(`\r\x1b[2K${text}`);
  }

  [Symbol.dispose](): void {
    if (this.shown !== '') process.stderr.write('\r\x1b[2K');
    this.shown = '';
  }
}
