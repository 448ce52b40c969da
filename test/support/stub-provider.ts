// A provider over HTTP for the tests: records every request as it arrived and answers as a test says.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body, read as UTF-8. */
  readonly body: string;
}

export type StubAnswer = (response: ServerResponse, request: RecordedRequest) => unknown;

/** Answers with this body. A string is sent as it is. */
export const answerWith =
  (body: unknown, status = 200, contentType = 'application/json'): StubAnswer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': contentType })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

export class StubProvider {
  /** All requests, the oldest first. */
  readonly requests: RecordedRequest[] = [];
  answer: StubAnswer = answerWith('');

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer(async (incoming, response) => {
    const body = await readText(incoming);
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body };
    this.requests.push(request);
    this.answer(response, request);
  }).on('connection', (socket) => {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  });

  /** Listens on a free port of loopback and returns the base URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Starts one provider for the tests of the current suite, and forgets its requests before each test. */
export function withStubProvider(): { readonly stub: StubProvider; readonly url: string } {
  const stub = new StubProvider();
  let url = '';
  beforeAll(async () => {
    url = await stub.start();
  });
  beforeEach(() => {
    stub.requests.length = 0;
  });
  afterAll(() => stub.stop());
  return {
    stub,
    get url() {
      return url;
    },
  };
}
