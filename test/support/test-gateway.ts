// The SMS gateway of the tests: it speaks the protocol of Yuntongxun, records every request and answers as a test says.

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

/** The message id that the gateway answers with. */
export const MESSAGE_ID = '3f2c9d0a5b7e4c1d8e6f00112233aabb';

/** The body of an answer that accepts an SMS. */
export function acceptedBody(messageId = MESSAGE_ID) {
  return { statusCode: '000000', templateSMS: { smsMessageSid: messageId, dateCreated: '20260302003001' } };
}

/** Accepts the SMS. */
export const success: Answer = (response) => json(response, 200, acceptedBody());

/** Answers with another status code than that of success. */
export const rejection =
  (statusCode: string, httpStatus = 200): Answer =>
  (response) =>
    json(response, httpStatus, { statusCode, statusMsg: '短信' });

/** Receives the request and never answers. */
export const silence: Answer = () => {};

/** Receives the request and closes the connection. */
export const reset: Answer = (response) => response.destroy();

/** Accepts each SMS after some time. */
export const successAfter =
  (milliseconds: () => number): Answer =>
  (response, request) => {
    setTimeout(() => success(response, request), milliseconds());
  };

export interface HeldAnswers {
  readonly answer: Answer;
  /** How many requests wait. */
  readonly waiting: number;
  /** Accepts all that wait, and every later request at once. */
  release(): void;
}

/** Keeps every request waiting until `release()`. */
export function holdAnswers(): HeldAnswers {
  const held: (() => void)[] = [];
  let released = false;
  return {
    answer(response, request) {
      if (released) success(response, request);
      else held.push(() => success(response, request));
    },
    get waiting() {
      return held.length;
    },
    release() {
      released = true;
      for (const answerNow of held.splice(0)) answerNow();
    },
  };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export class TestGateway {
  /** All requests, the oldest first. */
  readonly requests: GatewayRequest[] = [];
  /** How the next requests are answered. */
  answer: Answer = success;

  private readonly sockets = new Set<Socket>();
  private readonly server = createServer(async (incoming, response) => {
    const body = JSON.parse(await readText(incoming));
    const [code, minutes] = body.datas;
    const request = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      to: body.to,
      code,
      minutes,
      body,
    };
    this.requests.push(request);
    await this.answer(response, request);
  }).on('connection', (socket) => {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  });

  get lastCode(): string {
    const last = this.requests.at(-1);
    if (!last) throw new Error('the gateway has received no request');
    return last.code;
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** Forgets all requests, and accepts every SMS again. */
  reset(): void {
    this.requests.length = 0;
    this.answer = success;
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
