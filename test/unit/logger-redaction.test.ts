// The logger masks mobiles and redacts secrets.

import { describe, expect, it } from '@jest/globals';
import { expectHidden, logged, MOBILE } from '../support/logged.ts';

describe('a logged mobile', () => {
  it.each([
    ['alone', MOBILE, '138****8000'],
    ['in a sentence', `an SMS to ${MOBILE}, at last`, 'an SMS to 138****8000, at last'],
    ['in E.164', `+86${MOBILE}`, '+86138****8000'],
    ['with 86 in front', `86${MOBILE}`, '86138****8000'],
    ['with 0086 in front', `0086${MOBILE}`, '0086138****8000'],
    ['twice', `${MOBILE},13900139000`, '138****8000,139****9000'],
    ['in a key', `sms:{${MOBILE}}:code`, 'sms:{138****8000}:code'],
    ['after an underscore', `mobile_${MOBILE}`, 'mobile_138****8000'],
  ])('is masked %s', (_where, text, masked) => {
    const { json, terminal } = logged((logger) => logger.info({ text }, text));
    expect(JSON.parse(json)).toMatchObject({ text: masked, msg: masked });
    expect(terminal).not.toContain(MOBILE);
  });

  it('is masked in every segment', () => {
    for (const second of ['3', '4', '5', '6', '7', '8', '9']) {
      expectHidden((logger) => logger.info(`1${second}512345678`), '12345678');
    }
  });

  it('is masked under any name and at any depth', () => {
    expectHidden((logger) => logger.info({ a: [{ b: { c: `to ${MOBILE}` } }], [MOBILE]: 1 }), MOBILE);
  });

  it('is masked in the bindings of a child logger', () => {
    expectHidden((logger) => logger.child({ about: MOBILE }).info('child'), MOBILE);
  });

  it('is masked as a number', () => {
    expectHidden((logger) => logger.info({ mobile: Number(MOBILE) }, 'a number'), MOBILE);
  });
});

describe('a value that resembles a mobile', () => {
  it.each([
    ['the time in milliseconds', 1_790_123_456_789],
    ['the time in seconds', 1_790_123_456],
    ['the time in microseconds', 1_790_123_456_789_012],
    ['a digit too few', 1_380_013_800],
    ['a digit too many', 138_001_380_001],
    ['an unassigned segment', 12_800_138_000],
    ['a fraction', 0.13812345678],
    ['a number with a fraction', 2.13812345678],
  ])('is logged unchanged: %s', (_what, value) => {
    const { json } = logged((logger) => logger.info({ value, text: `at ${value}` }, `${value}`));
    expect(JSON.parse(json)).toMatchObject({ value, text: `at ${value}`, msg: String(value) });
  });

  it.each([
    '3f2c9d0a5b7e4c1d8e6f00112233aabb',
    '8a216da85f0000000000000000000001',
    '3f2c13800138000d0a5b7e4c1d8e6f00',
    '13800138000d0a5b7e4c1d8e6f003f2c',
  ])('is logged unchanged: the id %s', (id) => {
    const { json } = logged((logger) => logger.info({ messageId: id }, `sent as ${id}`));
    expect(JSON.parse(json)).toMatchObject({ messageId: id, msg: `sent as ${id}` });
  });
});

describe('a logged secret', () => {
  it.each([
    'code',
    'captchaAnswer',
    'token',
    'verificationToken',
    'authorization',
    'cookie',
    'password',
    'nonce',
  ])('is redacted under the name %s', (name) => {
    const { json } = logged((logger) => logger.info({ [name]: 'hush' }));
    expect(JSON.parse(json)).toMatchObject({ [name]: '[redacted]' });
    expectHidden((logger) => logger.info({ [name]: 'hush' }), 'hush');
    expectHidden((logger) => logger.info({ [name]: 123_456 }), '123456');
    expectHidden((logger) => logger.info({ input: { [name]: 'hush' } }), 'hush');
    expectHidden((logger) => logger.child({ [name]: 'hush' }).info('child'), 'hush');
  });

  it('is redacted in the variables of a GraphQL request', () => {
    expectHidden(
      (logger) => logger.info({ variables: { input: { code: 'hush', captchaAnswer: 'hush' } } }),
      'hush',
    );
  });

  it('is redacted in the headers of an HTTP request', () => {
    expectHidden(
      (logger) => logger.info({ req: { headers: { authorization: 'hush', cookie: 'hush' } } }),
      'hush',
    );
  });

  it('is redacted in a list', () => {
    expectHidden((logger) => logger.info({ sent: [{ code: 'hush' }] }), 'hush');
  });
});
