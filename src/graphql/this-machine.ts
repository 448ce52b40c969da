// Tells whether a request comes from a person at this very machine.

import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** What a proxy adds: through one, the whole world has an address of this machine. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
/** What the pages of this machine are asked for by. */
const LOCAL_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

/**
 * True if the socket's address is a loopback one, no proxy passed the request on, the `Host` is a name of this machine
 * (another one has been pointed here by somebody's DNS), and no page of another site asks.
 */
export function isOfThisMachine({ socket, headers }: IncomingMessage): boolean {
  const { host = '', 'sec-fetch-site': site = 'none' } = headers;
  return (
    isLoopback(socket.remoteAddress) &&
    FORWARDED.every((name) => headers[name] === undefined) &&
    LOCAL_HOST.test(host) &&
    (site === 'none' || site === 'same-origin')
  );
}

function isLoopback(address = ''): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
