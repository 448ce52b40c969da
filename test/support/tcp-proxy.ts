// A wire between the service and a server that tests can listen to.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class TcpProxy {
  /** What the service wrote, a chunk for each write that arrived by itself. */
  readonly written: Buffer[] = [];
  /** What the server answered. */
  readonly answered: Buffer[] = [];

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.join(client, upstream, this.written);
    this.join(upstream, client, this.answered);
  });

  private constructor(private readonly target: URL) {}

  /** Listens in front of the server at that URL. */
  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The URL of the server, by way of the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  forget(): void {
    this.written.length = 0;
    this.answered.length = 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(from: Socket, to: Socket, seen: Buffer[]): void {
    this.sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      seen.push(chunk);
      to.write(chunk);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
