// What is observed about a report: the time to the delivery, although clocks differ.

import { describe, expect, it } from '@jest/globals';
import type { DeliveryStore } from '../../src/sms/delivery/delivery.store.ts';
import type { MessageIdStore } from '../../src/sms/delivery/message-id.store.ts';
import type { DeliveryReport, ReportReader } from '../../src/sms/delivery-report.ts';
import { type ObservedReport, ReportIntake } from '../../src/sms/reports/report-intake.service.ts';

const STARTED_AT_MS = 1_800_000_000_000;
const RECEIVED_AT_MS = STARTED_AT_MS + 8000;
const FACTS = { attemptId: 'attempt', messageId: undefined, mobile: undefined, code: 'DELIVRD' };

async function observedAfter(report: DeliveryReport, kind: 'applied' | 'repeated' = 'applied') {
  const observed: ObservedReport[] = [];
  const reader: ReportReader = {
    pathSecret: undefined,
    read: () => [report],
    acknowledge: () => ({ contentType: 'text/plain', body: 'ok' }),
  };
  const intake = new ReportIntake({
    readers: new Map([['acme', reader]]),
    deliveries: { report: async () => ({ kind, startedAtMs: STARTED_AT_MS }) } as unknown as DeliveryStore,
    messageIds: {} as MessageIdStore,
    hash: (_kind, value) => value,
    observe: (facts) => observed.push(facts),
  });
  await intake.receive('acme', { headers: {}, body: '', receivedAtMs: RECEIVED_AT_MS });
  return observed;
}

describe('the time to the delivery', () => {
  it.each([
    ['is that of the report', STARTED_AT_MS + 3500, 3.5],
    ['is that of its arrival, if it states none', undefined, 8],
    ['is 0 if the clock of the platform is behind', STARTED_AT_MS - 60_000, 0],
    ['ends with the arrival if the clock of the platform is ahead', RECEIVED_AT_MS + 60_000, 8],
  ])('%s', async (_what, deliveredAtMs, seconds) => {
    const observed = await observedAfter({ ...FACTS, status: 'delivered', deliveredAtMs });
    expect(observed).toMatchObject([{ status: 'delivered', result: 'applied', secondsToDelivery: seconds }]);
  });

  it('is observed once, and not for an SMS that was not delivered', async () => {
    const delivered = { ...FACTS, status: 'delivered', deliveredAtMs: STARTED_AT_MS } as const;
    expect((await observedAfter(delivered, 'repeated'))[0]?.secondsToDelivery).toBeUndefined();
    const undelivered = { ...FACTS, status: 'undelivered', cause: 'carrier' } as const;
    expect((await observedAfter(undelivered))[0]?.secondsToDelivery).toBeUndefined();
  });
});
