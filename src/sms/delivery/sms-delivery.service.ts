// Sends one SMS through several providers, one after the other, and never twice: another provider tries only after a
// certain rejection. Each attempt is recorded as leaving before its bytes leave, so after a crash its outcome is unknown.

import type { KeyedHash } from '../../common/keyed-hash.ts';
import type { Mobile } from '../../common/phone-number.ts';
import { withTimeBudget } from '../../common/time-budget.ts';
import {
  SMS_ATTEMPT_MIN_SHARE,
  STORE_CALL_TIMEOUT_MS,
  smsLookUpTimeoutMs,
} from '../../config/time-budgets.ts';
import { type CarrierPrefix, carrierPrefix } from '../routing/carrier-prefix.ts';
import { type ProviderOrder, startAfter } from '../routing/provider-order.ts';
import type { LookUp, SmsMessage, SmsOutcome, SmsRejection, SmsSender } from '../sms-sender.ts';
import type { DeliveryRecord, DeliveryStore } from './delivery.store.ts';
import { attemptIdOf } from './delivery-id.ts';
import { mayTryNext } from './failover.ts';

/** A provider as the delivery sees it. */
export interface DeliveryProvider {
  readonly name: string;
  readonly sender: SmsSender;
  /** The limit of one attempt. */
  readonly timeoutMs: number;
  readonly lookUp: LookUp | undefined;
  /** Whether the next provider tries after this one's limit for a number. */
  readonly triesNextAfterLimit: boolean;
}

/** The SMS of one request. */
export interface SmsDeliveryRequest extends Omit<SmsMessage, 'attemptId'> {
  /** See DeliveryIds. */
  readonly recordName: string;
  readonly requestedAtMs: number;
  /** The record of the last SMS with the same code. Another provider than that one's tries first. */
  readonly previousRecordName: string | undefined;
  /** Kept with the SMS until its code is verified. Opaque here. */
  readonly guardEntry?: string | undefined;
}

/** An attempt with its outcome. */
export interface SmsAttempt<Outcome extends SmsOutcome = SmsOutcome> {
  readonly provider: string;
  readonly outcome: Outcome;
}

export interface DeliveryResult extends SmsAttempt {
  /** The attempts before, all of them rejected. */
  readonly failovers: readonly SmsAttempt<SmsRejection>[];
}

export interface SmsDeliveryDependencies {
  readonly providers: readonly DeliveryProvider[];
  readonly order: ProviderOrder;
  readonly deliveries: DeliveryStore;
  readonly hash: KeyedHash;
  /** The limit of a delivery, with all its attempts. */
  readonly timeoutMs: number;
  /** Sees each SMS that a provider accepted, before the result is returned. Must not throw. */
  readonly onAccepted: (sms: AcceptedAttempt) => void;
}

export interface AcceptedAttempt {
  readonly attemptId: string;
  readonly provider: string;
  readonly messageId: string;
  readonly carrierPrefix: CarrierPrefix;
  readonly startedAtMs: number;
  /** Whether an earlier SMS had the same code. */
  readonly isResend: boolean;
}

export class SmsDeliveryService {
  private readonly providers: ReadonlyMap<string, DeliveryProvider>;

  constructor(private readonly dependencies: SmsDeliveryDependencies) {
    this.providers = new Map(dependencies.providers.map((provider) => [provider.name, provider]));
  }

  /**
   * Sends one SMS.
   * @returns the outcome of the last attempt, within the limit of a delivery.
   * @throws DependencyUnavailableError if Redis does not record an attempt; no provider has accepted the SMS then.
   */
  async send(request: SmsDeliveryRequest): Promise<DeliveryResult> {
    const deadlineMs = performance.now() + this.dependencies.timeoutMs;
    const previous = await this.previousProvider(request);
    const failovers: SmsAttempt<SmsRejection>[] = [];
    for (const provider of this.orderFor(request.mobile, previous)) {
      const remainingMs = deadlineMs - performance.now();
      // An attempt that would hardly end in time does not start.
      if (failovers.length > 0 && remainingMs < provider.timeoutMs * SMS_ATTEMPT_MIN_SHARE) break;
      const outcome = await this.attempt(provider, failovers.length + 1, request, remainingMs);
      if (!mayTryNext(outcome, provider.triesNextAfterLimit))
        return { provider: provider.name, outcome: withSoonestRetry(outcome, failovers), failovers };
      failovers.push({ provider: provider.name, outcome });
    }
    const last = failovers.pop() as SmsAttempt<SmsRejection>;
    return { ...last, outcome: withSoonestRetry(last.outcome, failovers), failovers };
  }

  private orderFor(mobile: Mobile, previous: string | undefined): DeliveryProvider[] {
    return startAfter(this.dependencies.order.of(mobile), previous).flatMap(
      (name) => this.providers.get(name) ?? [],
    );
  }

  private async attempt(
    provider: DeliveryProvider,
    number: number,
    request: SmsDeliveryRequest,
    timeoutMs: number,
  ): Promise<SmsOutcome> {
    const { recordName, requestedAtMs, mobile, code, validForMinutes, purpose } = request;
    const { deliveries, hash, onAccepted } = this.dependencies;
    const [attemptId, prefix, startedAtMs] = [
      attemptIdOf(recordName, number),
      carrierPrefix(mobile),
      Date.now(),
    ];
    const mayLeave = await deliveries.start(
      {
        recordName,
        number,
        provider: provider.name,
        mobileHash: hash('mobile', mobile),
        carrierPrefix: prefix,
        requestedAtMs,
        guardEntry: request.guardEntry,
      },
      startedAtMs,
    );
    if (!mayLeave) return { kind: 'unknown', reason: 'an attempt before this one may have been accepted' };

    const outcome = await provider.sender.send(
      { attemptId, mobile, code, validForMinutes, purpose },
      timeoutMs,
    );
    this.recordInBackground(attemptId, outcome);
    if (outcome.kind === 'accepted') {
      const { messageId } = outcome;
      const isResend = request.previousRecordName !== undefined;
      onAccepted({
        attemptId,
        provider: provider.name,
        messageId,
        carrierPrefix: prefix,
        startedAtMs,
        isResend,
      });
    }
    return outcome;
  }

  /** The client does not wait for this write. If it fails, the outcome stays unknown, and the next SMS is looked up. */
  private recordInBackground(attemptId: string, { kind }: SmsOutcome): void {
    withTimeBudget(STORE_CALL_TIMEOUT_MS, () =>
      this.dependencies.deliveries.finish(attemptId, kind, Date.now()),
    ).catch(() => {});
  }

  /** The provider of the last SMS with the same code. If its outcome is unknown, the provider is asked first. */
  private async previousProvider({ previousRecordName, mobile }: SmsDeliveryRequest) {
    if (previousRecordName === undefined) return undefined;
    const record = await this.dependencies.deliveries.read(previousRecordName);
    if (record?.attempt === undefined) return undefined;
    await this.lookUp(record, record.attempt, mobile);
    return record.attempt.provider;
  }

  private async lookUp(
    { state }: DeliveryRecord,
    { id: attemptId, provider, startedAtMs }: NonNullable<DeliveryRecord['attempt']>,
    mobile: Mobile,
  ): Promise<void> {
    const lookUp = this.providers.get(provider)?.lookUp;
    if (lookUp === undefined || (state !== 'unknown' && state !== 'leaving')) return;
    const { deliveries, timeoutMs } = this.dependencies;
    const found = await lookUp({ attemptId, mobile, startedAtMs }, smsLookUpTimeoutMs(timeoutMs));
    if (found === 'accepted') await deliveries.finish(attemptId, 'accepted', Date.now());
    else if (found !== 'unknown')
      await deliveries.report({ attemptId, provider, mobileHash: undefined, state: found }, Date.now());
  }
}

/** Of several rejections, the soonest retry counts: that provider may accept the SMS then. */
function withSoonestRetry(outcome: SmsOutcome, failovers: readonly SmsAttempt<SmsRejection>[]): SmsOutcome {
  if (outcome.kind !== 'rejected' || outcome.cause === 'recipient') return outcome;
  const retries = failovers.map((failover) => failover.outcome.retryAfterSeconds);
  return { ...outcome, retryAfterSeconds: Math.min(outcome.retryAfterSeconds, ...retries) };
}
