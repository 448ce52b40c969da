// A TCP proxy between the service and a server, which tests can observe, slow down, interrupt and redirect.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export class TcpProxy {
  /** What the service wrote: one chunk for each write that arrived separately. */
  readonly written: Buffer[] = [];
  /** What the server replied. */
  readonly answered: Buffer[] = [];

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.join(client));
  /** Delayed replies, the oldest first. */
  private readonly delayed: { timer: NodeJS.Timeout; pass: () => void }[] = [];
  private port = 0;
  private delayMs = 0;
  private resets = false;
  /** How many replies pass before the delay starts, and before the cut. */
  private untilDelay = 0;
  private untilCut = Number.POSITIVE_INFINITY;
  private cutShare = 0;

  private constructor(private target: URL) {}

  /** Listens in front of the server at that URL. */
  static async start(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await proxy.listen();
    return proxy;
  }

  /** The URL of the server with the port of the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  /** Clears `written` and `answered`. */
  forget(): void {
    this.written.length = 0;
    this.answered.length = 0;
  }

  /** Delays every reply from the `first` on. */
  delayReplies(milliseconds: number, first = 1): void {
    this.delayMs = milliseconds;
    this.untilDelay = first - 1;
  }

  /**
   * Closes the connection within every reply from the `first` on, after its first byte or after a share of it. With a
   * share, several replies that arrive together may pass in part.
   */
  cutReplies(first = 1, share = 0): void {
    this.untilCut = first - 1;
    this.cutShare = share;
  }

  /** Accepts connections, and resets them before the server receives anything. */
  resetConnections(): void {
    this.dropConnections();
    this.resets = true;
  }

  /** Closes all connections, and accepts no new ones. */
  async refuseConnections(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.dropConnections();
    await closed;
  }

  /** Connects new clients to another server. Open connections stay. */
  redirectTo(url: string): void {
    this.target = new URL(url);
  }

  /** Ends every interference. Delayed replies pass first. */
  async restore(): Promise<void> {
    for (const { timer, pass } of this.delayed.splice(0)) {
      clearTimeout(timer);
      pass();
    }
    this.delayMs = 0;
    this.untilCut = Number.POSITIVE_INFINITY;
    this.resets = false;
    if (!this.server.listening) await this.listen();
  }

  async stop(): Promise<void> {
    for (const { timer } of this.delayed) clearTimeout(timer);
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
        const bytes = Math.max(1, Math.floor(reply.length * this.cutShare));
        client.write(reply.subarray(0, bytes), () => client.destroy());
        return;
      }
      const pass = () => client.write(reply);
      if (this.delayMs === 0 || this.untilDelay-- > 0) pass();
      else this.delayed.push({ timer: setTimeout(() => this.delayed.shift()?.pass(), this.delayMs), pass });
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
