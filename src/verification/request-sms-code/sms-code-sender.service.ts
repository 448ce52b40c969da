// Sends the SMS of an open code, and writes to the audit log what became of it.

import type { KeyObject } from 'node:crypto';
import type { Audit, Caller } from '../../common/audit.ts';
import { InFlight } from '../../common/in-flight.ts';
import type { DeliveryStore } from '../../sms/delivery/delivery.store.ts';
import type { DeliveryResult, SmsDeliveryService } from '../../sms/delivery/sms-delivery.service.ts';
import type { SmsOutcome } from '../../sms/sms-sender.ts';
import type { OpenSmsCode } from '../codes/sms-code.store.ts';
import { deriveSmsCode } from '../codes/sms-code.ts';
import type { TestMobiles } from '../test-mobiles/test-mobiles.ts';

export interface SmsCodeSenderDependencies {
  readonly sms: SmsDeliveryService;
  readonly deliveries: DeliveryStore;
  readonly testMobiles: TestMobiles;
  readonly codeSecret: KeyObject;
  readonly audit: Audit;
}

/** The SMS of one request. */
export interface CodeSms {
  readonly code: OpenSmsCode;
  readonly requestedAtMs: number;
  readonly caller: Caller;
  /** What the guard keeps with the SMS. */
  readonly guardEntry: string | undefined;
}

export class SmsCodeSender {
  private readonly inFlight = new InFlight();

  constructor(private readonly dependencies: SmsCodeSenderDependencies) {}

  /** Whether a mobile gets no SMS, because its code is in the settings. */
  isTestMobile({ mobile }: OpenSmsCode): boolean {
    return this.dependencies.testMobiles.codeOf(mobile, Date.now()) !== undefined;
  }

  /**
   * Sends the SMS. A test mobile gets none: its code counts as delivered.
   * @throws DependencyUnavailableError if Redis does not record the SMS; none was sent then.
   */
  async send(sms: CodeSms): Promise<SmsOutcome> {
    this.inFlight.start();
    try {
      return this.isTestMobile(sms.code) ? await this.sendNothing(sms) : await this.sendThroughProviders(sms);
    } finally {
      this.inFlight.end();
    }
  }

  /** Sends the SMS while the client has its response. The audit log is the only place that can report an error. */
  sendInBackground(sms: CodeSms): void {
    this.send(sms).catch((error: Error) =>
      this.dependencies.audit('code_not_sent', {
        ...auditFacts(sms),
        outcome: 'unknown',
        reason: error.name,
      }),
    );
  }

  /** Resolves when no send is in flight, or after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void> {
    return this.inFlight.drain(timeoutMs);
  }

  private async sendNothing(sms: CodeSms): Promise<SmsOutcome> {
    const { delivery } = sms.code;
    await this.dependencies.deliveries.create(delivery, 'delivered', sms.requestedAtMs);
    this.dependencies.audit('test_mobile_used', { ...auditFacts(sms), operation: 'requestSmsCode' });
    return { kind: 'accepted', messageId: delivery };
  }

  private async sendThroughProviders(sms: CodeSms): Promise<SmsOutcome> {
    const { code, requestedAtMs } = sms;
    const result = await this.dependencies.sms.send({
      recordName: code.delivery,
      previousRecordName: code.previousDelivery,
      requestedAtMs,
      guardEntry: sms.guardEntry,
      mobile: code.mobile,
      purpose: code.purpose,
      code: deriveSmsCode(this.dependencies.codeSecret, code),
      validForMinutes: Math.max(1, Math.floor(code.expiresInMs / 60_000)),
    });
    this.writeAudit(sms, result);
    return result.outcome;
  }

  private writeAudit(sms: CodeSms, { provider, outcome, failovers }: DeliveryResult): void {
    const { audit } = this.dependencies;
    const facts = auditFacts(sms);
    for (const { provider: rejectedBy, outcome: rejection } of failovers) {
      const { cause, reason } = rejection;
      audit('sms_failover', { ...facts, provider: rejectedBy, cause, reason });
    }
    if (outcome.kind === 'accepted') {
      const { messageId } = outcome;
      audit('code_sent', { ...facts, outcome: 'accepted', provider, messageId });
    } else {
      audit('code_not_sent', { ...facts, provider, ...failureFacts(outcome) });
    }
  }
}

function failureFacts(outcome: Exclude<SmsOutcome, { kind: 'accepted' }>) {
  const { kind, reason, unreachable } = outcome;
  if (kind === 'unknown') return { outcome: kind, reason, unreachable };
  const { cause, retryAfterSeconds } = outcome;
  return { outcome: kind, cause, reason, retryAfterSeconds, unreachable };
}

/** The delivery is a keyed hash of the id that the client has. */
function auditFacts({ caller, code: { mobile, purpose, delivery } }: CodeSms) {
  return { caller, mobile, purpose, delivery };
}
