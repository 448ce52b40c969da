// A wire between the service and a server that tests can listen to, slow down, cut and lay anew.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class TcpProxy {
  /** What the service wrote, a chunk for each write that arrived by itself. */
  readonly written: Buffer[] = [];
  /** What the server answered. */
  readonly answered: Buffer[] = [];

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.join(client));
  /** Replies that wait, oldest first. */
  private readonly late: { timer: NodeJS.Timeout; pass: () => void }[] = [];
  private port = 0;
  private delayMs = 0;
  private resets = false;
  /** How many replies pass before the delay, and before the cut. */
  private untilDelay = 0;
  private untilCut = Number.POSITIVE_INFINITY;

  private constructor(private target: URL) {}

  /** Listens in front of the server at that URL. */
  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await proxy.listen();
    return proxy;
  }

  /** The URL of the server, by way of the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  forget(): void {
    this.written.length = 0;
    this.answered.length = 0;
  }

  /** Every reply from the `first` on comes so much later. */
  delayReplies(milliseconds: number, first = 1): void {
    this.delayMs = milliseconds;
    this.untilDelay = first - 1;
  }

  /** Every reply from the `first` on ends in its middle, and its connection with it. */
  cutReplies(first = 1): void {
    this.untilCut = first - 1;
  }

  /** Connections come about, and are reset before the server sees what is written. */
  resetConnections(): void {
    this.dropConnections();
    this.resets = true;
  }

  /** No connection stays, and none comes about. */
  async refuseConnections(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.dropConnections();
    await closed;
  }

  /** New connections lead to another server; those that stand stay where they are. */
  leadTo(url: string): void {
    this.target = new URL(url);
  }

  /** From now on everything passes as it comes, and what waited passes first. */
  async restore(): Promise<void> {
    for (const { timer, pass } of this.late.splice(0)) {
      clearTimeout(timer);
      pass();
    }
    this.delayMs = 0;
    this.untilCut = Number.POSITIVE_INFINITY;
    this.resets = false;
    if (!this.server.listening) await this.listen();
  }

  async stop(): Promise<void> {
    for (const { timer } of this.late) clearTimeout(timer);
    if (this.server.listening) await this.refuseConnections();
  }

  private async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  private dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private join(client: Socket): void {
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.tie(client, upstream);
    this.tie(upstream, client);
    client.on('data', (chunk: Buffer) => {
      if (this.resets) return client.resetAndDestroy();
      this.written.push(chunk);
      return upstream.write(chunk);
    });
    upstream.on('data', (reply: Buffer) => {
      this.answered.push(reply);
      if (this.untilCut-- <= 0) {
        client.write(reply.subarray(0, reply.length / 2), () => client.destroy());
        return;
      }
      const pass = () => client.write(reply);
      if (this.delayMs === 0 || this.untilDelay-- > 0) pass();
      else this.late.push({ timer: setTimeout(() => this.late.shift()?.pass(), this.delayMs), pass });
    });
  }

  private tie(socket: Socket, other: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      other.destroy();
    });
  }
}
