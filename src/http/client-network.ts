// The network that rate limits count a client by.

import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Providers assign a whole /64 to one customer, so single IPv6 addresses would be no limit. */
const IPV6_PREFIX_LENGTH = 64;

/** Strips the port that some proxies append to an address: `203.0.113.7:4711`, `[2001:db8::1]:443`. */
export function stripPort(address: string): string {
  return address.replace(/^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/, '$1$2');
}

/**
 * An IPv4 address stays as it is, an IPv4-mapped IPv6 address becomes its IPv4 address, and any other IPv6 address
 * becomes its /64 network.
 * @throws Error if the string is not an IP address.
 */
export function clientNetwork(address: string): string {
  if (isIPv4(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const cidr = `${parsed.toNormalizedString()}/${IPV6_PREFIX_LENGTH}`;
  return `${ipaddr.IPv6.networkAddressFromCIDR(cidr)}/${IPV6_PREFIX_LENGTH}`;
}
