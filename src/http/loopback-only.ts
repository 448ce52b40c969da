// Restricts a route to a person at this machine.

import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { isLocalHost } from '../common/local-host.ts';

/** Headers that proxies add. Behind a proxy on this machine, every client has a loopback address. */
const PROXY_HEADERS =
  /^(forwarded|via|x-forwarded(-.*)?|x-real-ip|x-client-ip|true-client-ip|cf-.*|x-envoy-.*)$/;

/** A Fastify hook: answers 404 unless the request comes from a person at this machine. */
export async function loopbackOnly(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!isLoopbackRequest(request.raw)) reply.callNotFound();
}

/**
 * True if the socket has a loopback address, no header shows a proxy, `Host` is a local name (another name may have been
 * pointed here by DNS rebinding), and no page of another site sent the request. Browsers speak HTTP/1.1; some proxies
 * that add no header speak 1.0. A proxy that speaks 1.1 and adds no header cannot be detected.
 */
export function isLoopbackRequest({ socket, headers, httpVersion }: IncomingMessage): boolean {
  const { host = '', 'sec-fetch-site': site = 'none' } = headers;
  return (
    isLoopback(socket.remoteAddress) &&
    httpVersion === '1.1' &&
    !Object.keys(headers).some((name) => PROXY_HEADERS.test(name)) &&
    isLocalHost(host) &&
    (site === 'none' || site === 'same-origin')
  );
}

function isLoopback(address = ''): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
