// Outages of PostgreSQL: a crash, no answer, or no free connection. What is answered, counted, released and sent.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { expectType, freshMobile, zh } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { degraded, READY, readiness } from '../support/health.ts';
import { countEntries } from '../support/keyspace.ts';
import { inTime, restoreServer, UNAVAILABLE, untilRecovered } from '../support/outages.ts';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { prepareTemplate, templateDatabase } from '../support/template-database.ts';
import { startSomeRedis, withTestApp } from '../support/test-app.ts';
import { registerMobile, userRows } from '../support/users.ts';
import { obtainToken, receiveCode } from '../support/verification.ts';

type Client = InstanceType<typeof pg.Client>;

/** Fewer than the pool of the service allows, none of them reserved for administrators. */
const CONNECTIONS = {
  max_connections: '12',
  superuser_reserved_connections: '0',
  reserved_connections: '0',
  max_wal_senders: '0',
};

describeWithPostgres('when PostgreSQL', () => {
  let postgres: PostgresServer;
  let proxy: TcpProxy;
  let otherClients: Client[] = [];
  const app = withTestApp(async (onStop) => {
    postgres = await startPostgres({ settings: CONNECTIONS });
    onStop(() => postgres.stop());
    await prepareTemplate(postgres.url);
    const redis = await startSomeRedis();
    onStop(() => redis.stop());
    proxy = await TcpProxy.start(redis.url);
    onStop(() => proxy.stop());
    const databaseUrl = await createDatabase(postgres, templateDatabase);
    return { redis, redisUrl: proxy.url, databaseUrl };
  });
  beforeEach(() => app.redis.flushall());

  const outages: [state: string, begin: () => Promise<unknown>, end: () => Promise<unknown>][] = [
    ['crashes', () => postgres.kill(), () => postgres.restart()],
    ['does not answer', () => postgres.pause(), () => postgres.resume()],
    ['has no free connection', useEveryConnection, disconnect],
  ];
  afterEach(async () => {
    await proxy.restore();
    await disconnect();
    await restoreServer(postgres);
  });

  it.each(outages)(
    '%s, nothing is sent, and no SMS, attempt or token is spent',
    async (_state, begin, end) => {
      const [requesting, verified, registered] = [freshMobile(), freshMobile(), freshMobile()];
      await registerMobile(app, registered);
      const token = await obtainToken(app, verified);
      const code = await receiveCode(app, registered, 'LOGIN');
      const captcha = await app.api.readCaptcha();
      const before = await countEntries(app.redis);
      app.gateway.requests.length = 0;

      await begin();
      const attempts = Array.from({ length: 6 }, () =>
        inTime(app.api.verifySmsCode(registered, code, 'LOGIN', zh)),
      );
      const outcomes = await Promise.all([
        inTime(app.api.requestSmsCode({ mobile: requesting, ...captcha }, zh)),
        inTime(app.api.registerUser(token, zh)),
        ...attempts,
      ]);
      expect(outcomes).toHaveLength(8);
      for (const outcome of outcomes) expect(outcome).toEqual(UNAVAILABLE);
      expect(await readiness(app)).toEqual(degraded('postgresql'));
      // These operations need no database.
      expectType(await app.api.imageCaptcha(), 'ImageCaptcha');
      expectType(await app.api.verifySmsCode(requesting, '123456'), 'SmsCodeExpiredError');
      expect(app.gateway.requests).toHaveLength(0);
      expect(await countEntries(app.redis)).toEqual({
        ...before,
        'ratelimit:send:hour': Number(before['ratelimit:send:hour']) + 1,
        'ratelimit:verify:hour': Number(before['ratelimit:verify:hour']) + 7,
      });

      await end();
      await untilRecovered(() => app.api.registerUser(token), 'UserRegistered');
      expect(await userRows(app, verified)).toHaveLength(1);
      expectType(await app.api.verifySmsCode(registered, code, 'LOGIN'), 'MobileVerified');
      expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }), 'CaptchaExpiredError');
      expectType(await app.api.requestWithCaptcha(requesting), 'SmsCodeSent');
      expect(await readiness(app)).toEqual(READY);
      expect(app.gateway.requests).toHaveLength(1);
    },
  );

  it('does not answer, more requests than the pool has connections are all answered in time', async () => {
    const captchas = await Promise.all(Array.from({ length: 30 }, () => app.api.readCaptcha()));
    await postgres.pause();
    const requests = captchas.map((captcha) =>
      inTime(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh)),
    );
    const outcomes = await Promise.all(requests);
    expect(outcomes).toHaveLength(30);
    for (const outcome of outcomes) expect(outcome).toEqual(UNAVAILABLE);
    expect(await countEntries(app.redis)).toEqual({ 'ratelimit:send:hour': 30 });
    await postgres.resume();
    await untilRecovered(() => app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('does not answer and Redis is slow, a token is answered in time and not spent', async () => {
    const token = await obtainToken(app, freshMobile());
    await postgres.pause();
    proxy.delayReplies(2000, 2);
    expect(await inTime(app.api.registerUser(token, zh))).toEqual(UNAVAILABLE);
    expect(await countEntries(app.redis)).not.toHaveProperty('token');
    await Promise.all([postgres.resume(), proxy.restore()]);
    await untilRecovered(() => app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  /** Occupies all connections, those of the service included. */
  async function useEveryConnection(): Promise<void> {
    const first = await connectClient();
    await first?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    await eventually(async () => (await connectClient()) === undefined);
  }

  /** `undefined` if no connection is free. */
  async function connectClient(): Promise<Client | undefined> {
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => {});
    try {
      await client.connect();
    } catch {
      return undefined;
    }
    otherClients.push(client);
    return client;
  }

  async function disconnect(): Promise<void> {
    const clients = otherClients;
    otherClients = [];
    await Promise.all(clients.map((client) => client.end()));
  }
});
