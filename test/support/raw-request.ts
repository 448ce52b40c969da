// Bytes sent to a server by hand, for what no HTTP client would send.

import { connect } from 'node:net';
import { setInterval } from 'node:timers';

export interface RawReply {
  /** All that came back until the server closed the connection. */
  readonly text: string;
  /** From connecting to the close. */
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
    // The server closed it while we were writing.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text, seconds: (performance.now() - startedMs) / 1000 });
    });
  });
}

/** The head of a reply and its body. */
export function partsOf({ text }: RawReply): { status: number; body: string } {
  return { status: Number(text.split(' ', 2)[1]), body: text.slice(text.indexOf('\r\n\r\n') + 4) };
}
