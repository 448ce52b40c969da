// An SMS gateway that takes every text at once: node gateway.mjs <port>
// It reads no more of a request than where it ends, so that it takes little of the core that it shares.

import { createServer } from 'node:net';

const ACCEPTED = '{"statusCode":"000000","templateSMS":{"smsMessageSid":"0123456789abcdef0123456789abcdef"}}';

let texts = 0;

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
      const isText = received.startsWith('POST');
      received = received.slice(headEnd + length);
      if (isText) texts += 1;
      socket.write(reply(isText ? ACCEPTED : String(texts)));
    }
  });
}).listen(Number(process.argv[2]), '127.0.0.1');

function reply(body) {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
