// The example of a backend that accepts verification tokens.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { projectRoot } from '../support/project-root.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { startSomeRedis, withTestApp } from '../support/test-app.ts';
import { es256, testKey, validClaims, validHeader } from '../support/test-tokens.ts';
import { registerMobile } from '../support/users.ts';
import { obtainToken } from '../support/verification.ts';

describe('examples/check-token', () => {
  const app = withTestApp();
  let redis: RedisServer;
  let stopExample = async () => {};
  let url: string;
  beforeAll(async () => {
    redis = await startSomeRedis();
    const port = String(await freePort());
    url = `http://127.0.0.1:${port}/`;
    const example = spawn(process.execPath, [join(projectRoot, 'examples/check-token/server.mjs')], {
      env: { PATH: process.env.PATH, YANZHENG_URL: app.url, REDIS_URL: redis.url, PORT: port },
      stdio: 'inherit',
    });
    const exited = once(example, 'exit');
    stopExample = async () => {
      example.kill();
      await exited;
    };
    await eventually(async () => {
      expect(example.exitCode).toBeNull();
      return fetch(url).then(
        () => true,
        () => false,
      );
    });
  });
  afterAll(async () => {
    await stopExample();
    await redis?.stop();
  });

  const present = (token: string) =>
    fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

  it('accepts a token once', async () => {
    const mobile = freshMobile();
    const token = await obtainToken(app, mobile);
    const responses = await Promise.all(Array.from({ length: 10 }, () => present(token)));
    const accepted = responses.filter(({ status }) => status === 200);
    expect(accepted).toHaveLength(1);
    expect(await accepted[0]?.json()).toEqual({ mobile: `+86${mobile}`, purpose: 'REGISTER' });
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('rejects a token for another purpose', async () => {
    const mobile = freshMobile();
    await registerMobile(app, mobile);
    expect((await present(await obtainToken(app, mobile, 'LOGIN'))).status).toBe(401);
  });

  it('rejects a token that the service did not sign', async () => {
    const { keys } = (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as {
      keys: [{ kid: string }];
    };
    const header = validHeader(keys[0].kid);
    const forged = es256(header, validClaims(freshMobile()), testKey().privateKey);
    expect((await present(forged)).status).toBe(401);
    expect((await present('')).status).toBe(401);
  });
});
