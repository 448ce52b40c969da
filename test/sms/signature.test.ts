// The signature of a request: known examples, and China Standard Time in every time zone of the host.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { chinaTimestamp, secondsUntilChinaMidnight } from '../../src/common/china-time.ts';
import { sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import { ACCOUNT } from '../support/test-settings.ts';

const run = promisify(execFile);

const { accountSid: SID, authToken: TOKEN } = ACCOUNT;
const INSTANT = '2026-03-01T16:30:00Z';

describe('the signature of a request', () => {
  it.each([
    [
      'an ordinary account at noon',
      [SID, TOKEN, '20260101120000'],
      'ED9C5F05F139C8C4B1CBFE0D923D3FCB',
      'OGEyMTZkYTg1ZjAwMDAwMDAwMDAwMDAwMDAwMDAwMDE6MjAyNjAxMDExMjAwMDA=',
    ],
    [
      'the last second of a leap day',
      ['aaf98f8900000000abcdef0123456789', 'fedcba9876543210fedcba9876543210', '20240229235959'],
      '69E2D8A8BC0F83986B0520181E2834E0',
      'YWFmOThmODkwMDAwMDAwMGFiY2RlZjAxMjM0NTY3ODk6MjAyNDAyMjkyMzU5NTk=',
    ],
    [
      'an account id with dashes',
      ['mock-account-sid', 'mock-account-token', '20140416142030'],
      'CF0FAF11519F85433D3E5D64D1455D82',
      'bW9jay1hY2NvdW50LXNpZDoyMDE0MDQxNjE0MjAzMA==',
    ],
    [
      'an instant on the next day in China',
      [SID, TOKEN, chinaTimestamp(Date.parse(INSTANT))],
      '6F27F993B6D4F9F5C91E01100AB91BF3',
      'OGEyMTZkYTg1ZjAwMDAwMDAwMDAwMDAwMDAwMDAwMDE6MjAyNjAzMDIwMDMwMDA=',
    ],
  ])('matches a known signature: %s', (_name, [sid = '', token = '', timestamp = ''], sig, authorization) => {
    expect(sign(sid, token, timestamp)).toEqual({ sig, authorization });
  });

  it('does not use UTC', () => {
    const inUtc = {
      sig: '39CC2C6DC125D2292BB674C4B52D41D7',
      authorization: 'OGEyMTZkYTg1ZjAwMDAwMDAwMDAwMDAwMDAwMDAwMDE6MjAyNjAzMDExNjMwMDA=',
    };
    expect(sign(SID, TOKEN, '20260301163000')).toEqual(inUtc);
    const signed = sign(SID, TOKEN, chinaTimestamp(Date.parse(INSTANT)));
    expect(signed.sig).not.toBe(inUtc.sig);
    expect(signed.authorization).not.toBe(inUtc.authorization);
  });
});

describe('China Standard Time', () => {
  it.each([
    ['2026-03-01T16:30:00Z', '20260302003000'],
    ['2026-03-01T15:59:59.999Z', '20260301235959'],
    ['2026-03-01T16:00:00.000Z', '20260302000000'],
    ['2025-12-31T15:59:59Z', '20251231235959'],
    ['2025-12-31T16:00:00Z', '20260101000000'],
    ['2028-02-28T16:00:00Z', '20280229000000'],
    ['2026-07-01T04:05:06.700Z', '20260701120506'],
    ['2000-01-01T00:00:00Z', '20000101080000'],
  ])('is eight hours ahead of UTC: %s is %s', (instant, timestamp) => {
    expect(chinaTimestamp(Date.parse(instant))).toBe(timestamp);
  });

  it.each(['America/New_York', 'Asia/Shanghai', 'UTC', 'Pacific/Kiritimati'])(
    'does not depend on the time zone of the host: %s, with its clock changes',
    async (zone) => {
      const instants = [
        '2026-03-01T16:30:00Z',
        '2026-03-08T06:59:59Z',
        '2026-03-08T07:00:00Z',
        '2026-11-01T06:30:00Z',
      ];
      const [signature, time] = ['sms/providers/yuntongxun/signature.js', 'common/china-time.js'].map(
        (file) => JSON.stringify(import.meta.resolve(`../../src/${file}`)),
      );
      const program = `
        import { sign } from ${signature};
        import { chinaTimestamp, secondsUntilChinaMidnight } from ${time};
        const instants = ${JSON.stringify(instants)}.map((instant) => Date.parse(instant));
        console.log(JSON.stringify({
          zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          timestamps: instants.map(chinaTimestamp),
          midnight: secondsUntilChinaMidnight(instants[0]),
          ...sign('${SID}', '${TOKEN}', chinaTimestamp(instants[0])),
        }));
      `;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
        env: { ...process.env, TZ: zone },
      });
      expect(JSON.parse(stdout)).toEqual({
        zone,
        timestamps: ['20260302003000', '20260308145959', '20260308150000', '20261101143000'],
        midnight: 84_600,
        sig: '6F27F993B6D4F9F5C91E01100AB91BF3',
        authorization: 'OGEyMTZkYTg1ZjAwMDAwMDAwMDAwMDAwMDAwMDAwMDE6MjAyNjAzMDIwMDMwMDA=',
      });
    },
  );

  it.each([
    ['2026-03-01T16:00:00.000Z', 86_400],
    ['2026-03-01T16:00:00.001Z', 86_400],
    ['2026-03-01T16:30:00.000Z', 84_600],
    ['2026-03-02T04:00:00.000Z', 43_200],
    ['2026-03-02T15:59:59.000Z', 1],
    ['2026-03-02T15:59:59.999Z', 1],
  ])('at %s is %d seconds before midnight', (instant, seconds) => {
    expect(secondsUntilChinaMidnight(Date.parse(instant))).toBe(seconds);
  });
});
