// An SMS gateway that accepts every message, immediately or after a delay: node gateway.mjs <port> [<milliseconds>]
// A GET request returns the number of accepted messages. Of a request it parses only the length.

import { createServer } from 'node:net';

const ACCEPTED = '{"statusCode":"000000","templateSMS":{"smsMessageSid":"0123456789abcdef0123456789abcdef"}}';

const [port, delayMs = 0] = process.argv.slice(2).map(Number);
let accepted = 0;

createServer((socket) => {
  let received = '';
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received += chunk.latin1Slice();
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n') + 4;
      if (headEnd < 4) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? 0);
      if (received.length < headEnd + length) return;
      const isMessage = received.startsWith('POST');
      received = received.slice(headEnd + length);
      if (isMessage) accepted += 1;
      const answer = reply(isMessage ? ACCEPTED : String(accepted));
      if (isMessage && delayMs > 0) setTimeout(() => socket.write(answer), delayMs);
      else socket.write(answer);
    }
  });
}).listen(port, '127.0.0.1');

function reply(body) {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
