// The form of REDIS_URL for Redis with Sentinel, as options of the client.

import { expect, it } from '@jest/globals';
import { parseSentinelUrl } from '../../src/infrastructure/redis/sentinel-url.ts';

it('names the Sentinels, the master and the database', () => {
  expect(parseSentinelUrl('redis+sentinel://s1.example,s2.example:26380,[::1]:26381/main/2')).toEqual({
    sentinels: [
      { host: 's1.example', port: 26379 },
      { host: 's2.example', port: 26380 },
      { host: '::1', port: 26381 },
    ],
    name: 'main',
    db: 2,
  });
});

it('has the credentials of the data nodes before the hosts, and those of the Sentinels in the query', () => {
  const url =
    'redis+sentinel://data:p%40ss@s1.example/main?sentinelUsername=sentinel&sentinelPassword=a%26b+c';
  expect(parseSentinelUrl(url)).toMatchObject({
    username: 'data',
    password: 'p@ss',
    sentinelUsername: 'sentinel',
    sentinelPassword: 'a&b+c',
  });
});

it.each([
  ['redis+sentinel://:secret@s1.example/main', { password: 'secret' }],
  ['redis+sentinel://s1.example/main?sentinelPassword=secret', { sentinelPassword: 'secret' }],
  ['redis+sentinel://s1.example/main?sentinelUsername=&sentinelPassword=', {}],
])('contains only the credentials that it names: %s', (url, credentials) => {
  const { sentinels: _sentinels, name: _name, db: _db, ...others } = parseSentinelUrl(url) ?? {};
  expect(others).toEqual(credentials);
});

it.each(['redis://s1.example/main', 'redis+sentinel://s1.example', 'a redis+sentinel://s1.example/main'])(
  'is not: %s',
  (url) => {
    expect(parseSentinelUrl(url)).toBeUndefined();
  },
);
