// Receives delivery reports: finds the attempt, and records what became of it. A report changes what is shown and measured.
// It never verifies a code, releases a limit or sends an SMS, because most platforms do not sign their reports.

import { timingSafeEqual } from 'node:crypto';
import type { KeyedHash } from '../../common/keyed-hash.ts';
import { parseMobile } from '../../common/phone-number.ts';
import type { DeliveryStore, ReportResult } from '../delivery/delivery.store.ts';
import type { MessageIdStore } from '../delivery/message-id.store.ts';
import type { Acknowledgement, DeliveryReport, ReportReader, ReportRequest } from '../delivery-report.ts';

/** A report without the number, in the form in which it waits for the answer to its send. */
export interface PendingReport {
  readonly provider: string;
  readonly status: DeliveryReport['status'];
  readonly code: string;
  readonly cause: string | undefined;
  /** `undefined` if the report does not state a number. `-` if it is no mobile of mainland China. */
  readonly mobileHash: string | undefined;
  readonly deliveredAtMs: number | undefined;
}

export interface ObservedReport extends PendingReport {
  readonly result: ReportResult['kind'];
  /** Our id, if the report or its message id names an attempt. */
  readonly attemptId: string | undefined;
  /** From the start of the attempt to the delivery, for the first report of a delivery. */
  readonly secondsToDelivery: number | undefined;
}

export interface ReportIntakeDependencies {
  /** By the name of the provider. */
  readonly readers: ReadonlyMap<string, ReportReader>;
  readonly deliveries: DeliveryStore;
  readonly messageIds: MessageIdStore;
  readonly hash: KeyedHash;
  readonly observe: (report: ObservedReport) => void;
}

export type IntakeResult =
  | { readonly kind: 'unauthenticated' | 'malformed' }
  | { readonly kind: 'acknowledged'; readonly acknowledgement: Acknowledgement };

export class ReportIntake {
  constructor(private readonly dependencies: ReportIntakeDependencies) {}

  /** Whether the provider sends reports to this service. */
  expectsFrom(provider: string): boolean {
    return this.dependencies.readers.has(provider);
  }

  /** Whether the provider sends reports, and its secret is the end of the path. */
  hasPath(provider: string, pathSecret: string | undefined): boolean {
    const reader = this.dependencies.readers.get(provider);
    return reader !== undefined && isSecretOf(reader, pathSecret);
  }

  /**
   * Records all reports of one request to the path of a provider.
   * @throws DependencyUnavailableError if Redis does not answer. The provider repeats its request then.
   */
  async receive(provider: string, request: ReportRequest): Promise<IntakeResult> {
    const reader = this.dependencies.readers.get(provider);
    if (reader === undefined) throw new Error(`the provider ${provider} sends no reports`);
    if (reader.isAuthentic && !reader.isAuthentic(request)) return { kind: 'unauthenticated' };
    const reports = reader.read(request);
    if (reports === undefined) return { kind: 'malformed' };
    await Promise.all(reports.map((report) => this.record(provider, report, request.receivedAtMs)));
    return { kind: 'acknowledged', acknowledgement: reader.acknowledge(request) };
  }

  /** Links the message id of an accepted SMS to its attempt, and records the report that was faster than the answer. */
  async link(provider: string, messageId: string, attemptId: string): Promise<void> {
    const early = await this.dependencies.messageIds.link(provider, messageId, attemptId);
    if (early !== undefined) await this.apply(attemptId, JSON.parse(early) as PendingReport, Date.now());
  }

  private async record(provider: string, report: DeliveryReport, receivedAtMs: number): Promise<void> {
    const pending = this.withoutNumber(provider, report);
    const attemptId = report.attemptId ?? (await this.attemptOfMessage(report.messageId, pending));
    if (attemptId === undefined) this.observe(pending, undefined, { kind: 'unknown_id' }, receivedAtMs);
    else await this.apply(attemptId, pending, receivedAtMs);
  }

  private async attemptOfMessage(messageId: string | undefined, pending: PendingReport) {
    if (messageId === undefined) return undefined;
    const { messageIds } = this.dependencies;
    return messageIds.attemptOf(pending.provider, messageId, JSON.stringify(pending));
  }

  private async apply(attemptId: string, pending: PendingReport, nowMs: number): Promise<void> {
    const { provider, mobileHash, status: state } = pending;
    const reported = { attemptId, provider, mobileHash, state };
    const result = await this.dependencies.deliveries.report(reported, nowMs);
    this.observe(pending, attemptId, result, nowMs);
  }

  private withoutNumber(provider: string, report: DeliveryReport): PendingReport {
    const { status, code, mobile: number } = report;
    const mobile = number === undefined ? undefined : parseMobile(number);
    return {
      provider,
      status,
      code,
      cause: report.status === 'undelivered' ? report.cause : undefined,
      mobileHash: number === undefined ? undefined : mobile ? this.dependencies.hash('mobile', mobile) : '-',
      deliveredAtMs: report.status === 'delivered' ? report.deliveredAtMs : undefined,
    };
  }

  private observe(
    pending: PendingReport,
    attemptId: string | undefined,
    result: ReportResult,
    nowMs: number,
  ): void {
    const isFirst = result.kind === 'applied' && pending.status === 'delivered';
    const secondsToDelivery = isFirst
      ? secondsBetween(result.startedAtMs, pending.deliveredAtMs ?? nowMs, nowMs)
      : undefined;
    this.dependencies.observe({ ...pending, attemptId, result: result.kind, secondsToDelivery });
  }
}

/** Compares in constant time. Signed reports have no secret in their path. */
function isSecretOf({ pathSecret: expected }: ReportReader, actual: string | undefined): boolean {
  if (expected === undefined || actual === undefined) return expected === actual;
  const [left, right] = [Buffer.from(expected), Buffer.from(actual)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Clocks differ, and platforms round to seconds: never negative, and never later than now. */
function secondsBetween(startedAtMs: number, deliveredAtMs: number, nowMs: number): number {
  return Math.max(0, Math.min(deliveredAtMs, nowMs) - startedAtMs) / 1000;
}
