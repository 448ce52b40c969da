// How a client recognises that its server is a replica now, in the words of different versions of Redis.

import { describe, expect, it } from '@jest/globals';
import { isReadOnlyReply } from '../../src/infrastructure/redis/connect-redis.ts';

const SHA = 'a3c8d1e0f5b7294c6d8e0f1a2b3c4d5e6f708192';

describe('a reply of a replica to a write', () => {
  it.each([
    ['a command', "READONLY You can't write against a read only replica."],
    [
      'a script in Redis 6.2',
      `ERR Error running script (call to f_${SHA}): @user_script:3: @user_script: 3: -READONLY You can't write against a read only replica.`,
    ],
    [
      'a script in Redis 6.2, with one position',
      `ERR Error running script (call to f_${SHA}): @user_script:3: -READONLY You can't write against a read only replica.`,
    ],
    [
      'a script in Redis 7',
      `READONLY You can't write against a read only replica. script: ${SHA}, on @user_script:3.`,
    ],
  ])('is recognised: %s', (_what, message) => {
    expect(isReadOnlyReply(message)).toBe(true);
  });

  it.each([
    [
      'another error of a script',
      `ERR Error running script (call to f_${SHA}): @user_script:3: -OOM command not allowed`,
    ],
    ['an unknown command', "ERR unknown command 'READONLY', with args beginning with: "],
    ['a primary without replicas', 'NOREPLICAS Not enough good replicas to write.'],
    ['a moved slot', 'MOVED 3999 127.0.0.1:6381'],
  ])('is not: %s', (_what, message) => {
    expect(isReadOnlyReply(message)).toBe(false);
  });
});
