// The network that a client address counts as.

import { describe, expect, it } from '@jest/globals';
import { clientNetwork, stripPort } from '../../src/http/client-network.ts';

describe('a client address', () => {
  it.each(['203.0.113.7', '127.0.0.1', '255.255.255.255'])('of IPv4 counts as itself: %s', (address) => {
    expect(clientNetwork(address)).toBe(address);
  });

  it.each(['::ffff:203.0.113.7', '::FFFF:203.0.113.7', '::ffff:cb00:7107', '0:0:0:0:0:ffff:cb00:7107'])(
    'of IPv4 mapped to IPv6 counts as the IPv4 address: %s',
    (address) => {
      expect(clientNetwork(address)).toBe('203.0.113.7');
    },
  );

  it('of IPv6 counts as its /64', () => {
    for (const address of [
      '2001:db8:1:2::1',
      '2001:db8:1:2:ffff:ffff:ffff:ffff',
      '2001:db8:1:2:0:0:0:0',
      '2001:0db8:0001:0002:a:b:c:d',
      '2001:DB8:1:2:A:B:C:D',
      '2001:db8:1:2:a:b:203.0.113.7',
    ]) {
      expect(clientNetwork(address)).toBe('2001:db8:1:2::/64');
    }
  });

  it('of the next /64 counts separately', () => {
    expect(clientNetwork('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
  });

  it.each([
    ['::1', '::/64'],
    ['::', '::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:0:1::', '2001:db8::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b::/64'],
  ])('of compressed IPv6 %s counts as %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  it('counts the same in every zone', () => {
    expect(clientNetwork('fe80::1%eth0')).toBe('fe80::/64');
    expect(clientNetwork('fe80::2%en1')).toBe('fe80::/64');
    expect(clientNetwork('::ffff:203.0.113.7%eth0')).toBe('203.0.113.7');
  });

  it.each([
    '',
    ' ',
    'localhost',
    'unknown',
    'example.com',
    '256.1.1.1',
    '203.0.113.7:4711',
    '203.0.113.7/24',
    ' 203.0.113.7',
    '203.0.113.7\n',
    '203.0.113.7, 198.51.100.1',
    '[2001:db8::1]',
    '2001:db8::1/64',
    '2001:db8:::1',
    '1:2:3:4:5:6:7:8:9',
    '2001:db8::g',
  ])('is not %j', (address) => {
    expect(() => clientNetwork(address)).toThrow();
  });
});

describe('an address without its port', () => {
  it.each([
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['unknown:80', 'unknown'],
  ])('from %s is %s', (text, address) => {
    expect(stripPort(text)).toBe(address);
  });

  it.each([
    '203.0.113.7',
    '2001:db8::1',
    '2001:db8::1:443',
    '::1',
    '',
    ':',
    '203.0.113.7:',
    '203.0.113.7:x',
    '[::1]x',
  ])('from %j is the same: there is no port', (text) => {
    expect(stripPort(text)).toBe(text);
  });
});
