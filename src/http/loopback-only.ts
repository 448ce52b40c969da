// Tells whether a request comes from a person at this very machine.

import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** What proxies add: through one, the whole world has an address of this machine. */
const OF_PROXIES =
  /^(forwarded|via|x-forwarded(-.*)?|x-real-ip|x-client-ip|true-client-ip|cf-.*|x-envoy-.*)$/;
/** What the pages of this machine are asked for by. */
const LOCAL_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * True if the socket's address is a loopback one, no proxy shows that passed the request on, the `Host` is a name of
 * this machine (another one has been pointed here by somebody's DNS), and no page of another site asks. Browsers speak
 * HTTP/1.1, and some proxies that say nothing of themselves only 1.0. One that speaks 1.1, or forwards bare connections,
 * cannot be told from a browser.
 */
export function isLoopbackRequest({ socket, headers, httpVersion }: IncomingMessage): boolean {
  const { host = '', 'sec-fetch-site': site = 'none' } = headers;
  return (
    isLoopback(socket.remoteAddress) &&
    httpVersion === '1.1' &&
    !Object.keys(headers).some((name) => OF_PROXIES.test(name)) &&
    LOCAL_HOST.test(host) &&
    (site === 'none' || site === 'same-origin')
  );
}

function isLoopback(address = ''): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
