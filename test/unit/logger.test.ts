// Log lines and logged errors.

import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../src/observability/logger.ts';
import { expectHidden, logged, MOBILE } from '../support/logged.ts';

/** Like an error of a database driver, which adds the statement and its parameters as properties. */
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

describe('a log line', () => {
  it('is JSON with level, time and message in production', () => {
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

  it('is formatted for people in a terminal', () => {
    const { terminal } = logged((logger) => logger.warn({ requestId: 'r1' }, 'look here'));
    expect(terminal).toMatch(/WARN.*look here/);
    expect(terminal).toMatch(/requestId.*r1/);
    expect(terminal).not.toMatch(/^\{/);
  });

  it('is omitted below the level', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const logger = createLogger({ level: 'warn', production: true, destination });
    logger.info('nothing');
    logger.warn('something');
    expect(lines).toHaveLength(1);
  });
});

describe('a logged error', () => {
  it('has its type, message, stack and code, and those of its cause', () => {
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

  it('has none of the properties that a driver adds', () => {
    const secrets = ['hush', MOBILE, 'secrets values'];
    expectHidden((logger) => logger.error({ err: driverError() }, 'failed'), ...secrets);
    expectHidden((logger) => logger.error(driverError()), ...secrets);
    expectHidden((logger) => logger.error({ cause: driverError() }), ...secrets);
    expectHidden((logger) => logger.child({ err: driverError() }).error('child'), ...secrets);
  });

  it('has none of the properties that a driver adds to a cause at any depth', () => {
    const deep = new Error('one', { cause: new Error('two', { cause: driverError('three') }) });
    const { json } = logged((logger) => logger.error({ err: deep }));
    expect(JSON.parse(json).err.cause.cause).toMatchObject({ message: 'three', errorCode: '23505' });
    expectHidden((logger) => logger.error({ err: deep }), 'hush', MOBILE, 'secrets values');
  });

  it('has none of the properties that a driver adds, under any name', () => {
    for (const name of ['error', 'reason', 'outage']) {
      expectHidden((logger) => logger.error({ [name]: driverError() }), 'hush', 'secrets values');
    }
  });

  it('has masked mobiles in message and stack', () => {
    const error = driverError(`Key (mobile)=(+86${MOBILE}) already exists.`);
    expectHidden((logger) => logger.error({ err: error }), MOBILE);
    expectHidden((logger) => logger.error({ err: new Error('outer', { cause: error }) }), MOBILE);
    expectHidden((logger) => logger.error(error), MOBILE);
  });

  it('may be any thrown value', () => {
    for (const thrown of ['a string', 42, null, undefined, { code: 'hush' }, Symbol('symbol')]) {
      expectHidden((logger) => logger.error({ err: thrown }, 'thrown'), 'hush');
      expectHidden((logger) => logger.error({ err: new Error('outer', { cause: thrown }) }), 'hush');
    }
  });

  it('may have a circular cause', () => {
    const error = new Error('round');
    error.cause = new Error('and round', { cause: error });
    const { json } = logged((logger) => logger.error({ err: error }, 'failed'));
    expect(JSON.parse(json)).toMatchObject({ msg: 'failed', err: { message: 'round' } });
  });
});
