// What every SMS provider promises, whoever it is: each one runs these tests.

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../src/sms/sms-sender.ts';

export interface SenderUnderTest {
  readonly sender: SmsSender;
  /** What the phones got or the terminal showed so far, a piece for each text, with its code in it. */
  delivered(): readonly string[];
  /** From now on no text gets through, and whatever can be repeated in a failure is. */
  breakDown(): void;
  /** What the outcome of a failure must not repeat. */
  readonly secrets: readonly string[];
  stop(): Promise<void>;
}

const MESSAGE: SmsMessage = { mobile: '+8613800138000' as Mobile, code: '007042', validForMinutes: 5 };

/** Many texts with a mobile and a code of their own each. */
function messages(count: number): SmsMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    mobile: `+861390013${String(8000 + index)}` as Mobile,
    code: String(500_000 + index * 7),
    validForMinutes: 5,
  }));
}

export function describeSmsSender(name: string, start: () => Promise<SenderUnderTest>): void {
  describe(`the SMS provider ${name}`, () => {
    let provider: SenderUnderTest;
    beforeEach(async () => {
      provider = await start();
    });
    afterEach(() => provider.stop());

    it('sends a text and names it', async () => {
      const outcome = await provider.sender.send(MESSAGE);
      expect(outcome).toEqual({ kind: 'sent', messageId: expect.stringMatching(/./) });
    });

    it('sends one text, with its code as it is typed, zeros in front and all', async () => {
      await provider.sender.send(MESSAGE);
      expect(provider.delivered()).toHaveLength(1);
      expect(provider.delivered()[0]).toMatch(/(?<!\d)007042(?!\d)/);
    });

    it('sends the same text again when it is asked again, under another name', async () => {
      const first = await provider.sender.send(MESSAGE);
      const second = await provider.sender.send(MESSAGE);
      expect([first.kind, second.kind]).toEqual(['sent', 'sent']);
      expect(second).not.toEqual(first);
      expect(provider.delivered()).toHaveLength(2);
    });

    it('sends 50 texts at once, each of them once', async () => {
      const many = messages(50);
      const outcomes = await Promise.all(many.map((message) => provider.sender.send(message)));
      expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(50);
      expect(new Set(outcomes.map((outcome) => outcome.kind === 'sent' && outcome.messageId)).size).toBe(50);
      const codes = provider.delivered().map((text) => /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0]);
      expect(codes.toSorted()).toEqual(many.map(({ code }) => code).toSorted());
    });

    it('waits for running texts when it is closed', async () => {
      const outcomes: SmsOutcome[] = [];
      const sends = messages(20).map(async (message) => outcomes.push(await provider.sender.send(message)));
      await provider.sender.close();
      expect(provider.delivered()).toHaveLength(20);
      await Promise.all(sends);
      expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(20);
    });

    it('never throws, not even once it is closed', async () => {
      await provider.sender.close();
      const outcome = await provider.sender.send(MESSAGE);
      expect(['sent', 'notSent', 'unknown']).toContain(outcome.kind);
    });

    it('tells of a failure as an outcome, without secret, code or mobile', async () => {
      provider.breakDown();
      for (const message of [MESSAGE, ...messages(3)]) {
        const { noResponse = true, ...outcome } = await provider.sender.send(message);
        expect(noResponse).toBe(true);
        expect(outcome).toEqual(
          outcome.kind === 'notSent'
            ? {
                kind: 'notSent',
                reason: expect.any(String),
                retryAfterSeconds: expect.any(Number),
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
