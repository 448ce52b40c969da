// PostgreSQL dies, hangs or has no connection left while people ask: what is answered, counted, given back and sent.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { counted } from '../support/keyspace.ts';
import {
  ASKED,
  healed,
  prove,
  readiness,
  ready,
  revive,
  sendCode,
  timed,
  UNAVAILABLE,
  unready,
  zh,
} from '../support/outages.ts';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { prepareTemplate, templateDatabase } from '../support/template-database.ts';
import { startSomeRedis, startTestApp, type TestApp } from '../support/test-app.ts';
import { registerMobile, rowsOf } from '../support/users.ts';

type Client = InstanceType<typeof pg.Client>;

/** Fewer than a service could want; none of them kept for administrators. */
const CONNECTIONS = {
  max_connections: '12',
  superuser_reserved_connections: '0',
  reserved_connections: '0',
  max_wal_senders: '0',
};

describeWithPostgres('while PostgreSQL', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let wire: TcpProxy;
  let app: TestApp;
  let strangers: Client[] = [];
  beforeAll(async () => {
    postgres = await startPostgres({ settings: CONNECTIONS });
    await prepareTemplate(postgres.url);
    redis = await startSomeRedis();
    wire = await TcpProxy.start(redis.url);
    const databaseUrl = await createDatabase(postgres, templateDatabase);
    app = await startTestApp({ redis, redisUrl: wire.url, databaseUrl });
  });
  beforeEach(async () => {
    await app.redis.flushall();
    app.gateway.requests.length = 0;
  });
  afterAll(async () => {
    await app?.stop();
    await Promise.all([wire?.stop(), redis?.stop(), postgres?.stop()]);
  });

  const faults: [state: string, begin: () => Promise<unknown>, end: () => Promise<unknown>][] = [
    ['is gone', () => postgres.kill(), () => postgres.restart()],
    ['hangs', () => postgres.pause(), () => postgres.resume()],
    ['has no connection left', takeEveryConnection, leave],
  ];
  afterEach(async () => {
    await wire.restore();
    await leave();
    await revive(postgres);
  });

  it.each(faults)(
    '%s, nothing is sent, and neither text nor attempt nor token is spent',
    async (_state, begin, end) => {
      const [asking, proved, registered] = [freshMobile(), freshMobile(), freshMobile()];
      await registerMobile(app, registered);
      const token = await prove(app, proved);
      const code = await sendCode(app, registered, 'LOGIN');
      const captcha = await app.api.readCaptcha();
      const before = await counted(app.redis);
      app.gateway.requests.length = 0;

      await begin();
      const attempts = Array.from({ length: 6 }, () =>
        timed(app.api.verifySmsCode(registered, code, 'LOGIN', zh)),
      );
      const refused = await Promise.all([
        timed(app.api.requestSmsCode({ mobile: asking, ...captcha }, zh)),
        timed(app.api.registerUser(token, zh)),
        ...attempts,
      ]);
      expect(refused).toEqual(refused.map(() => UNAVAILABLE));
      expect(await readiness(app)).toEqual(unready('postgresql'));
      // Nothing has to be looked up for these.
      expectType(await app.api.imageCaptcha(), 'ImageCaptcha');
      expectType(await app.api.verifySmsCode(asking, '123456'), 'SmsCodeExpiredError');
      expect(app.gateway.requests).toHaveLength(0);
      expect(await counted(app.redis)).toEqual({
        ...before,
        'allowance:sms': Number(before['allowance:sms']) + 1,
        'allowance:verify': Number(before['allowance:verify']) + 7,
      });

      await end();
      await healed(() => app.api.registerUser(token), 'UserRegistered');
      expect(await rowsOf(app, proved)).toHaveLength(1);
      expectType(await app.api.verifySmsCode(registered, code, 'LOGIN'), 'MobileVerified');
      expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }), 'CaptchaExpiredError');
      expectType(await app.api.requestWithCaptcha(asking), 'SmsCodeSent');
      expect(await readiness(app)).toEqual(ready);
      expect(app.gateway.requests).toHaveLength(1);
    },
  );

  it('hangs for a crowd larger than the pool, everybody is answered in time', async () => {
    const captchas = await Promise.all(Array.from({ length: 30 }, () => app.api.readCaptcha()));
    await postgres.pause();
    const crowd = captchas.map((captcha) =>
      timed(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh)),
    );
    for (const outcome of await Promise.all(crowd)) expect(outcome).toEqual(UNAVAILABLE);
    expect(await counted(app.redis)).toEqual({ 'allowance:sms': ASKED['allowance:sms'] * 30 });
    await postgres.resume();
    await healed(() => app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('hangs and Redis dawdles too, a token is answered in time and not spent', async () => {
    const token = await prove(app, freshMobile());
    await postgres.pause();
    wire.delayReplies(2000, 2);
    expect(await timed(app.api.registerUser(token, zh))).toEqual(UNAVAILABLE);
    expect(await counted(app.redis)).not.toHaveProperty('token');
    await Promise.all([postgres.resume(), wire.restore()]);
    await healed(() => app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  /** All that are there, those of the service too. */
  async function takeEveryConnection(): Promise<void> {
    const first = await stranger();
    await first?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    await eventually(async () => (await stranger()) === undefined);
  }

  /** `undefined` if none is left. */
  async function stranger(): Promise<Client | undefined> {
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => {});
    try {
      await client.connect();
    } catch {
      return undefined;
    }
    strangers.push(client);
    return client;
  }

  async function leave(): Promise<void> {
    const leaving = strangers;
    strangers = [];
    await Promise.all(leaving.map((client) => client.end()));
  }
});
