// Failures of PostgreSQL while people use the service. Each drill undoes its fault, and the service recovers by itself.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { prepareTemplate, templateDatabase } from '../support/template-database.ts';
import { startSomeRedis } from '../support/test-app.ts';
import { type DrillOptions, usingDrill } from './support/drill.ts';
import type { DrillReport } from './support/drill-report.ts';
import { expectTypedAnswersInTime } from './support/expect-normal.ts';

type Client = InstanceType<typeof pg.Client>;

/** No connection is reserved for administrators, so that a drill can take them all. */
const CONNECTIONS = {
  max_connections: '60',
  superuser_reserved_connections: '0',
  reserved_connections: '0',
  max_wal_senders: '0',
};
const FAULT_MS = 5000;
const LOCK_MS = 10_000;
/** Until the next attempt to connect succeeds, on a busy machine. */
const RECOVERY_SECONDS = 3;
/** With the time that PostgreSQL takes to stop and to start. */
const RESTART_SECONDS = 6;

describeWithPostgres('PostgreSQL under load', () => {
  let postgres: PostgresServer;
  let redis: RedisServer;
  let clients: Client[] = [];
  beforeAll(async () => {
    postgres = await startPostgres({ settings: CONNECTIONS });
    await prepareTemplate(postgres.url);
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    redis = await startSomeRedis();
  });
  afterEach(async () => {
    await disconnect();
    await redis?.stop();
  });

  it('is restarted', async () => {
    const report = await drill('PostgreSQL restarted', () => postgres.restart());
    expect(report.secondsUntilNormal).toBeLessThan(RESTART_SECONDS);
  });

  it('is read-only', async () => {
    const report = await drill('PostgreSQL read-only', async () => {
      await setReadOnly(true);
      await sleep(FAULT_MS);
      await setReadOnly(false);
    });
    expectFaultAndRecovery(report);
  });

  it('has no free connection', async () => {
    const report = await drill('PostgreSQL without a free connection', async () => {
      await takeEveryConnection();
      await sleep(FAULT_MS);
      await disconnect();
    });
    expectFaultAndRecovery(report);
  });

  it('waits for a lock of the table of users', async () => {
    const report = await drill('PostgreSQL: users locked', async (databaseUrl) => {
      const client = await connect(databaseUrl);
      await client?.query('begin');
      await client?.query('lock table users in access exclusive mode');
      await sleep(LOCK_MS);
      await client?.query('rollback');
    });
    expectFaultAndRecovery(report);
  });

  /** Runs a drill with a new database. All answers are typed and in time, and no SMS is sent beyond a limit. */
  async function drill(
    title: string,
    fault: (databaseUrl: string) => Promise<unknown>,
  ): Promise<DrillReport> {
    const databaseUrl = await createDatabase(postgres, templateDatabase);
    const options: DrillOptions = {
      redisUrl: redis.url,
      redisNodes: [redis.url],
      databaseUrl,
      load: { registers: true },
    };
    let report: DrillReport | undefined;
    await usingDrill(options, async ({ run }) => {
      report = await run(title, () => fault(databaseUrl));
    });
    if (!report) throw new Error('the drill did not run');
    expectTypedAnswersInTime(report);
    expect(report.smsBeyondLimit).toBe(0);
    return report;
  }

  /** Also ends the other connections, as a failover does. */
  async function setReadOnly(isReadOnly: boolean): Promise<void> {
    const client = await connect();
    await client?.query(`alter system set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`);
    await client?.query('select pg_reload_conf()');
    await endOtherConnections(client);
    await disconnect();
  }

  /** Those of the service included. It takes those that the service opens meanwhile, too. */
  async function takeEveryConnection(): Promise<void> {
    const first = await connect();
    do {
      await endOtherConnections(first);
      while (await connect());
    } while ((await otherConnections(first)) > 0);
  }

  /** `undefined` if no connection is free. */
  async function connect(url = postgres.url): Promise<Client | undefined> {
    const client = new pg.Client({ connectionString: `${url}?application_name=drill` });
    client.on('error', () => {});
    try {
      await client.connect();
    } catch {
      return undefined;
    }
    clients.push(client);
    return client;
  }

  async function disconnect(): Promise<void> {
    const all = clients;
    clients = [];
    await Promise.all(all.map((client) => client.end()));
  }
});

const OTHER_CONNECTIONS = `pg_stat_activity where backend_type = 'client backend' and application_name <> 'drill'`;

async function endOtherConnections(client: Client | undefined): Promise<void> {
  await client?.query(`select pg_terminate_backend(pid) from ${OTHER_CONNECTIONS}`);
}

async function otherConnections(client: Client | undefined): Promise<number> {
  const result = await client?.query(`select count(*)::int as count from ${OTHER_CONNECTIONS}`);
  return result?.rows[0].count ?? 0;
}

/** Clients noticed the fault, and normal service followed its end. */
function expectFaultAndRecovery({ answersMeanwhile, secondsUntilNormal, faultSeconds }: DrillReport): void {
  expect(answersMeanwhile).toHaveProperty('ServiceUnavailableError');
  expect(secondsUntilNormal - faultSeconds).toBeLessThan(RECOVERY_SECONDS);
}
