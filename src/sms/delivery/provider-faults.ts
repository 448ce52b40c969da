// Faults of an account that an operator must correct: reported at most once a minute for each provider, and remembered until
// the provider accepts an SMS again.

import { SMS_FAULT_REPORT_INTERVAL_MS } from '../../config/time-budgets.ts';
import type { OperatorFault, SmsOutcome } from '../sms-sender.ts';

/** What the operator does about each fault. */
export const OPERATOR_ADVICE: Readonly<Record<OperatorFault, string>> = {
  balance: 'top up the account or buy a package of SMS',
  account_suspended: 'ask the provider why the account or the application is suspended or closed',
  credentials:
    'check the account id, the key and the application id in the settings, and the clock of this machine',
  ip_not_allowed: 'add the address of this machine to the allowlist in the console of the provider',
  not_activated: 'complete the activation of the account or the application in the console of the provider',
  signature: 'check that the SMS signature in the settings is approved and filed with the carriers',
  template: 'check that the template in the settings is approved and has the expected variables',
  request:
    'compare the settings of the provider with its console; if they agree, report the code as an error of Yanzheng',
};

export interface FaultReport {
  readonly provider: string;
  readonly fault: OperatorFault;
  /** Begins with the code of the provider. */
  readonly reason: string;
  readonly advice: string;
}

export class ProviderFaults {
  private readonly current = new Map<string, OperatorFault>();
  private readonly reportedAtMs = new Map<string, number>();

  /** `report` is called for a fault, at most once a minute for each provider and fault. */
  constructor(
    private readonly report: (fault: FaultReport) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Sees every outcome of a provider. */
  record(provider: string, outcome: SmsOutcome): void {
    if (outcome.kind === 'accepted') {
      this.current.delete(provider);
      return;
    }
    if (outcome.kind !== 'rejected' || outcome.fault === undefined) return;
    const { fault, reason } = outcome;
    this.current.set(provider, fault);
    if (this.isDue(`${provider} ${fault}`))
      this.report({ provider, fault, reason, advice: OPERATOR_ADVICE[fault] });
  }

  /** The fault of a provider. `undefined` if there is none, or the provider has accepted an SMS since. */
  of(provider: string): OperatorFault | undefined {
    return this.current.get(provider);
  }

  /** All faults, by provider. */
  all(): Record<string, OperatorFault> {
    return Object.fromEntries(this.current);
  }

  private isDue(name: string): boolean {
    const now = this.nowMs();
    const last = this.reportedAtMs.get(name);
    if (last !== undefined && now - last < SMS_FAULT_REPORT_INTERVAL_MS) return false;
    this.reportedAtMs.set(name, now);
    return true;
  }
}
