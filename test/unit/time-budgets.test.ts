// The time-outs of the service depend on each other. Each test fails if one of them changes without the others.

import { describe, expect, it } from '@jest/globals';
import * as budgets from '../../src/config/time-budgets.ts';
import {
  ABANDONED_CLAIM_AFTER_MS,
  CLI_STORE_CALL_TIMEOUT_MS,
  HTTP_HEADERS_TIMEOUT_MS,
  HTTP_IDLE_CONNECTION_TIMEOUT_MS,
  HTTP_KEEP_ALIVE_BUFFER_MS,
  HTTP_KEEP_ALIVE_TIMEOUT_MS,
  HTTP_REQUEST_TIMEOUT_MS,
  HTTP_TIMEOUT_CHECK_INTERVAL_MS,
  IN_FLIGHT_TIMEOUT_MS,
  lateRequestsMs,
  POSTGRES_CLOSE_TIMEOUT_MS,
  POSTGRES_CONNECT_TIMEOUT_MS,
  POSTGRES_QUERY_TIMEOUT_MS,
  REDIS_CLOSE_TIMEOUT_MS,
  REDIS_CLUSTER_ATTEMPTS,
  REDIS_CLUSTER_RETRY_DELAY_MS,
  REDIS_CONNECT_TIMEOUT_MS,
  REDIS_RECONNECT_DELAY_MAX_MS,
  REDIS_SILENCE_TIMEOUT_MS,
  REPLAY_POLL_MAX_MS,
  RETRY_AFTER_BULKHEAD_FULL_SECONDS,
  RETRY_AFTER_OUTAGE_SECONDS,
  RETRY_AFTER_UNREACHABLE_SECONDS,
  RETURN_LOT_TIMEOUT_MS,
  SHUTDOWN_DRAIN_MAX_SECONDS,
  SHUTDOWN_DRAIN_SECONDS,
  SMS_CIRCUIT_RESET_TIMEOUT_MS,
  SMS_PROVIDER_CLOSE_TIMEOUT_MS,
  SMS_PROVIDER_TIMEOUT_MAX_SECONDS,
  SMS_PROVIDER_TIMEOUT_SECONDS,
  STORE_BUDGET_PER_REQUEST_MS,
  STORE_CALL_TIMEOUT_MS,
  sendRequestTimeoutMs,
  shutdownTimeoutMs,
  UNIFORM_RESPONSE_TIME_MS,
} from '../../src/config/time-budgets.ts';
import { httpSettings } from '../../src/http/http.settings.ts';
import { postgresOptions } from '../../src/infrastructure/postgres/mikro-orm-options.ts';
import { yuntongxunProvider } from '../../src/sms/providers/yuntongxun/yuntongxun-provider.ts';
import { verificationSettings } from '../../src/verification/verification.settings.ts';
import { readProjectFile, sourceFiles } from '../support/sources.ts';

/** What a client waits for `ServiceUnavailableError` at most. */
const RESPONSE_DURING_OUTAGE_MS = 2000;
/** `docker stop` and many supervisors kill a process after this time. */
const KILLED_AFTER_MS = 10_000;

const SLOWEST_PROVIDER_MS = SMS_PROVIDER_TIMEOUT_MAX_SECONDS * 1000;
const DEFAULT_PROVIDER_MS = SMS_PROVIDER_TIMEOUT_SECONDS * 1000;

describe('calls to stores', () => {
  it('end within the budget of their request, which ends within two seconds', () => {
    expect(STORE_CALL_TIMEOUT_MS).toBeLessThanOrEqual(STORE_BUDGET_PER_REQUEST_MS);
    expect(STORE_BUDGET_PER_REQUEST_MS).toBeLessThan(RESPONSE_DURING_OUTAGE_MS);
  });

  it('give up before the drivers do, so every outage is a DependencyUnavailableError', () => {
    expect(STORE_CALL_TIMEOUT_MS).toBeLessThan(POSTGRES_QUERY_TIMEOUT_MS);
    expect(STORE_CALL_TIMEOUT_MS).toBeLessThan(POSTGRES_CONNECT_TIMEOUT_MS);
    expect(STORE_CALL_TIMEOUT_MS).toBeLessThan(REDIS_CONNECT_TIMEOUT_MS);
    expect(STORE_CALL_TIMEOUT_MS).toBeLessThan(REDIS_SILENCE_TIMEOUT_MS);
  });

  it('in a Redis Cluster are repeated until shortly before they give up', () => {
    const repeatedMs = (REDIS_CLUSTER_ATTEMPTS - 1) * REDIS_CLUSTER_RETRY_DELAY_MS;
    expect(repeatedMs).toBeLessThan(STORE_CALL_TIMEOUT_MS);
    expect(repeatedMs).toBeGreaterThan(STORE_CALL_TIMEOUT_MS / 2);
  });

  it('of a command outlast the connection attempts of the drivers', () => {
    expect(CLI_STORE_CALL_TIMEOUT_MS).toBeGreaterThan(POSTGRES_CONNECT_TIMEOUT_MS);
    expect(CLI_STORE_CALL_TIMEOUT_MS).toBeGreaterThan(
      REDIS_CONNECT_TIMEOUT_MS + REDIS_RECONNECT_DELAY_MAX_MS,
    );
  });

  it('reconnect to Redis before a client retries', () => {
    const reconnectMs = REDIS_CONNECT_TIMEOUT_MS + REDIS_RECONNECT_DELAY_MAX_MS;
    expect(reconnectMs).toBeLessThan(RETRY_AFTER_OUTAGE_SECONDS * 1000);
  });

  it('use the time-outs of PostgreSQL from time-budgets.ts', () => {
    const options = (timeouts: 'requests' | 'migrations') =>
      postgresOptions('postgres://localhost/x', { entities: [], migrations: [] }, timeouts).driverOptions;
    expect(options('requests')).toMatchObject({
      connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MS,
      query_timeout: POSTGRES_QUERY_TIMEOUT_MS,
      maxLifetimeSeconds: budgets.POSTGRES_CONNECTION_LIFETIME_SECONDS,
    });
    expect(options('migrations')).not.toHaveProperty('query_timeout');
  });
});

describe('a send', () => {
  it('takes as long as the provider, the stores and the uniform response time together', () => {
    for (const providerMs of [0, DEFAULT_PROVIDER_MS, SLOWEST_PROVIDER_MS]) {
      expect(sendRequestTimeoutMs(providerMs)).toBeGreaterThan(
        providerMs + STORE_BUDGET_PER_REQUEST_MS + UNIFORM_RESPONSE_TIME_MS,
      );
    }
    expect(sendRequestTimeoutMs(5000)).toBe(8000);
    expect(sendRequestTimeoutMs(30_000)).toBe(33_000);
  });

  it('has a default time-out that the setting accepts', () => {
    const { YUNTONGXUN_TIMEOUT_SECONDS: setting } = yuntongxunProvider.settings;
    expect(setting.parse(undefined)).toBe(SMS_PROVIDER_TIMEOUT_SECONDS);
    expect(setting.parse(String(SMS_PROVIDER_TIMEOUT_SECONDS))).toBe(SMS_PROVIDER_TIMEOUT_SECONDS);
    expect(setting.safeParse(String(SMS_PROVIDER_TIMEOUT_MAX_SECONDS)).success).toBe(true);
    expect(setting.safeParse(String(SMS_PROVIDER_TIMEOUT_MAX_SECONDS + 1)).success).toBe(false);
  });

  it('ends before an open circuit tests the provider again', () => {
    expect(SMS_CIRCUIT_RESET_TIMEOUT_MS).toBeGreaterThan(DEFAULT_PROVIDER_MS);
  });

  it('is retried after an open circuit has become half-open, and after a full bulkhead has drained', () => {
    expect(RETRY_AFTER_UNREACHABLE_SECONDS * 1000).toBeGreaterThanOrEqual(SMS_CIRCUIT_RESET_TIMEOUT_MS);
    expect(RETRY_AFTER_BULKHEAD_FULL_SECONDS).toBeGreaterThanOrEqual(SMS_PROVIDER_TIMEOUT_SECONDS);
  });
});

describe('an abandoned claim', () => {
  it('is older than the store calls of a live request can take', () => {
    expect(ABANDONED_CLAIM_AFTER_MS).toBeGreaterThan(STORE_BUDGET_PER_REQUEST_MS);
  });

  it('is taken over before replays give up, and by the first retry after an outage', () => {
    expect(ABANDONED_CLAIM_AFTER_MS).toBeLessThan(sendRequestTimeoutMs(0));
    expect(ABANDONED_CLAIM_AFTER_MS).toBeLessThan(RETRY_AFTER_OUTAGE_SECONDS * 1000);
  });
});

describe('a code', () => {
  const ttl = verificationSettings.SMS_CODE_TTL_SECONDS;

  it('is valid for ten minutes at most', () => {
    expect(ttl.safeParse('600').success).toBe(true);
    expect(ttl.safeParse('601').success).toBe(false);
  });

  it('outlives the slowest send by default', () => {
    expect(ttl.parse(undefined) * 1000).toBeGreaterThan(sendRequestTimeoutMs(SLOWEST_PROVIDER_MS));
  });
});

describe('an HTTP connection', () => {
  it('stays open longer than the slowest response, which is that of a replay', () => {
    const slowestReplayMs =
      sendRequestTimeoutMs(SLOWEST_PROVIDER_MS) + REPLAY_POLL_MAX_MS + STORE_BUDGET_PER_REQUEST_MS;
    expect(HTTP_IDLE_CONNECTION_TIMEOUT_MS).toBeGreaterThan(slowestReplayMs);
  });

  it('has to send its headers before the whole request is due', () => {
    expect(HTTP_HEADERS_TIMEOUT_MS).toBeLessThan(HTTP_REQUEST_TIMEOUT_MS);
    expect(HTTP_REQUEST_TIMEOUT_MS).toBeLessThan(HTTP_IDLE_CONNECTION_TIMEOUT_MS);
    expect(HTTP_KEEP_ALIVE_TIMEOUT_MS).toBeLessThan(HTTP_IDLE_CONNECTION_TIMEOUT_MS);
  });

  it('is checked several times within the shortest of its time-outs', () => {
    expect(HTTP_TIMEOUT_CHECK_INTERVAL_MS * 4).toBeLessThanOrEqual(HTTP_HEADERS_TIMEOUT_MS);
  });
});

describe('the shutdown', () => {
  it('has time for its parts: drain, late requests, work in flight, provider, Redis, PostgreSQL', () => {
    for (const drainSeconds of [0, 1, SHUTDOWN_DRAIN_SECONDS, SHUTDOWN_DRAIN_MAX_SECONDS]) {
      expect(shutdownTimeoutMs(drainSeconds)).toBeGreaterThanOrEqual(
        drainSeconds * 1000 +
          lateRequestsMs(drainSeconds) +
          IN_FLIGHT_TIMEOUT_MS +
          SMS_PROVIDER_CLOSE_TIMEOUT_MS +
          RETURN_LOT_TIMEOUT_MS +
          REDIS_CLOSE_TIMEOUT_MS +
          POSTGRES_CLOSE_TIMEOUT_MS,
      );
    }
  });

  it('without a drain ends before a supervisor with its defaults kills the process', () => {
    expect(shutdownTimeoutMs(0)).toBeLessThan(KILLED_AFTER_MS);
  });

  it('ends before the unit for systemd and the advice to operators kill the process', () => {
    const unit = /^TimeoutStopSec=(\d+)$/m.exec(readProjectFile('deploy/systemd/yanzheng.service'))?.[1];
    expect(Number(unit) * 1000).toBeGreaterThan(shutdownTimeoutMs(SHUTDOWN_DRAIN_SECONDS));
    const advice = /`SHUTDOWN_DRAIN_SECONDS` \+ (\d+) seconds/.exec(
      readProjectFile('docs/operations.md'),
    )?.[1];
    for (const drainSeconds of [0, SHUTDOWN_DRAIN_SECONDS, SHUTDOWN_DRAIN_MAX_SECONDS]) {
      expect((drainSeconds + Number(advice)) * 1000).toBeGreaterThan(shutdownTimeoutMs(drainSeconds));
    }
  });

  it('in production outlasts the keep-alive time-out of connections that are idle at its start', () => {
    const openMs = SHUTDOWN_DRAIN_SECONDS * 1000 + lateRequestsMs(SHUTDOWN_DRAIN_SECONDS);
    expect(openMs).toBeGreaterThanOrEqual(HTTP_KEEP_ALIVE_TIMEOUT_MS + HTTP_KEEP_ALIVE_BUFFER_MS);
  });

  it('has a default drain that the setting accepts', () => {
    const { SHUTDOWN_DRAIN_SECONDS: setting } = httpSettings;
    for (const drainSeconds of [0, SHUTDOWN_DRAIN_SECONDS, SHUTDOWN_DRAIN_MAX_SECONDS]) {
      expect(setting.parse(String(drainSeconds))).toBe(drainSeconds);
    }
    expect(setting.safeParse(String(SHUTDOWN_DRAIN_MAX_SECONDS + 1)).success).toBe(false);
  });

  it('ends before `npm run dev` kills the process', () => {
    const script = readProjectFile('scripts/run.cjs');
    const stopTimeoutMs = Number(
      /^const STOP_TIMEOUT_MS = ([\d_]+);$/m.exec(script)?.[1]?.replaceAll('_', ''),
    );
    // Its processes run without a drain.
    expect(script).toContain("SHUTDOWN_DRAIN_SECONDS: '0'");
    expect(stopTimeoutMs).toBeGreaterThan(shutdownTimeoutMs(0));
  });

  it('waits for a send with the default time-out and for its store calls', () => {
    expect(IN_FLIGHT_TIMEOUT_MS).toBeGreaterThanOrEqual(DEFAULT_PROVIDER_MS + STORE_BUDGET_PER_REQUEST_MS);
  });
});

describe('time-budgets.ts', () => {
  const others = sourceFiles().filter(({ path }) => path !== 'src/config/time-budgets.ts');

  it('is the only file of src that defines a time-out', () => {
    const definitions = [
      /\b(?:const|let|readonly)\s+\w*(?:TIMEOUT|TIME_OUT|DEADLINE|DELAY|INTERVAL)\w*\s*=\s*[\d_]+/gi,
      // Options such as `connectTimeout: 2000` and calls such as `setTimeout(stop, 500)`. Zero means none.
      /\b\w*(?:[tT]imeout|[dD]elay|[iI]nterval|[lL]ifetime)\w*:\s*[1-9][\d_]*/g,
      /\b(?:setTimeout|setInterval|sleep|withDeadline|AbortSignal\.timeout)\([^;\n]*?\b[1-9][\d_]*\s*[,)]/g,
    ];
    const found = others.flatMap(({ path, text }) =>
      definitions.flatMap((pattern) => (text.match(pattern) ?? []).map((match) => `${path}: ${match}`)),
    );
    expect(found).toEqual([]);
  });

  it('defines nothing that src does not use', () => {
    const own = readProjectFile('src/config/time-budgets.ts');
    const unused = Object.keys(budgets).filter((name) => {
      const word = new RegExp(`\\b${name}\\b`, 'g');
      return !others.some(({ text }) => word.test(text)) && (own.match(word) ?? []).length < 2;
    });
    expect(unused).toEqual([]);
  });
});
