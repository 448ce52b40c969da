// Failover: another provider tries only after a certain rejection, so one request never sends two SMS.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { DeliveryStore } from '../../src/sms/delivery/delivery.store.ts';
import {
  type AcceptedAttempt,
  type DeliveryProvider,
  type SmsDeliveryRequest,
  SmsDeliveryService,
} from '../../src/sms/delivery/sms-delivery.service.ts';
import { FixedOrder } from '../../src/sms/routing/provider-order.ts';
import type {
  LookUpResult,
  PastAttempt,
  RejectionCause,
  SmsMessage,
  SmsOutcome,
} from '../../src/sms/sms-sender.ts';
import { eventually } from '../support/eventually.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { keys } from '../support/store-fixtures.ts';
import { startSomeRedis } from '../support/test-app.ts';
import { withRedis } from '../support/with-redis.ts';

const accepted: SmsOutcome = { kind: 'accepted', messageId: 'message-1' };
const unknown: SmsOutcome = { kind: 'unknown', reason: 'time-out', unreachable: true };
const rejected = (cause: RejectionCause, retryAfterSeconds = 10): SmsOutcome => ({
  kind: 'rejected',
  cause,
  reason: 'code',
  retryAfterSeconds,
});

interface Sent extends SmsMessage {
  readonly provider: string;
  readonly timeoutMs: number | undefined;
  readonly outcome: SmsOutcome;
}

type Answer = SmsOutcome | (() => Promise<SmsOutcome>);

describe('SmsDeliveryService', () => {
  const redis = withRedis({ start: startSomeRedis });
  const deliveries = new DeliveryStore(redis.dependency, keys);

  /** Providers `a`, `b` … with these outcomes. */
  function startDelivery(
    outcomes: readonly Answer[],
    options: Partial<DeliveryProvider> = {},
    timeoutMs = 5000,
    onAccepted: (sms: AcceptedAttempt) => void = () => {},
  ) {
    const sent: Sent[] = [];
    const lookedUp: PastAttempt[] = [];
    const names = outcomes.map((_outcome, index) => String.fromCharCode('a'.charCodeAt(0) + index));
    const providers = names.map((name, index) => ({
      name,
      timeoutMs: 5000,
      triesNextAfterLimit: false,
      lookUp: undefined,
      sender: {
        async send(message: SmsMessage, timeoutMs?: number) {
          const answer = outcomes[index] as Answer;
          const outcome = typeof answer === 'function' ? await answer() : answer;
          sent.push({ ...message, provider: name, timeoutMs, outcome });
          return outcome;
        },
        close: async () => {},
      },
      ...options,
    }));
    const service = new SmsDeliveryService({
      providers,
      order: new FixedOrder(names),
      deliveries,
      hash: (kind, value) => `${kind} ${value}`,
      timeoutMs,
      onAccepted,
    });
    return { service, sent, lookedUp, providersOf: () => sent.map(({ provider }) => provider) };
  }

  const newRequest = (fields: Partial<SmsDeliveryRequest> = {}): SmsDeliveryRequest => ({
    recordName: randomBytes(15).toString('hex'),
    requestedAtMs: Date.now(),
    previousRecordName: undefined,
    mobile: '+8613800138000' as Mobile,
    code: '007042',
    validForMinutes: 5,
    purpose: 'REGISTER',
    ...fields,
  });

  it.each([
    ['accepted', accepted, 'a'],
    ['unknown', unknown, 'a'],
    ['rejected for the recipient', rejected('recipient'), 'a'],
    ['rejected by a limit for the number', rejected('limit'), 'a'],
    ['rejected for a fault of the account', rejected('account'), 'ab'],
    ['rejected for the content', rejected('content'), 'ab'],
    ['rejected by a busy or unreachable provider', rejected('provider'), 'ab'],
  ])('after a first attempt that is %s, the providers %s… have tried', async (_what, first, tried) => {
    const { service, providersOf } = startDelivery([first as SmsOutcome, accepted]);
    const { provider, outcome } = await service.send(newRequest());
    expect(providersOf().join('')).toBe(tried);
    expect(provider).toBe(tried.at(-1));
    expect(outcome).toEqual(tried === 'ab' ? accepted : first);
  });

  it('tries the next provider after a limit for the number if the operator has chosen so', async () => {
    const { service, providersOf } = startDelivery([rejected('limit'), accepted], {
      triesNextAfterLimit: true,
    });
    expect((await service.send(newRequest())).outcome).toEqual(accepted);
    expect(providersOf()).toEqual(['a', 'b']);
  });

  it('gives each attempt an id of its own, of 32 letters and digits, and the same code', async () => {
    const { service, sent } = startDelivery([rejected('provider'), rejected('account'), accepted]);
    const request = newRequest();
    await service.send(request);
    expect(sent.map(({ attemptId }) => attemptId)).toEqual(
      ['01', '02', '03'].map((n) => request.recordName + n),
    );
    for (const { attemptId } of sent) expect(attemptId).toMatch(/^[0-9A-Za-z]{32}$/);
    expect(new Set(sent.map(({ code }) => code))).toEqual(new Set(['007042']));
  });

  it('records an attempt as leaving before its bytes leave, and its outcome afterwards', async () => {
    const request = newRequest();
    const states: unknown[] = [];
    const { service } = startDelivery([
      async () => {
        states.push((await deliveries.read(request.recordName))?.state);
        return rejected('provider');
      },
      async () => {
        states.push(await deliveries.read(request.recordName));
        return accepted;
      },
    ]);
    await service.send(request);
    expect(states).toEqual([
      'leaving',
      expect.objectContaining({ state: 'leaving', attempt: expect.objectContaining({ provider: 'b' }) }),
    ]);
    await eventually(async () => (await deliveries.read(request.recordName))?.state === 'accepted');
  });

  it('sends nothing for a request whose earlier attempt may have been accepted', async () => {
    const { service, sent } = startDelivery([accepted, accepted]);
    const request = newRequest();
    await service.send(request);
    expect((await service.send(request)).outcome.kind).toBe('unknown');
    expect(sent).toHaveLength(1);
  });

  it('sends nothing when Redis cannot record the attempt', async () => {
    const { sent } = startDelivery([accepted]);
    const broken = new SmsDeliveryService({
      providers: [],
      order: new FixedOrder(['a']),
      deliveries: new DeliveryStore({ use: () => Promise.reject(new Error('down')) }, keys),
      hash: () => '',
      timeoutMs: 8000,
      onAccepted: () => {},
    });
    Object.assign(broken, {
      providers: new Map([
        ['a', { name: 'a', timeoutMs: 1, sender: { send: async (message: Sent) => sent.push(message) } }],
      ]),
    });
    await expect(broken.send(newRequest())).rejects.toThrow('down');
    expect(sent).toEqual([]);
  });

  it('starts no attempt that would hardly end before the deadline of the delivery', async () => {
    const { service, providersOf } = startDelivery([rejected('provider', 30), accepted], {}, 1999);
    const { provider, outcome } = await service.send(newRequest());
    expect(providersOf()).toEqual(['a']);
    expect([provider, outcome]).toEqual(['a', rejected('provider', 30)]);
  });

  it('gives each attempt the time that is left of the delivery', async () => {
    const slowly = async () => {
      await sleep(50);
      return rejected('provider');
    };
    const { service, sent } = startDelivery([slowly, accepted]);
    await service.send(newRequest());
    const [first = 0, second = 0] = sent.map(({ timeoutMs }) => timeoutMs);
    expect(first).toBeLessThanOrEqual(5000);
    expect(second).toBeLessThan(first - 45);
  });

  it('reports the last rejection, the ones before it, and the soonest retry of all', async () => {
    const { service } = startDelivery([rejected('provider', 7), rejected('account', 10)]);
    expect(await service.send(newRequest())).toEqual({
      provider: 'b',
      outcome: { ...rejected('account', 10), retryAfterSeconds: 7 },
      failovers: [{ provider: 'a', outcome: rejected('provider', 7) }],
    });
  });

  it.each([
    ['limit', 5],
    ['recipient', 60],
  ] as const)('after a %s of the last one, another try makes sense in %i seconds', async (cause, seconds) => {
    const { service } = startDelivery([rejected('provider', 5), rejected(cause, 60)]);
    expect((await service.send(newRequest())).outcome).toMatchObject({ cause, retryAfterSeconds: seconds });
  });

  it('tells each accepted SMS, and whether an earlier one had the same code', async () => {
    const told: AcceptedAttempt[] = [];
    const { service } = startDelivery([rejected('account'), accepted], {}, 5000, (sms) => told.push(sms));
    const [first, resend] = [newRequest(), newRequest()];
    await service.send(first);
    await service.send({ ...resend, previousRecordName: first.recordName });
    expect(told).toMatchObject([
      { attemptId: `${first.recordName}02`, provider: 'b', messageId: 'message-1', isResend: false },
      { provider: 'b', isResend: true },
    ]);
  });

  it('lets another provider try first when the person asks for another SMS', async () => {
    const { service, providersOf } = startDelivery([accepted, accepted, accepted]);
    const [first, second, third, fourth] = [newRequest(), newRequest(), newRequest(), newRequest()];
    await service.send(first);
    await service.send({ ...second, previousRecordName: first.recordName });
    await service.send({ ...third, previousRecordName: second.recordName });
    await service.send({ ...fourth, previousRecordName: third.recordName });
    expect(providersOf()).toEqual(['a', 'b', 'c', 'a']);
  });

  describe('a resend after an unknown outcome', () => {
    async function resendAfter(first: SmsOutcome, found: LookUpResult) {
      const asked: string[] = [];
      const attempts: PastAttempt[] = [];
      const delivery = startDelivery(
        [
          async () => {
            asked.push('send a');
            return first;
          },
          async () => {
            asked.push('send b');
            return accepted;
          },
        ],
        {
          lookUp: async (attempt) => {
            asked.push('look up');
            attempts.push(attempt);
            return found;
          },
        },
      );
      const [request, resend] = [newRequest(), newRequest()];
      await delivery.service.send(request);
      await eventually(async () => (await deliveries.read(request.recordName))?.state === first.kind);
      await delivery.service.send({ ...resend, previousRecordName: request.recordName });
      return { asked, attempts, state: (await deliveries.read(request.recordName))?.state, request };
    }

    it.each([
      ['accepted', 'accepted'],
      ['delivered', 'delivered'],
      ['undelivered', 'undelivered'],
      ['unknown', 'unknown'],
    ] as const)('asks the provider first, and records %s', async (found, state) => {
      const result = await resendAfter(unknown, found);
      expect(result.asked).toEqual(['send a', 'look up', 'send b']);
      expect(result.attempts).toEqual([
        {
          attemptId: `${result.request.recordName}01`,
          mobile: '+8613800138000',
          startedAtMs: expect.any(Number),
        },
      ]);
      expect(result.state).toBe(state);
    });

    it('asks the provider too about an attempt whose process was killed, so that its outcome was not recorded', async () => {
      const asked: PastAttempt[] = [];
      const lookUp = async (attempt: PastAttempt): Promise<LookUpResult> => {
        asked.push(attempt);
        return 'delivered';
      };
      const { service } = startDelivery([accepted, accepted], { lookUp });
      const [killed, resend] = [newRequest(), newRequest()];
      await deliveries.start(
        {
          recordName: killed.recordName,
          number: 1,
          provider: 'a',
          mobileHash: 'hash',
          carrierPrefix: '138',
          requestedAtMs: killed.requestedAtMs,
        },
        Date.now(),
      );
      await service.send({ ...resend, previousRecordName: killed.recordName });
      expect(asked).toMatchObject([{ attemptId: `${killed.recordName}01` }]);
      expect((await deliveries.read(killed.recordName))?.state).toBe('delivered');
    });

    it.each([
      [10_000, 1500],
      [1000, 300],
    ])('in a delivery of %i ms asks for at most %i ms', async (deliveryMs, lookUpMs) => {
      const limits: number[] = [];
      const lookUp = async (_attempt: PastAttempt, timeoutMs: number): Promise<LookUpResult> => {
        limits.push(timeoutMs);
        return 'unknown';
      };
      const { service } = startDelivery([unknown, accepted], { lookUp }, deliveryMs);
      const [request, resend] = [newRequest(), newRequest()];
      await service.send(request);
      await service.send({ ...resend, previousRecordName: request.recordName });
      expect(limits).toEqual([lookUpMs]);
    });

    it('asks nothing after an accepted one', async () => {
      expect((await resendAfter(accepted, 'unknown')).asked).toEqual(['send a', 'send b']);
    });
  });

  it('never sends an SMS twice, for random answers of one to four providers', async () => {
    const random = seededRandom(20261125);
    const causes: readonly RejectionCause[] = ['recipient', 'limit', 'account', 'content', 'provider'];
    const draw = (): SmsOutcome => {
      const kind = random();
      if (kind < 0.15) return accepted;
      if (kind < 0.3) return unknown;
      return rejected(causes[Math.floor(random() * causes.length)] as RejectionCause);
    };
    const runs = Array.from({ length: 400 }, async () => {
      const script = Array.from({ length: 1 + Math.floor(random() * 4) }, draw);
      const { service, sent } = startDelivery(script, { triesNextAfterLimit: random() < 0.5 });
      const { outcome } = await service.send(newRequest());
      const possiblySent = sent.filter((sms) => sms.outcome.kind !== 'rejected');
      expect(possiblySent.length).toBeLessThanOrEqual(1);
      expect(outcome.kind === 'rejected').toBe(possiblySent.length === 0);
      expect(new Set(sent.map(({ provider }) => provider)).size).toBe(sent.length);
    });
    await Promise.all(runs);
  });
});
