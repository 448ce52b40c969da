// The log: what is told, and that no mobile, code or token is told with it.

import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/observability/logger.ts';

const MOBILE = '13800138000';

/** What comes out of a logger of production, and of one for a terminal. */
function logged(write: (logger: ReturnType<typeof createLogger>) => void): {
  json: string;
  terminal: string;
} {
  const [json, terminal] = [true, false].map((production) => {
    const lines: string[] = [];
    write(createLogger({ level: 'trace', production, destination: { write: (line) => lines.push(line) } }));
    return lines.join('');
  });
  return { json: json ?? '', terminal: terminal ?? '' };
}

function expectHidden(write: (logger: ReturnType<typeof createLogger>) => void, ...secrets: string[]): void {
  const { json, terminal } = logged(write);
  expect(json).not.toBe('');
  expect(terminal).not.toBe('');
  for (const secret of secrets) {
    expect(json).not.toContain(secret);
    expect(terminal).not.toContain(secret);
  }
}

/** Like an error of a database driver: everything that it knows hangs on it. */
function driverError(message = 'it failed'): Error {
  return Object.assign(new Error(message), {
    code: '23505',
    query: 'insert into secrets values ($1)',
    sql: 'insert into secrets values (hush)',
    parameters: ['hush', `+86${MOBILE}`],
    params: ['hush'],
    detail: `Key (mobile)=(+86${MOBILE}) already exists.`,
    row: { token: 'hush' },
    command: { name: 'set', args: ['nonce', 'hush'] },
  });
}

describe('a line of the log', () => {
  it('is JSON with level, time and words in production', () => {
    const { json } = logged((logger) => logger.info({ requestId: 'r1', seconds: 0.5 }, 'answered'));
    expect(JSON.parse(json)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestId: 'r1',
      seconds: 0.5,
      msg: 'answered',
    });
    expect(json.endsWith('\n')).toBe(true);
  });

  it('can be read by a person in a terminal', () => {
    const { terminal } = logged((logger) => logger.warn({ requestId: 'r1' }, 'look here'));
    expect(terminal).toMatch(/WARN.*look here/);
    expect(terminal).toMatch(/requestId.*r1/);
    expect(terminal).not.toMatch(/^\{/);
  });

  it('is left out below the level', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const logger = createLogger({ level: 'warn', production: true, destination });
    logger.info('nothing');
    logger.warn('something');
    expect(lines).toHaveLength(1);
  });
});

describe('a mobile in the log', () => {
  it.each([
    ['by itself', MOBILE, '138****8000'],
    ['in a sentence', `a text to ${MOBILE}, at last`, 'a text to 138****8000, at last'],
    ['in E.164', `+86${MOBILE}`, '+86138****8000'],
    ['with 86 in front', `86${MOBILE}`, '86138****8000'],
    ['with 0086 in front', `0086${MOBILE}`, '0086138****8000'],
    ['twice', `${MOBILE},13900139000`, '138****8000,139****9000'],
    ['in a key', `sms:{${MOBILE}}:code`, 'sms:{138****8000}:code'],
    ['behind an underscore', `mobile_${MOBILE}`, 'mobile_138****8000'],
  ])('is masked %s', (_where, text, masked) => {
    const { json, terminal } = logged((logger) => logger.info({ text }, text));
    expect(JSON.parse(json)).toMatchObject({ text: masked, msg: masked });
    expect(terminal).not.toContain(MOBILE);
  });

  it('is masked in any segment', () => {
    for (const second of ['3', '4', '5', '6', '7', '8', '9']) {
      expectHidden((logger) => logger.info(`1${second}512345678`), '12345678');
    }
  });

  it('is masked under any name and at any depth', () => {
    expectHidden((logger) => logger.info({ a: [{ b: { c: `to ${MOBILE}` } }], [MOBILE]: 1 }), MOBILE);
  });

  it('is masked in what a child logger always says', () => {
    expectHidden((logger) => logger.child({ about: MOBILE }).info('child'), MOBILE);
  });

  it('is masked when it is a number', () => {
    expectHidden((logger) => logger.info({ mobile: Number(MOBILE) }, 'a number'), MOBILE);
  });
});

describe('what only looks like a mobile', () => {
  it.each([
    ['the time in milliseconds', 1_790_123_456_789],
    ['the time in seconds', 1_790_123_456],
    ['the time in microseconds', 1_790_123_456_789_012],
    ['a digit too few', 1_380_013_800],
    ['a digit too many', 138_001_380_001],
    ['a segment that is none', 12_800_138_000],
    ['a fraction', 0.13812345678],
    ['a number with a fraction', 2.13812345678],
  ])('stays as it is: %s', (_what, value) => {
    const { json } = logged((logger) => logger.info({ value, text: `at ${value}` }, `${value}`));
    expect(JSON.parse(json)).toMatchObject({ value, text: `at ${value}`, msg: String(value) });
  });

  it.each([
    '3f2c9d0a5b7e4c1d8e6f00112233aabb',
    '8a216da85f0000000000000000000001',
    '3f2c13800138000d0a5b7e4c1d8e6f00',
    '13800138000d0a5b7e4c1d8e6f003f2c',
  ])('stays as it is: the id %s', (id) => {
    const { json } = logged((logger) => logger.info({ messageId: id }, `sent as ${id}`));
    expect(JSON.parse(json)).toMatchObject({ messageId: id, msg: `sent as ${id}` });
  });
});

describe('a secret in the log', () => {
  it.each([
    'code',
    'captchaAnswer',
    'token',
    'verificationToken',
    'authorization',
    'cookie',
    'password',
    'nonce',
  ])('is hidden under the name %s', (name) => {
    const { json } = logged((logger) => logger.info({ [name]: 'hush' }));
    expect(JSON.parse(json)).toMatchObject({ [name]: '[redacted]' });
    expectHidden((logger) => logger.info({ [name]: 'hush' }), 'hush');
    expectHidden((logger) => logger.info({ [name]: 123_456 }), '123456');
    expectHidden((logger) => logger.info({ input: { [name]: 'hush' } }), 'hush');
    expectHidden((logger) => logger.child({ [name]: 'hush' }).info('child'), 'hush');
  });

  it('is hidden where a GraphQL request has it', () => {
    expectHidden(
      (logger) => logger.info({ variables: { input: { code: 'hush', captchaAnswer: 'hush' } } }),
      'hush',
    );
  });

  it('is hidden where an HTTP request has it', () => {
    expectHidden(
      (logger) => logger.info({ req: { headers: { authorization: 'hush', cookie: 'hush' } } }),
      'hush',
    );
  });

  it('is hidden in a list', () => {
    expectHidden((logger) => logger.info({ sent: [{ code: 'hush' }] }), 'hush');
  });
});

describe('an error in the log', () => {
  it('tells its type, words, place and code, and the same of its cause', () => {
    const cause = Object.assign(new RangeError('inner'), { code: 'ECONNREFUSED' });
    const { json } = logged((logger) => logger.error({ err: new TypeError('outer', { cause }) }, 'failed'));
    expect(JSON.parse(json)).toMatchObject({
      msg: 'failed',
      err: {
        type: 'TypeError',
        message: 'outer',
        stack: expect.stringContaining('logger.test'),
        cause: { type: 'RangeError', message: 'inner', errorCode: 'ECONNREFUSED' },
      },
    });
  });

  it('tells nothing that a driver hangs on it', () => {
    const secrets = ['hush', MOBILE, 'secrets values'];
    expectHidden((logger) => logger.error({ err: driverError() }, 'failed'), ...secrets);
    expectHidden((logger) => logger.error(driverError()), ...secrets);
    expectHidden((logger) => logger.error({ cause: driverError() }), ...secrets);
    expectHidden((logger) => logger.child({ err: driverError() }).error('child'), ...secrets);
  });

  it('tells nothing that a driver hangs on a cause, however deep', () => {
    const deep = new Error('one', { cause: new Error('two', { cause: driverError('three') }) });
    const { json } = logged((logger) => logger.error({ err: deep }));
    expect(JSON.parse(json).err.cause.cause).toMatchObject({ message: 'three', errorCode: '23505' });
    expectHidden((logger) => logger.error({ err: deep }), 'hush', MOBILE, 'secrets values');
  });

  it('tells nothing that a driver hangs on it under whatever name it is logged', () => {
    for (const name of ['error', 'reason', 'outage']) {
      expectHidden((logger) => logger.error({ [name]: driverError() }), 'hush', 'secrets values');
    }
  });

  it('has mobiles masked in its words and in its stack', () => {
    const error = driverError(`Key (mobile)=(+86${MOBILE}) already exists.`);
    expectHidden((logger) => logger.error({ err: error }), MOBILE);
    expectHidden((logger) => logger.error({ err: new Error('outer', { cause: error }) }), MOBILE);
    expectHidden((logger) => logger.error(error), MOBILE);
  });

  it('may be anything that was thrown', () => {
    for (const thrown of ['words', 42, null, undefined, { code: 'hush' }, Symbol('sign')]) {
      expectHidden((logger) => logger.error({ err: thrown }, 'thrown'), 'hush');
      expectHidden((logger) => logger.error({ err: new Error('outer', { cause: thrown }) }), 'hush');
    }
  });

  it('may be its own cause', () => {
    const error = new Error('round');
    error.cause = new Error('and round', { cause: error });
    const { json } = logged((logger) => logger.error({ err: error }, 'failed'));
    expect(JSON.parse(json)).toMatchObject({ msg: 'failed', err: { message: 'round' } });
  });
});
