// The HTTP server of the simulator: the gateways, a page with what arrived, and the same as JSON.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLocalHost } from '../../common/local-host.ts';
import { SIMULATOR_REQUEST_TIMEOUT_MS } from '../../config/time-budgets.ts';
import type { GatewayRequest, GatewayResponse } from './provider-simulation.ts';
import type { Simulator } from './simulator.ts';
import { PAGE_POLICY, simulatorPage } from './simulator-page.ts';

const BODY_LIMIT_BYTES = 256 * 1024;
/** The page shows this many. */
const SHOWN_MESSAGES = 100;

interface SimulatorPage {
  readonly settingsLines: readonly string[];
  /** The simulator listens on loopback, so only a name of this machine leads here honestly. */
  readonly isLocalOnly: boolean;
}

const MISDIRECTED: GatewayResponse = {
  status: 421,
  contentType: 'text/plain',
  body: 'The simulator answers to names of this machine only.',
};

export class SimulatorServer {
  private readonly server: Server;
  private page: SimulatorPage | undefined;

  constructor(private readonly simulator: Simulator) {
    this.server = createServer({ requestTimeout: SIMULATOR_REQUEST_TIMEOUT_MS }, (request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  /**
   * @param settingsOf the settings that point Yanzheng to a URL of the simulator, shown on the page. `undefined`: no page.
   * @returns the URL.
   * @throws Error if the port is in use.
   */
  async start(host: string, port: number, settingsOf?: (url: string) => readonly string[]): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    const { port: actual } = this.server.address() as AddressInfo;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
    if (settingsOf)
      this.page = { settingsLines: settingsOf(url), isLocalOnly: isLocalHost(new URL(url).host) };
    return url;
  }

  async stop(): Promise<void> {
    this.simulator.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const url = new URL(incoming.url ?? '/', 'http://simulator');
    if (body === undefined) return write(response, { status: 413, contentType: 'text/plain', body: '' });
    const request: GatewayRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body,
      receivedAtMs: Date.now(),
    };
    const own = this.ownResponse(request);
    if (own) return write(response, own, { 'content-security-policy': PAGE_POLICY });
    const reaction = await this.simulator.receive(request);
    switch (reaction.kind) {
      case 'respond':
        return write(response, reaction.response);
      case 'half_response':
        return writeHalf(response, reaction.response);
      case 'reset':
        incoming.socket.resetAndDestroy();
        return;
      case 'hang':
        return;
    }
  }

  /** The page and the data of the simulator itself. A platform has no GET without parameters at these paths. */
  private ownResponse({ method, path, query, headers }: GatewayRequest): GatewayResponse | undefined {
    if (this.page === undefined || method !== 'GET' || query.size > 0) return undefined;
    if (path !== '/' && path !== '/messages.json') return undefined;
    if (this.page.isLocalOnly && !isLocalHost(headers.host ?? '')) return MISDIRECTED;
    const messages = this.simulator.log.latest.slice(0, SHOWN_MESSAGES);
    if (path === '/messages.json')
      return { status: 200, contentType: 'application/json', body: JSON.stringify({ messages }) };
    const body = simulatorPage(messages, this.page.settingsLines);
    return { status: 200, contentType: 'text/html; charset=utf-8', body };
  }
}

/** @returns `undefined` above the limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function write(
  response: ServerResponse,
  { status, contentType, body }: GatewayResponse,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, {
      'content-type': contentType,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    .end(body);
}

function writeHalf(response: ServerResponse, { status, contentType, body }: GatewayResponse): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, Math.ceil(body.length / 2)), () => response.socket?.destroy());
}
