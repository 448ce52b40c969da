// A load balancer of a drill: it takes turns between the instances whose `/readyz` returns 200, keeps its connections to
// them open, and repeats no request.

import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const CHECK_INTERVAL_MS = 500;
const CHECK_TIMEOUT_MS = 2000;
/** Longer than any response takes. */
const RESPONSE_TIMEOUT_MS = 15_000;
/** What a client gets whose request the balancer cannot pass on. */
const BAD_GATEWAY = 502;

export class Balancer {
  private ready: readonly string[] = [];
  private turn = 0;
  private timer: NodeJS.Timeout | undefined;
  /** With a time-out, it closes an idle connection a second before the time that `Keep-Alive` announces. */
  private readonly agent = new Agent({ keepAlive: true, timeout: RESPONSE_TIMEOUT_MS });
  private readonly server = createServer((incoming, response) => this.pass(incoming, response));

  /** `instances` are the URLs of all instances, whether or not they run. */
  constructor(private readonly instances: readonly string[]) {}

  /** Returns its URL. */
  async start(): Promise<string> {
    await this.check();
    this.timer = setInterval(() => void this.check(), CHECK_INTERVAL_MS);
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Whether the balancer sends requests to this instance. */
  sendsTo(instance: string): boolean {
    return this.ready.includes(instance);
  }

  private async check(): Promise<void> {
    const areReady = await Promise.all(this.instances.map(isReady));
    this.ready = this.instances.filter((_instance, index) => areReady[index]);
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const target = this.ready[this.turn % this.ready.length];
    this.turn += 1;
    const fail = (reason: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(BAD_GATEWAY).end(`the load balancer: ${reason}`);
    };
    if (target === undefined) {
      fail('no instance is ready');
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = request(
      new URL(url ?? '/', target),
      { method, headers, agent: this.agent },
      (answer) => {
        const { connection: _ofThisHop, ...passed } = answer.headers;
        response.writeHead(Number(answer.statusCode), passed);
        answer.on('error', fail).pipe(response);
      },
    );
    incoming.pipe(outgoing.on('error', fail));
  }
}

async function isReady(instance: string): Promise<boolean> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const response = await fetch(`${instance}/readyz`, { signal }).catch(() => undefined);
  await response?.text().catch(() => {});
  return response?.ok ?? false;
}
