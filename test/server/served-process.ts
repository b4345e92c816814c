import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { COMMAND, environment } from '../cli/graffiti-command.js';

/** `graffiti serve` in a process of its own, with the built-in model, on one thread. */
export class ServedProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
  ) {}

  /**
   * Resolves once it listens.
   *
   * @param place of the brains, as `--brains` or `--store` take it
   * @param command arguments of node that run `graffiti`
   */
  static async start(place: string, command: readonly string[] = COMMAND): Promise<ServedProcess> {
    const kind = place.startsWith('postgres:') ? '--store' : '--brains';
    const child = spawn(
      process.execPath,
      [
        ...command,
        ...['serve', '--json', '--port', '0', kind, place],
        ...['--threads', '1', '--log-level', 'error'],
      ],
      { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(child, 'exit').then(() => {
      throw new Error('The server ended before it listened.');
    });
    const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
    const [listens] = await Promise.race([line, ended]);
    ended.catch(() => {}); // from here on its end is what the caller asks for
    return new ServedProcess(child, (JSON.parse(listens) as { address: string }).address);
  }

  /** SIGKILL: nothing of it runs any more when this resolves. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
  }

  send(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    return fetch(this.address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...init,
    });
  }

  get(path: string): Promise<Response> {
    return fetch(this.address + path);
  }
}
