// The bound on texts under way, and the breaker that leaves a silent provider alone.

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseMobile } from '../../src/common/phone-number.ts';
import { ResilientSmsSender } from '../../src/sms/delivery/resilient-sms-sender.ts';
import type { SmsMessage, SmsOutcome } from '../../src/sms/sms-sender.ts';

const message: SmsMessage = {
  mobile: parseMobile('13800138000') as SmsMessage['mobile'],
  code: '042517',
  validForMinutes: 5,
};
const sent: SmsOutcome = { kind: 'sent', messageId: '1' };
const refused: SmsOutcome = { kind: 'notSent', reason: 'status 160042', retryAfterSeconds: 10 };
const silent: SmsOutcome = { kind: 'unknown', reason: 'time-out', noResponse: true };
const away: SmsOutcome = { kind: 'notSent', reason: 'ECONNREFUSED', retryAfterSeconds: 10, noResponse: true };

describe('a provider that is protected', () => {
  let answers: ((outcome: SmsOutcome) => void)[];
  let closed: boolean;
  let sender: ResilientSmsSender;
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000, doNotFake: ['nextTick', 'queueMicrotask'] });
    answers = [];
    closed = false;
    const provider = {
      send: () => new Promise<SmsOutcome>((resolve) => answers.push(resolve)),
      close: async () => {
        closed = true;
      },
    };
    sender = new ResilientSmsSender(provider, {
      maxInFlight: 3,
      failureThreshold: 2,
      resetTimeoutMs: 10_000,
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  async function outcomeOf(answer: SmsOutcome): Promise<SmsOutcome> {
    const outcome = sender.send(message);
    answers.pop()?.(answer);
    return outcome;
  }

  it('gives its outcomes on as they are, and is closed with its protection', async () => {
    for (const outcome of [sent, refused, away]) expect(await outcomeOf(outcome)).toBe(outcome);
    await sender.close();
    expect(closed).toBe(true);
  });

  it('is tried by so many at once, and one more is told at once that nothing was sent', async () => {
    const running = [sender.send(message), sender.send(message), sender.send(message)];
    expect(sender.underWay).toBe(3);
    expect(await sender.send(message)).toEqual({
      kind: 'notSent',
      reason: 'too many texts are under way',
      retryAfterSeconds: 5,
    });
    expect(answers).toHaveLength(3);
    for (const answer of answers) answer(sent);
    expect(await Promise.all(running)).toEqual([sent, sent, sent]);
    expect(sender.underWay).toBe(0);
  });

  it('is waited for, but not for ever', async () => {
    await sender.finish(1000);
    const running = sender.send(message);
    const finished = sender.finish(1000);
    answers.pop()?.(sent);
    await Promise.all([running, finished]);
    sender.send(message);
    const given = sender.finish(1000);
    jest.advanceTimersByTime(1000);
    await given;
    expect(sender.underWay).toBe(1);
  });

  it('is left alone after some texts without an answer, for a while that is told', async () => {
    await outcomeOf(silent);
    expect(sender.circuitState).toBe('closed');
    await outcomeOf(away);
    expect(sender.circuitState).toBe('open');
    jest.advanceTimersByTime(3500);
    expect(await sender.send(message)).toEqual({
      kind: 'notSent',
      reason: 'the provider gave no answer lately',
      retryAfterSeconds: 7,
    });
    expect(answers).toHaveLength(0);
  });

  it('is not blamed for refusals, nor for silences with an answer in between', async () => {
    for (const outcome of [silent, sent, silent, refused, silent, refused, refused, refused])
      await outcomeOf(outcome);
    expect(sender.circuitState).toBe('closed');
  });

  it('is tried by one after the while, who decides; nobody waits for that', async () => {
    await outcomeOf(silent);
    await outcomeOf(silent);
    jest.advanceTimersByTime(10_000);
    const trial = sender.send(message);
    expect(sender.circuitState).toBe('half_open');
    expect(await sender.send(message)).toMatchObject({ kind: 'notSent', retryAfterSeconds: 1 });
    answers.pop()?.(silent);
    expect(await trial).toBe(silent);
    expect(sender.circuitState).toBe('open');
    jest.advanceTimersByTime(10_000);
    expect(await outcomeOf(sent)).toBe(sent);
    expect(sender.circuitState).toBe('closed');
  });
});
