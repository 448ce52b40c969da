// The commands `sms:send` and `sms:providers`, with the service and the simulator.

import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { bucketOf } from '../../src/sms/routing/conversion-window.ts';
import { freePort } from '../support/free-port.ts';
import { type RedisServer, withClient } from '../support/redis-server.ts';
import { withServiceProcesses } from '../support/service-process.ts';
import { withSimulator } from '../support/simulator.ts';
import { keys } from '../support/store-fixtures.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { createTestDatabase, startSomeRedis } from '../support/test-app.ts';
import { CODE_SECRET } from '../support/test-settings.ts';

const REPORT_SECRET = 'secret-of-the-reports';
const { run } = withServiceProcesses();

describeWithPostgres('the commands for SMS', () => {
  let redis: RedisServer;
  let databaseUrl: string;
  let environment: Record<string, string>;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
  });
  const simulator = withSimulator(() => ({
    SIMULATOR_REPORT_URL: `http://127.0.0.1:${port}/webhooks`,
    YUNTONGXUN_REPORT_SECRET: REPORT_SECRET,
  }));

  beforeEach(async () => {
    redis = await startSomeRedis();
    databaseUrl = String(await createTestDatabase());
    environment = {
      ...simulator.settings,
      SMS_PROVIDER: 'yuntongxun',
      REDIS_URL: redis.url,
      DATABASE_URL: databaseUrl,
      CODE_SECRET,
      SMS_PER_DAY: '1000',
    };
  });
  afterEach(() => redis.stop());

  async function sendTo(mobile: string, settings: Record<string, string> = {}) {
    const command = run(['sms:send', mobile, '--yes'], { ...environment, ...settings });
    const exitCode = await command.exited;
    // Neither the code nor the complete number is printed.
    expect(command.output).not.toContain(mobile);
    const [sms] = simulator.log.sentTo('yuntongxun', mobile);
    if (sms) expect(command.output).not.toContain(sms.code);
    return { exitCode, output: command.output };
  }

  async function leasedSends(): Promise<number> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query('select coalesce(sum(leased), 0)::int as sends from spend_days');
    await client.end();
    return rows[0].sends;
  }

  it('sms:send sends one SMS, which counts toward the daily cap', async () => {
    const { exitCode, output } = await sendTo('13500008000');
    expect(output).toMatch(/^yuntongxun: accepted, message id [0-9a-f]{32}$/m);
    expect(output).toContain(
      'No delivery report is expected: the secret of the reports of yuntongxun is not set.',
    );
    expect(exitCode).toBe(0);
    expect(simulator.log.sentTo('yuntongxun', '13500008000')).toHaveLength(1);
    expect(await leasedSends()).toBe(1);
  });

  it('sms:send sends nothing without a terminal, a mobile or a confirmation', async () => {
    for (const [args, message] of [
      [['13500008001'], /^Without a terminal, confirm with --yes/],
      [['--yes'], /^A mobile is missing\. yanzheng sms:send --help/],
      [['12', '--yes'], /^Not a mainland China mobile number/],
      [['13500008001', '13500008002', '--yes'], /^One mobile is required/],
    ] as const) {
      const command = run(['sms:send', ...args], environment);
      expect(await command.exited).toBe(1);
      expect(command.output).toMatch(message);
    }
    expect(simulator.log.sentTo('yuntongxun', '13500008001')).toEqual([]);
  });

  it('sms:send fails for a rejected SMS, which does not count, and sms:providers shows why', async () => {
    const { exitCode, output } = await sendTo('13500000004');
    expect(output).toMatch(/^yuntongxun: rejected, 160014 /m);
    expect(exitCode).toBe(1);
    expect(await leasedSends()).toBe(0);

    const providers = run(['sms:providers'], environment);
    expect(await providers.exited).toBe(0);
    expect(providers.output).toMatch(/^Order: yuntongxun \(SMS_ROUTING=fixed\)$/m);
    expect(providers.output).toMatch(/last error: 160014 .*, at 20\d\d-.*Z; the circuit was closed then/);
    expect(providers.output).toContain('conversion: no SMS within the last six hours');
  });

  it('sms:send tries the next provider, and names both', async () => {
    const { exitCode, output } = await sendTo('13500000004', { SMS_PROVIDER: 'yuntongxun,webhook' });
    // The magic number is rejected by every provider.
    expect(output).toMatch(/^yuntongxun: rejected, 160014 .*\nwebhook: rejected, /m);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['13500008005', /^The SMS was delivered\.$/m, 0],
    ['13500000005', /^The SMS was undelivered\.$/m, 1],
  ])(
    'sms:send waits for the report about %s, which the running service receives',
    async (mobile, line, code) => {
      const settings = { YUNTONGXUN_REPORT_SECRET: REPORT_SECRET };
      await run(['serve'], { ...environment, ...settings, PORT: String(port) }).url();
      const result = await sendTo(mobile, settings);
      expect(result.output).toMatch(/Waiting for the delivery report/);
      expect(result.output).toMatch(line);
      expect(result.exitCode).toBe(code);
    },
  );

  it('sms:providers shows the conversion of the last hours, for which the SMS of sms:send do not count', async () => {
    expect((await sendTo('13500008003')).exitCode).toBe(0);
    await withClient(redis.url, async (client) => {
      expect(await client.keys('yz:conversion:*')).toEqual([]);
      const bucket = bucketOf(Date.now()) - 2;
      await client.hset(keys.conversion('yuntongxun', '135'), {
        [`${bucket}:accepted`]: 40,
        [`${bucket}:verified`]: 30,
      });
    });
    const providers = run(['sms:providers'], environment);
    expect(await providers.exited).toBe(0);
    expect(providers.output).toContain('last error: none within the last week');
    expect(providers.output).toContain('conversion: 30 of 40 SMS verified, 75.0 %');
    expect(providers.output).toMatch(/135 {2}30 of 40, 75\.0 %, with 95 % confidence at least 59\.\d %/);
  });
});
