// The commands `keys`, `spend` and `unlock`.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Api, expectType, freshMobile } from '../support/api.ts';
import { withServiceProcesses } from '../support/service-process.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { createTestDatabase, startSomeRedis } from '../support/test-app.ts';
import { TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, yuntongxunSettings } from '../support/test-settings.ts';
import { masked } from '../support/verification.ts';

const processes = withServiceProcesses();
const { run } = processes;

describeWithPostgres('npm run keys', () => {
  it('prints new secrets each time, which a start accepts', async () => {
    const printed = [run(['keys']), run(['keys'])];
    expect(await Promise.all(printed.map(({ exited }) => exited))).toEqual([0, 0]);
    const [first = '', second = ''] = printed.map(({ output }) => output);
    for (const setting of [/^CODE_SECRET=.+$/m, /^TOKEN_PRIVATE_KEY=.+$/m]) {
      expect([first, second]).toEqual([expect.stringMatching(setting), expect.stringMatching(setting)]);
      expect(setting.exec(first)?.[0]).not.toBe(setting.exec(second)?.[0]);
    }

    // The first pair of keys, and the public key of the second, as for a key rotation.
    await writeFile(
      join(processes.directory, '.env'),
      first + second.replace(/^[^#].*$/gm, '').replace('# TOKEN_', 'TOKEN_'),
    );
    const DATABASE_URL = String(await createTestDatabase());
    const url = await run(['serve'], { DATABASE_URL, SMS_PROVIDER: 'console' }).url();
    const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
    expect(keys).toHaveLength(2);
    expect(existsSync(join(processes.directory, '.data/token-key.pem'))).toBe(false);
  });
});

describeWithPostgres('npm run spend', () => {
  it('prints how much of the daily cap is leased, for the current day in China', async () => {
    const DATABASE_URL = String(await createTestDatabase());
    const printed = async () => {
      const spend = run(['spend'], { DATABASE_URL, SMS_PER_DAY: '1000' });
      expect(await spend.exited).toBe(0);
      return spend.output;
    };
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date());
    expect(await printed()).toContain(`${day} (China): 0 of 1000 SMS leased, 1000 left`);
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    await client.query('insert into spend_days values ($1, 40, 20)', [day]);
    await client.end();
    expect(await printed()).toContain('40 of 1000 SMS leased, 960 left');
    expect(await printed()).toMatch(/The next day begins in \d+ h \d+ min\./);
  });

  it('requires the database and the cap in production', async () => {
    const spend = run(['spend'], { NODE_ENV: 'production' });
    expect(await spend.exited).toBe(1);
    expect(spend.output).toMatch(/DATABASE_URL is missing.*\n.*SMS_PER_DAY is missing/);
  });
});

describeWithPostgres('npm run unlock', () => {
  it('ends the lockout of a mobile', async () => {
    const redis = await startSomeRedis();
    const gateway = new TestGateway();
    const environment = {
      REDIS_URL: redis.url,
      DATABASE_URL: String(await createTestDatabase()),
      CODE_SECRET,
      SMS_RESEND_GAP_SECONDS: '0',
      ...yuntongxunSettings(await gateway.start()),
    };
    const client = new Redis(redis.url);
    try {
      const api = new Api(await run(['serve'], environment).url(), client);
      const mobile = freshMobile();
      for (let codes = 0; codes < 2; codes += 1) {
        expectType(await api.requestWithCaptcha(mobile), 'SmsCodeSent');
        for (let guesses = 0; guesses < 5; guesses += 1) await api.verifySmsCode(mobile, 'wrong');
      }
      expectType(await api.requestWithCaptcha(mobile), 'SmsCodeSent');
      expectType(await api.verifySmsCode(mobile, gateway.lastCode), 'TooManyRequestsError');

      const unlock = run(['unlock', mobile], { REDIS_URL: redis.url, CODE_SECRET });
      expect(await unlock.exited).toBe(0);
      expect(unlock.output).toBe(`${masked(mobile)} is unlocked\n`);
      expectType(await api.verifySmsCode(mobile, gateway.lastCode), 'MobileVerified');
    } finally {
      await client.quit();
      await gateway.stop();
      await redis.stop();
    }
  });

  it('requires the Redis and the secret of the service, and a valid mobile', async () => {
    const withoutSettings = run(['unlock', '13800138000']);
    expect(await withoutSettings.exited).toBe(1);
    expect(withoutSettings.output).toMatch(/REDIS_URL is missing.*\n.*CODE_SECRET is missing/);
    const REDIS_URL = 'redis://127.0.0.1:1';
    const withoutRedis = run(['unlock', '13800138000'], { REDIS_URL, CODE_SECRET });
    expect(await withoutRedis.exited).toBe(1);
    expect(withoutRedis.output).toContain('redis is unavailable');
    const invalidMobile = run(['unlock', '12'], { REDIS_URL, CODE_SECRET });
    expect(await invalidMobile.exited).toBe(1);
    expect(invalidMobile.output).toMatch(/not a mainland China mobile number/i);
  });
});
