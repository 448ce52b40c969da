// Each failure raises the alert that names it, and no other. The metrics are those of a running service whose Redis, PostgreSQL or
// provider fails; Prometheus's own evaluation of the rules tells which alerts fire.

import { afterEach, expect, it, jest } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { startRedis } from '../support/redis-server.ts';
import { describeWithPromtool } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestApp, usingTestApp } from '../support/test-app.ts';
import { type Answer, rejection, silence, success } from '../support/test-gateway.ts';
import { plantCaptcha } from '../support/verification.ts';
import { AlertHistory } from './support/alert-history.ts';

const SCRAPES_PER_PHASE = 20;
const PEOPLE_PER_SCRAPE = 4;
const DRILL_TIMEOUT_MS = 180_000;
/** Longer than the objective for a request. */
const PROVIDER_TIMEOUT_SECONDS = '2.1';
/** The balance of the account is used up. */
const NO_BALANCE = '160014';

interface Servers {
  readonly app: TestApp;
  readonly redis: TcpProxy;
  readonly postgres: TcpProxy;
}

interface Failure {
  readonly alert: string;
  begin(servers: Servers): unknown;
  end(servers: Servers): unknown;
}

const outageOf = (server: 'redis' | 'postgres', alert: string): Failure => ({
  alert,
  begin: (servers) => servers[server].refuseConnections(),
  end: (servers) => servers[server].restore(),
});

const answersOf = (answer: Answer, alert: string): Failure => ({
  alert,
  begin: ({ app }) => Object.assign(app.gateway, { answer }),
  end: ({ app }) => Object.assign(app.gateway, { answer: success }),
});

describeWithPromtool('during ten minutes', () => {
  const { now } = Date;
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each<[string, Failure]>([
    ['without Redis', outageOf('redis', 'RedisUnavailable')],
    ['without PostgreSQL', outageOf('postgres', 'PostgresqlUnavailable')],
    ['of a provider that does not answer', answersOf(silence, 'SmsProviderUnreachable')],
    ['of a provider without balance', answersOf(rejection(NO_BALANCE), 'SmsProviderFault')],
  ])(
    '%s, one alert fires; it ends after the recovery',
    async (_failure, failure) => {
      await usingServers(async (servers) => {
        const history = new AlertHistory(servers.app.metricsUrl);
        const phase = async () => {
          for (let scrape = 0; scrape < SCRAPES_PER_PHASE; scrape += 1) {
            await usePeople(servers.app);
            jest.spyOn(Date, 'now').mockImplementation(() => now() + history.seconds * 1000);
            await history.scrape();
          }
          return history.seconds;
        };
        const before = await phase();
        await failure.begin(servers);
        const during = await phase();
        await failure.end(servers);
        const after = await phase();
        expect({
          before: await history.firingAt(before),
          during: await history.firingAt(during),
          after: await history.firingAt(after),
        }).toEqual({ before: [], during: [failure.alert], after: [] });
      });
    },
    DRILL_TIMEOUT_MS,
  );
});

async function usingServers(use: (servers: Servers) => Promise<void>): Promise<void> {
  const server = await startRedis();
  const databaseUrl = String(await createTestDatabase());
  const [redis, postgres] = [await TcpProxy.start(server.url), await TcpProxy.start(databaseUrl)];
  const urls = { redisUrl: redis.url, databaseUrl: postgres.url };
  const settings = { YUNTONGXUN_TIMEOUT_SECONDS: PROVIDER_TIMEOUT_SECONDS };
  try {
    await usingTestApp({ redis: server, ...urls, settings }, (app) => use({ app, redis, postgres }));
  } finally {
    await redis.stop();
    await postgres.stop();
    await server.stop();
  }
}

/** People who load a captcha, request an SMS and enter its code, as far as they get. */
async function usePeople(app: TestApp): Promise<void> {
  const mobiles = Array.from({ length: PEOPLE_PER_SCRAPE }, freshMobile);
  await Promise.all(
    mobiles.map(async (mobile) => {
      await app.api.imageCaptcha();
      const sent = await app.api.requestSmsCode({ mobile, ...(await plantCaptcha(app)) });
      const sms = app.gateway.requests.find(({ to }) => to === mobile);
      if (sent.__typename === 'SmsCodeSent' && sms) await app.api.verifySmsCode(mobile, sms.code);
    }),
  );
}
