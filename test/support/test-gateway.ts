// A Yuntongxun of the tests' own: keeps what it is asked, and answers as it is told.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';

export interface GatewayRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly to: string;
  readonly code: string;
  readonly minutes: string;
  readonly body: Record<string, unknown>;
}

export type Answer = (response: ServerResponse, request: GatewayRequest) => unknown;

export const success: Answer = (response) =>
  json(response, 200, {
    statusCode: '000000',
    templateSMS: { smsMessageSid: '3f2c9d0a5b7e4c1d8e6f00112233aabb', dateCreated: '20260302003001' },
  });

export const refusal =
  (statusCode: string, httpStatus = 200): Answer =>
  (response) =>
    json(response, httpStatus, { statusCode, statusMsg: '短信' });

export const silence: Answer = () => {};

export const reset: Answer = (response) => response.destroy();

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export class TestGateway {
  /** Everything that it was asked, oldest first. */
  readonly requests: GatewayRequest[] = [];
  answer: Answer = success;

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer(async (request, response) => {
    const body = JSON.parse(await readText(request));
    const [code, minutes] = body.datas;
    const taken = { path: request.url ?? '', headers: request.headers, to: body.to, code, minutes, body };
    this.requests.push(taken);
    await this.answer(response, taken);
  }).on('connection', (socket) => {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  });

  get lastCode(): string {
    const last = this.requests.at(-1);
    if (!last) throw new Error('the gateway was asked for no text');
    return last.code;
  }

  get connections(): number {
    return this.sockets.size;
  }

  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
