// Who is counted behind an IP address.

import ipaddr from 'ipaddr.js';

/** One customer line gets a whole /64, so counting single IPv6 addresses would count nobody. */
const IPV6_PREFIX_LENGTH = 64;

/** An address without the port that some proxies write behind it: `203.0.113.7:4711`, `[2001:db8::1]:443`. */
export function withoutPort(text: string): string {
  return text.replace(/^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/, '$1$2');
}

/**
 * The network that a client is counted by: an IPv4 address as it is, an IPv4-mapped IPv6 address as its IPv4,
 * any other IPv6 address by its /64.
 * @throws Error if the text is no address.
 */
export function clientNetwork(address: string): string {
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${IPV6_PREFIX_LENGTH}`)}/${IPV6_PREFIX_LENGTH}`;
}
