// Faults of an account that an operator must correct.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { type FaultReport, OPERATOR_ADVICE, ProviderFaults } from '../../src/sms/delivery/provider-faults.ts';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';

const noBalance: SmsOutcome = {
  kind: 'rejected',
  cause: 'account',
  fault: 'balance',
  reason: '160014',
  retryAfterSeconds: 10,
};
const noTemplate: SmsOutcome = { ...noBalance, cause: 'content', fault: 'template', reason: '160032' };
const accepted: SmsOutcome = { kind: 'accepted', messageId: '1' };

describe('ProviderFaults', () => {
  let nowMs: number;
  let reports: FaultReport[];
  let faults: ProviderFaults;
  beforeEach(() => {
    nowMs = 0;
    reports = [];
    faults = new ProviderFaults(
      (report) => reports.push(report),
      () => nowMs,
    );
  });

  it('reports a fault with the code of the provider and what to do', () => {
    faults.record('tencent', noBalance);
    expect(reports).toEqual([
      { provider: 'tencent', fault: 'balance', reason: '160014', advice: OPERATOR_ADVICE.balance },
    ]);
    expect(faults.all()).toEqual({ tencent: 'balance' });
  });

  it('reports each fault of each provider once a minute while it lasts', () => {
    for (nowMs = 0; nowMs < 180_000; nowMs += 1000) {
      faults.record('tencent', noBalance);
      faults.record('webhook', noTemplate);
    }
    expect(reports).toHaveLength(6);
  });

  it('reports a second fault of a provider at once', () => {
    faults.record('tencent', noBalance);
    faults.record('tencent', noTemplate);
    expect(reports.map(({ fault }) => fault)).toEqual(['balance', 'template']);
  });

  it('forgets the fault when the provider accepts an SMS, and not before', () => {
    faults.record('tencent', noBalance);
    faults.record('tencent', { kind: 'unknown', reason: 'time-out' });
    faults.record('tencent', { kind: 'rejected', cause: 'limit', reason: '160038', retryAfterSeconds: 60 });
    faults.record('webhook', accepted);
    expect(faults.of('tencent')).toBe('balance');
    faults.record('tencent', accepted);
    expect(faults.all()).toEqual({});
  });
});
