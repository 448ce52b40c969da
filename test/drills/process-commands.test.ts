// The commands of the program `yanzheng` for operators.

import { createSecretKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { RedisKeys } from '../../src/common/redis/keys.ts';
import { Api, expectType, freshMobile } from '../support/api.ts';
import { withServiceProcesses } from '../support/service-process.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { createTestDatabase, startSomeRedis } from '../support/test-app.ts';
import { TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, yuntongxunSettings } from '../support/test-settings.ts';
import { masked } from '../support/verification.ts';

const processes = withServiceProcesses();
const { run } = processes;

describeWithPostgres('yanzheng generate:keys', () => {
  it('prints new secrets each time, which a start accepts', async () => {
    const printed = [run(['generate:keys']), run(['generate:keys'])];
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

describeWithPostgres('yanzheng spend', () => {
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
    expect(await printed()).toContain(`The last 30 days with SMS:\n  ${day}  40\n`);
  });

  it('requires the database and the cap in production', async () => {
    const spend = run(['spend'], { NODE_ENV: 'production' });
    expect(await spend.exited).toBe(1);
    expect(spend.output).toMatch(/DATABASE_URL is missing.*\n.*SMS_PER_DAY is missing/);
  });
});

describeWithPostgres('yanzheng unlock', () => {
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

describe('yanzheng', () => {
  it('lists its commands, and explains each one', async () => {
    const help = run(['--help']);
    expect(await help.exited).toBe(0);
    expect(help.output).toMatch(/^usage: yanzheng <command> \[options\]\n/);
    const commands = [...help.output.matchAll(/^ {2}([a-z:]+) {2,}[A-Z]/gm)].map(([, name]) => String(name));
    expect(commands).toEqual(
      expect.arrayContaining([
        'serve',
        'migrate',
        'config:check',
        'inspect',
        'unlock',
        'erase',
        'spend',
        'sms:send',
      ]),
    );
    const explained = commands.map((name) => run([name, '--help']));
    expect(await Promise.all(explained.map(({ exited }) => exited))).toEqual(commands.map(() => 0));
    for (const [index, { output }] of explained.entries())
      expect(output).toMatch(
        new RegExp(`^usage: yanzheng ${commands[index]} .*\\[--json\\]\\n\\n.+\\n\\n.+`),
      );
  });

  it('prints its version, and rejects unknown commands and options', async () => {
    const [version, command, option] = [run(['--version']), run(['stop']), run(['spend', '--jsno'])];
    expect([await version.exited, version.output]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
    expect([await command.exited, command.output]).toEqual([
      1,
      'There is no command stop. yanzheng --help lists the commands.\n',
    ]);
    expect([await option.exited, option.output]).toEqual([1, expect.stringContaining("'--jsno'")]);
  });

  it('config:check prints the settings without their secrets, or all errors', async () => {
    const valid = run(['config:check', '--json'], { CODE_SECRET, SMS_PER_DAY: '7' });
    expect(await valid.exited).toBe(0);
    const { settings } = JSON.parse(valid.output);
    expect(settings).toMatchObject({ CODE_SECRET: '(secret)', SMS_PER_DAY: '7' });
    expect(valid.output).not.toContain(CODE_SECRET);
    const invalid = run(['config:check'], { SMS_PER_DAY: 'x', SMS_PER_HUOR: '1' });
    expect(await invalid.exited).toBe(1);
    expect(invalid.output).toMatch(/Invalid settings, 2 error\(s\)/);
  });
});

describe('yanzheng guard', () => {
  it('tells how full the lanes are, and what enforcing would have rejected', async () => {
    const redis = await startSomeRedis();
    const gateway = new TestGateway();
    const environment = {
      REDIS_URL: redis.url,
      CODE_SECRET,
      SMS_GUARD_BASE_PER_HOUR: '2',
      ...yuntongxunSettings(await gateway.start()),
    };
    const client = new Redis(redis.url);
    const guard = async () => {
      const command = run(['guard', '--json'], environment);
      expect(await command.exited).toBe(0);
      return JSON.parse(command.output);
    };
    try {
      expect(await guard()).toMatchObject({ mode: 'observe', total: { passed: 0, rejected: 0 } });
      const api = new Api(await run(['serve'], environment).url(), client);
      for (let sends = 0; sends < 3; sends += 1)
        expectType(await api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
      const { lanes, days, total, rejectedShare } = await guard();
      expect(lanes.at(-1)).toMatchObject({
        lane: 'new.unproven',
        levels: { hour: { open: 2, line: 2 }, day: { open: 2, line: 60 } },
      });
      expect([days.length, total]).toEqual([14, { passed: 2, rejected: 1 }]);
      expect(rejectedShare).toBeCloseTo(1 / 3);
      const readable = run(['guard'], environment);
      expect(await readable.exited).toBe(0);
      expect(readable.output).toContain('new.unproven    hour: 2 open, line 2, day: 2 open, line 60');
      expect(readable.output).toContain('33.33 % rejected. On which days');
    } finally {
      await client.quit();
      await gateway.stop();
      await redis.stop();
    }
  });
});

describeWithPostgres('yanzheng inspect and erase', () => {
  it('show what is known about a mobile without its code, and delete it', async () => {
    const redis = await startSomeRedis();
    const gateway = new TestGateway();
    const environment = {
      REDIS_URL: redis.url,
      DATABASE_URL: String(await createTestDatabase()),
      CODE_SECRET,
      SMS_RESEND_GAP_SECONDS: '30',
      SMS_PER_MOBILE_PER_HOUR: '5',
      ...yuntongxunSettings(await gateway.start()),
    };
    const client = new Redis(redis.url);
    const command = async (...words: string[]) => {
      const process = run([...words, '--json'], environment);
      expect([await process.exited, process.output]).toEqual([0, expect.stringMatching(/^\{.*\}\n$/)]);
      expect(process.output).not.toContain(gateway.lastCode);
      return JSON.parse(process.output);
    };
    try {
      const api = new Api(await run(['serve'], environment).url(), client);
      const mobile = freshMobile();
      expectType(await api.requestWithCaptcha(mobile), 'SmsCodeSent');
      for (let guesses = 0; guesses < 3; guesses += 1) await api.verifySmsCode(mobile, 'wrong');
      const inspected = await command('inspect', mobile);
      expect(inspected.mobile).toBe(masked(mobile));
      const cooldown = inspected.limits.find(({ name }: { name: string }) => name === 'mobileCooldown');
      expect(cooldown).toMatchObject({ used: 1, limit: 1 });
      expect(cooldown.retryAfterSeconds).toBeGreaterThan(0);
      expect(cooldown.retryAfterSeconds).toBeLessThanOrEqual(30);
      expect(inspected.limits).toContainEqual({
        name: 'mobileHour',
        used: 1,
        limit: 5,
        retryAfterSeconds: 0,
      });
      const [registration] = inspected.purposes;
      expect(registration).toMatchObject({
        purpose: 'REGISTER',
        failuresWithinHour: 3,
        failureStreak: 3,
        lockedForSeconds: 0,
        code: { attempts: 3, sends: [{ provider: 'yuntongxun', state: 'accepted' }] },
      });
      const readable = run(['inspect', mobile], environment);
      expect(await readable.exited).toBe(0);
      expect(readable.output).toContain('3 failed attempts within an hour');
      expect(readable.output).not.toContain(mobile);

      expectType(
        await api.registerUser(
          expectType(await api.verifySmsCode(mobile, gateway.lastCode), 'MobileVerified').verificationToken,
        ),
        'UserRegistered',
      );
      const refused = run(['erase', mobile], environment);
      expect([await refused.exited, refused.output]).toEqual([
        1,
        'Without a terminal, confirm with --yes.\n',
      ]);
      expect(await command('erase', mobile, '--yes')).toMatchObject({
        mobile: masked(mobile),
        userId: expect.stringMatching(/^[\da-f-]{36}$/),
        isLeft: false,
      });
      expect(await command('inspect', mobile)).toMatchObject({
        limits: expect.arrayContaining([{ name: 'mobileHour', used: 0, limit: 5, retryAfterSeconds: 0 }]),
        purposes: [{ failureStreak: 0, failuresWithinHour: 0 }, { failureStreak: 0 }],
      });
      // The mobile can be registered again.
      expectType(await api.requestWithCaptcha(mobile), 'SmsCodeSent');
      expect(await command('erase', mobile, '--yes')).toMatchObject({ userId: null, isLeft: false });
      const keysOfMobile = (await client.keys('*:mobile:*')).concat(await client.keys('*:code:*'));
      expect(keysOfMobile).toEqual([]);
    } finally {
      await client.quit();
      await gateway.stop();
      await redis.stop();
    }
  });

  it('inspect tells for how long a mobile is locked', async () => {
    const redis = await startSomeRedis();
    const client = new Redis(redis.url);
    try {
      const mobile = parseMobile('13800138000') as Mobile;
      const keys = new RedisKeys(createKeyedHash(createSecretKey(Buffer.from(CODE_SECRET))));
      await client.set(keys.failureStreak('LOGIN', mobile), 100, 'EX', 5000);
      const process = run(['inspect', '13800138000'], { REDIS_URL: redis.url, CODE_SECRET });
      expect(await process.exited).toBe(0);
      expect(process.output).toMatch(
        /LOGIN\n {2}no code is open\n.*100 since the last success\n {2}locked for (5000|49\d\d) s/,
      );
    } finally {
      await client.quit();
      await redis.stop();
    }
  });
});
