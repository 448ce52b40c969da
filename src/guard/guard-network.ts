// The network of a client, as the guard counts proofs: larger than what rate limits count, since phones of one carrier change
// their address, and an attacker who rents addresses gets whole networks.

import ipaddr from 'ipaddr.js';

const IPV4_PREFIX_LENGTH = 20;
const IPV6_PREFIX_LENGTH = 40;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** @param clientAddress an IPv4 address or an IPv6 /64 network, as in `RequestContext`. */
export function guardNetwork(clientAddress: string): string {
  const address = parseAddress(clientAddress);
  const length = address.kind() === 'ipv4' ? IPV4_PREFIX_LENGTH : IPV6_PREFIX_LENGTH;
  const first = address.toByteArray().map((byte, index) => byte & maskByte(length - 8 * index));
  return `${ipaddr.fromByteArray(first)}/${length}`;
}

/** One byte of a mask: its first `bits` bits, of which there may be fewer than 0 or more than 8. */
function maskByte(bits: number): number {
  return 0xff & (0xff << (8 - Math.min(8, Math.max(0, bits))));
}

/** A test whether a client is in one of these networks. An item without a length is a single address. */
export function networkMatcher(networks: readonly string[]): (clientAddress: string) => boolean {
  const ranges = networks.map((item) =>
    item.includes('/') ? ipaddr.parseCIDR(item) : singleAddress(ipaddr.process(item)),
  );
  if (ranges.length === 0) return () => false;
  return (clientAddress) => {
    const address = parseAddress(clientAddress);
    return ranges.some(([first, length]) => address.kind() === first.kind() && address.match(first, length));
  };
}

function parseAddress(clientAddress: string): Address {
  return ipaddr.process(clientAddress.split('/', 1)[0] ?? '');
}

/** The /64 network stands for its single addresses. */
function singleAddress(address: Address): [Address, number] {
  return [address, address.kind() === 'ipv4' ? 32 : 64];
}
