// The contract of every SMS provider. Each provider runs these tests.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../src/sms/sms-sender.ts';
import { smsMessage } from '../support/sms-message.ts';

export interface SenderUnderTest {
  readonly sender: SmsSender;
  /** What phones received or the terminal showed so far: one string for each SMS, which contains its code. */
  delivered(): readonly string[];
  /** From now on no SMS is delivered, and the errors of the provider repeat everything that they can. */
  breakDown(): void;
  /** What the outcome of a failed send must not contain. */
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

const MESSAGE = smsMessage();

/** Messages to different mobiles with different codes. */
function messages(count: number): SmsMessage[] {
  return Array.from({ length: count }, (_, index) =>
    smsMessage({
      mobile: `+861390013${String(8000 + index)}` as Mobile,
      code: String(500_000 + index * 7),
    }),
  );
}

export function describeSmsSender(name: string, start: () => Promise<SenderUnderTest>): void {
  describe(`the SMS provider ${name}`, () => {
    let provider: SenderUnderTest;
    beforeEach(async () => {
      provider = await start();
    });
    afterEach(() => provider.stop());

    it('accepts an SMS and returns its message id', async () => {
      const outcome = await provider.sender.send(MESSAGE);
      expect(outcome).toEqual({ kind: 'accepted', messageId: expect.stringMatching(/./) });
    });

    it('delivers one SMS that contains the code with its leading zeros', async () => {
      await provider.sender.send(MESSAGE);
      expect(provider.delivered()).toHaveLength(1);
      expect(provider.delivered()[0]).toMatch(/(?<!\d)007042(?!\d)/);
    });

    it('delivers the same code twice in two attempts, with two message ids', async () => {
      const first = await provider.sender.send(MESSAGE);
      const second = await provider.sender.send({ ...MESSAGE, attemptId: '0'.repeat(32) });
      expect([first.kind, second.kind]).toEqual(['accepted', 'accepted']);
      expect(second).not.toEqual(first);
      expect(provider.delivered()).toHaveLength(2);
    });

    it('delivers 50 concurrent messages, each once', async () => {
      const many = messages(50);
      const outcomes = await Promise.all(many.map((message) => provider.sender.send(message)));
      const ids = outcomes.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome.messageId] : []));
      expect(ids).toHaveLength(50);
      expect(new Set(ids).size).toBe(50);
      const codes = provider.delivered().map((sms) => /(?<!\d)\d{6}(?!\d)/.exec(sms)?.[0]);
      expect(codes.toSorted()).toEqual(many.map(({ code }) => code).toSorted());
    });

    it('waits for sends in flight when it closes', async () => {
      const outcomes: SmsOutcome[] = [];
      const sends = messages(20).map(async (message) => outcomes.push(await provider.sender.send(message)));
      await provider.sender.close();
      expect(provider.delivered()).toHaveLength(20);
      await Promise.all(sends);
      expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(20);
    });

    it('never throws, not even after it is closed', async () => {
      await provider.sender.close();
      const outcome = await provider.sender.send(MESSAGE);
      expect(['accepted', 'rejected', 'unknown']).toContain(outcome.kind);
    });

    it('returns a failure as an outcome that contains no secret, code or mobile', async () => {
      provider.breakDown();
      for (const message of [MESSAGE, ...messages(3)]) {
        const { unreachable = true, ...outcome } = await provider.sender.send(message);
        expect(unreachable).toBe(true);
        expect(outcome).toEqual(
          outcome.kind === 'rejected'
            ? {
                kind: 'rejected',
                cause: expect.stringMatching(/^(recipient|limit|account|content|provider)$/),
                reason: expect.any(String),
                retryAfterSeconds: expect.any(Number),
                ...('fault' in outcome && { fault: expect.any(String) }),
              }
            : { kind: 'unknown', reason: expect.any(String) },
        );
        const national = message.mobile.slice(3);
        for (const secret of [...provider.secrets, message.code, message.mobile, national]) {
          expect(JSON.stringify(outcome)).not.toContain(secret);
        }
      }
    });
  });
}
