// The example of a backend that accepts our tokens.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { freePort } from '../support/free-port.ts';
import { projectRoot } from '../support/project-root.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { startSomeRedis, startTestApp, type TestApp } from '../support/test-app.ts';
import { es256, goodClaims, goodHeader, testKey } from '../support/test-tokens.ts';

describe('examples/check-token', () => {
  let app: TestApp;
  let redis: RedisServer;
  let example: ChildProcess;
  let url: string;
  beforeAll(async () => {
    [app, redis] = await Promise.all([startTestApp(), startSomeRedis()]);
    const port = String(await freePort());
    url = `http://127.0.0.1:${port}/`;
    example = spawn(process.execPath, [join(projectRoot, 'examples/check-token/server.mjs')], {
      env: { PATH: process.env.PATH, VERIFIER_URL: app.url, REDIS_URL: redis.url, PORT: port },
      stdio: 'inherit',
    });
    while (!(await fetch(url).catch(() => false))) expect(example.exitCode).toBeNull();
  });
  afterAll(async () => {
    example?.kill();
    if (example) await once(example, 'exit');
    await app?.stop();
    await redis?.stop();
  });

  const bring = (token: string) =>
    fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

  it('takes a token once', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const { verificationToken } = await app.api.verifySmsCode(mobile, app.gateway.lastCode);
    const answers = await Promise.all(Array.from({ length: 10 }, () => bring(String(verificationToken))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const taken = answers.find(({ status }) => status === 200);
    expect(await taken?.json()).toEqual({ mobile: `+86${mobile}`, purpose: 'REGISTER' });
    expectType(await app.api.registerUser(verificationToken), 'UserRegistered');
  });

  it('refuses what the service did not sign', async () => {
    const { keys } = (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as {
      keys: [{ kid: string }];
    };
    const forged = es256(goodHeader(keys[0].kid), goodClaims(freshMobile()), testKey().privateKey);
    expect((await bring(forged)).status).toBe(401);
    expect((await bring('')).status).toBe(401);
  });
});
