import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a store and its server, and cuts the connection where it is told to. */
export class CutProxy {
  /** Messages of the client that still go through before the cut; undefined: no cut. */
  cutAfter: number | undefined;
  /** Whether the last of them still reaches the server, whose answer then does not come back. */
  swallowAnswer = false;
  cuts = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly target: string,
  ) {}

  /** @param target path of the server's socket */
  static async start(target: string): Promise<CutProxy> {
    const server = createServer();
    const proxy = new CutProxy(server, target);
    server.on('connection', (client) => proxy.join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  address(brain: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `postgres://graffiti@127.0.0.1:${port}/postgres?${new URLSearchParams({ brain })}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(client: Socket): void {
    const server = connect(this.target);
    let mute = false;
    const cut = () => {
      client.destroy();
      server.end();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', cut).on('end', cut);
    }
    client.on('data', (data) => {
      if (this.cutAfter === undefined) return void server.write(data);
      if (--this.cutAfter > 0) return void server.write(data);
      this.cutAfter = undefined;
      this.cuts++;
      mute = true;
      if (!this.swallowAnswer) return cut();
      server.write(data);
      server.once('data', cut); // it has done what it was asked to
    });
    server.on('data', (data) => {
      if (!mute) client.write(data);
    });
  }
}
