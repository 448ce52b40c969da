// Requests that `fetch` cannot send.

import { request } from 'node:http';
import { connect } from 'node:net';
import { setInterval } from 'node:timers';

export interface RawReply {
  /** Everything that the server sent before it closed the connection. */
  readonly text: string;
  /** The time until the connection was closed. */
  readonly seconds: number;
}

/** Sends `start` and then, if given, `drip` five times a second, until the server closes the connection. */
export function sendRaw(url: string, start: string, drip?: string): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(start));
    const timer = setInterval(() => drip && socket.write(drip), 200);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    // The server may close the connection during a write.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text, seconds: (performance.now() - startedMs) / 1000 });
    });
  });
}

/** The status and the body of a reply. */
export function partsOf({ text }: RawReply): { status: number; body: string } {
  return { status: Number(text.split(' ', 2)[1]), body: text.slice(text.indexOf('\r\n\r\n') + 4) };
}

/** The status of a GET request with exactly this path and these headers. */
export function rawStatus(url: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(Number(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
