// Deliveries in Redis: one record for each send, for a day. See delivery-status.ts for the states and delivery-scripts.ts for
// the fields.

import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import type { CarrierPrefix } from '../routing/carrier-prefix.ts';
import { attemptIdOf, recordNameOfAttempt } from './delivery-id.ts';
import {
  createDelivery,
  type deliveryScripts,
  finishSmsAttempt,
  reportDelivery,
  startSmsAttempt,
  verifyDelivery,
} from './delivery-scripts.ts';
import type { DeliveryState } from './delivery-status.ts';

export const DELIVERY_TTL_MS = 24 * 60 * 60 * 1000;

/** One attempt that is about to leave. */
export interface StartingAttempt {
  readonly recordName: string;
  /** Counts from 1. The attempt before it was rejected. */
  readonly number: number;
  readonly provider: string;
  readonly mobileHash: string;
  readonly carrierPrefix: CarrierPrefix;
  readonly requestedAtMs: number;
  /** See SmsDeliveryRequest. */
  readonly guardEntry?: string | undefined;
}

export interface VerifiedDelivery {
  /** The state before. */
  readonly before: DeliveryState;
  /** That of the SMS, the first time. */
  readonly guardEntry?: string | undefined;
}

export interface DeliveryRecord {
  readonly state: DeliveryState;
  readonly requestedAtMs: number;
  readonly updatedAtMs: number;
  /** The latest attempt. `undefined` if none has started. */
  readonly attempt:
    | {
        readonly id: string;
        readonly provider: string;
        readonly carrierPrefix: CarrierPrefix;
        readonly startedAtMs: number;
      }
    | undefined;
}

/** What a report says about an attempt. */
export interface ReportedAttempt {
  readonly attemptId: string;
  readonly provider: string;
  /** `undefined` if the report does not state the number. */
  readonly mobileHash: string | undefined;
  readonly state: 'delivered' | 'undelivered';
}

export type ReportResult =
  /** `repeated`: the delivery had a final state before. */
  | { readonly kind: 'applied' | 'repeated'; readonly startedAtMs: number }
  /** No attempt of this provider has the id, or it is more than a day old. */
  | { readonly kind: 'unknown_id' }
  /** The report is about another number than the attempt. */
  | { readonly kind: 'other_mobile' }
  /** The provider reports an SMS that it had rejected. */
  | { readonly kind: 'rejected_attempt' };

export class DeliveryStore {
  constructor(
    private readonly redis: RedisDependency<(typeof deliveryScripts)[number]>,
    private readonly keys: RedisKeys,
  ) {}

  /**
   * Creates a record before any attempt. An existing record stays as it is.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async create(recordName: string, state: 'requested' | 'delivered', requestedAtMs: number): Promise<void> {
    await this.redis.use((redis) =>
      redis.runScript(createDelivery, {
        keys: { delivery: this.keys.delivery(recordName) },
        args: { state, requestedAtMs, ttlMs: DELIVERY_TTL_MS },
      }),
    );
  }

  /**
   * Records that an attempt is about to leave. Its outcome is unknown from now on, until `finish` records it.
   * @returns `false` if an attempt of this delivery may have been accepted: no other one may leave then.
   * @throws DependencyUnavailableError if Redis does not answer; the attempt must not leave then.
   */
  start(attempt: StartingAttempt, nowMs: number): Promise<boolean> {
    const {
      recordName,
      number,
      provider,
      mobileHash,
      carrierPrefix,
      requestedAtMs,
      guardEntry = '',
    } = attempt;
    return this.redis.use((redis) =>
      redis.runScript(startSmsAttempt, {
        keys: { delivery: this.keys.delivery(recordName) },
        args: {
          attempt: attemptIdOf(recordName, number),
          rejected: attemptIdOf(recordName, number - 1),
          provider,
          mobile: mobileHash,
          prefix: carrierPrefix,
          requestedAtMs,
          nowMs,
          ttlMs: DELIVERY_TTL_MS,
          guardEntry,
        },
      }),
    );
  }

  /**
   * Records the outcome of the latest attempt.
   * @returns `false` if the state is further already, which stays then.
   * @throws DependencyUnavailableError if Redis does not answer; the outcome stays unknown.
   */
  async finish(
    attemptId: string,
    outcome: 'accepted' | 'rejected' | 'unknown',
    nowMs: number,
  ): Promise<boolean> {
    const delivery = this.keyOfAttempt(attemptId);
    if (delivery === undefined) return false;
    return this.redis.use((redis) =>
      redis.runScript(finishSmsAttempt, {
        keys: { delivery },
        args: { attempt: attemptId, outcome, nowMs },
      }),
    );
  }

  /**
   * Applies a report to an attempt. The first final state stays.
   * @throws DependencyUnavailableError if Redis does not answer; the report may be applied nevertheless.
   */
  async report(
    { attemptId, provider, mobileHash, state }: ReportedAttempt,
    nowMs: number,
  ): Promise<ReportResult> {
    const delivery = this.keyOfAttempt(attemptId);
    if (delivery === undefined) return { kind: 'unknown_id' };
    const reply = await this.redis.use((redis) =>
      redis.runScript(reportDelivery, {
        keys: { delivery },
        args: { attempt: attemptId, provider, mobile: mobileHash ?? '', state, nowMs },
      }),
    );
    return 'startedAtMs' in reply ? { ...reply, startedAtMs: Number(reply.startedAtMs) } : reply;
  }

  /**
   * Records that the code of the SMS was verified, which is the strongest proof of its delivery.
   * @returns the state before. `undefined` if there is no record.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async verify(recordName: string, nowMs: number): Promise<VerifiedDelivery | undefined> {
    const { before, guardEntry } = await this.redis.use((redis) =>
      redis.runScript(verifyDelivery, {
        keys: { delivery: this.keys.delivery(recordName) },
        args: { nowMs },
      }),
    );
    return before === undefined ? undefined : { before: before as DeliveryState, guardEntry };
  }

  /**
   * @returns `undefined` if there is no record.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async read(recordName: string): Promise<DeliveryRecord | undefined> {
    const fields = await this.redis.use((redis) => redis.hgetall(this.keys.delivery(recordName)));
    if (fields.state === undefined) return undefined;
    const { attempt: id, provider = '', prefix: carrierPrefix = '' } = fields;
    return {
      state: fields.state as DeliveryState,
      requestedAtMs: Number(fields.requestedAtMs),
      updatedAtMs: Number(fields.updatedAtMs),
      attempt:
        id === undefined
          ? undefined
          : {
              id,
              provider,
              carrierPrefix: carrierPrefix as CarrierPrefix,
              startedAtMs: Number(fields.startedAtMs),
            },
    };
  }

  private keyOfAttempt(attemptId: string): string | undefined {
    const recordName = recordNameOfAttempt(attemptId);
    return recordName === undefined ? undefined : this.keys.delivery(recordName);
  }
}
