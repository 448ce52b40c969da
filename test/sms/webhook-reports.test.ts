// Signed delivery reports of an operator's service.

import { describe, expect, it } from '@jest/globals';
import { webhookHeaders } from '../../src/sms/providers/webhook/standard-webhooks.ts';
import { webhookReports } from '../../src/sms/providers/webhook/webhook-reports.ts';
import { KEY } from './webhook-fixture.ts';

const ATTEMPT_ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const DELIVERED = { type: 'code.report', id: ATTEMPT_ID, status: 'delivered' };

const reader = webhookReports(KEY);

/** A request that was signed with `key` at `signedAtMs`. */
function signedRequest(report: unknown, key = KEY, signedAtMs = NOW_MS) {
  const body = typeof report === 'string' ? report : JSON.stringify(report);
  const message = { id: 'report-1', timestampSeconds: signedAtMs / 1000, body };
  return { headers: webhookHeaders(message, key), body, receivedAtMs: NOW_MS };
}

const read = (report: unknown) => reader.read(signedRequest(report));
const facts = { attemptId: ATTEMPT_ID, messageId: undefined, mobile: undefined };

describe('a report of the service of an operator', () => {
  it('says that the SMS of an attempt is delivered', () => {
    expect(read(DELIVERED)).toEqual([
      { ...facts, code: 'delivered', status: 'delivered', deliveredAtMs: undefined },
    ]);
  });

  it.each([
    'recipient_unreachable',
    'recipient_invalid',
    'recipient_blocked',
    'limit',
    'content',
    'account',
    'carrier',
    'unspecified',
  ])('says that it is undelivered because of %s', (reason) => {
    expect(read({ ...DELIVERED, status: 'undelivered', reason })).toEqual([
      { ...facts, code: reason, status: 'undelivered', cause: reason },
    ]);
  });

  it.each([
    [undefined, 'undelivered'],
    ['MK:0001', 'MK:0001'],
    ['toString', 'toString'],
    ['the phone 13800138000 is off', 'of another form'],
    [42, 'of another form'],
  ])('says that it is undelivered with the unknown reason %j', (reason, code) => {
    expect(read({ ...DELIVERED, status: 'undelivered', reason })).toEqual([
      { ...facts, code, status: 'undelivered', cause: 'unspecified' },
    ]);
  });

  it('is about something else with another type', () => {
    expect(read({ ...DELIVERED, type: 'code.reply' })).toEqual([]);
  });

  it.each([
    ['no type', { ...DELIVERED, type: undefined }],
    ['no id', { ...DELIVERED, id: undefined }],
    ['an id of another form', { ...DELIVERED, id: 'gateway-42' }],
    ['no status', { ...DELIVERED, status: undefined }],
    ['another status', { ...DELIVERED, status: 'DELIVERED' }],
    ['a list', [DELIVERED]],
    ['half a body', JSON.stringify(DELIVERED).slice(0, 40)],
    ['no body', ''],
    ['null', 'null'],
  ])('is malformed with %s', (_what, report) => {
    expect(read(report)).toBeUndefined();
  });

  it('is acknowledged with an empty object', () => {
    expect(reader.acknowledge(signedRequest(DELIVERED))).toEqual({
      contentType: 'application/json',
      body: '{}',
    });
  });
});

describe('the signature of a report', () => {
  const isAuthentic = (request: ReturnType<typeof signedRequest>) => reader.isAuthentic?.(request);

  it('is the only proof, so the path has no secret', () => {
    expect(reader.pathSecret).toBeUndefined();
    expect(isAuthentic(signedRequest(DELIVERED))).toBe(true);
  });

  it.each([
    ['with another key', signedRequest(DELIVERED, Buffer.alloc(24))],
    ['more than five minutes ago', signedRequest(DELIVERED, KEY, NOW_MS - 301_000)],
    ['more than five minutes ahead', signedRequest(DELIVERED, KEY, NOW_MS + 301_000)],
    ['for another body', { ...signedRequest(DELIVERED), body: JSON.stringify({ ...DELIVERED, id: 'b' }) }],
    ['not at all', { ...signedRequest(DELIVERED), headers: {} }],
  ])('does not prove a report that was signed %s', (_how, request) => {
    expect(isAuthentic(request)).toBe(false);
  });

  it('proves a repeated report, which reads the same and is about the same attempt', () => {
    const request = signedRequest(DELIVERED);
    const again = { ...request, receivedAtMs: NOW_MS + 60_000 };
    expect(isAuthentic(again)).toBe(true);
    expect(reader.read(again)).toEqual(reader.read(request));
  });

  it('does not prove a report that is repeated after five minutes', () => {
    expect(isAuthentic({ ...signedRequest(DELIVERED), receivedAtMs: NOW_MS + 301_000 })).toBe(false);
  });
});
