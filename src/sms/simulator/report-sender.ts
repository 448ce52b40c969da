// Sends the delivery reports of the simulated platforms, as the platforms do: repeated until they are acknowledged.

import { setTimeout as sleep } from 'node:timers/promises';
import { SIMULATED_REPORT_DELAY_MS, SIMULATED_REPORT_TIMEOUT_MS } from '../../config/time-budgets.ts';
import type { Reports } from './magic-numbers.ts';
import type { MessageLog } from './message-log.ts';
import type { AcceptedSms, ProviderSimulation } from './provider-simulation.ts';

const ATTEMPTS = 3;

/** A report as its platform writes it. */
export interface WrittenReport {
  /** Below the URL for reports: `/<provider>/<secret>`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Delivers a report once. Returns the HTTP status, or `undefined` without an answer. Does not throw. */
export type DeliverReport = (report: WrittenReport) => Promise<number | undefined>;

export class ReportSender {
  /**
   * @param deliver `undefined`: reports go nowhere.
   * @param log where the state of an SMS is kept.
   */
  constructor(
    private readonly deliver: DeliverReport | undefined,
    private readonly log: MessageLog,
    private readonly onError: (message: string) => void,
  ) {}

  /** Sends the reports of one SMS, one after the other. Does not throw. */
  async send(
    sms: AcceptedSms,
    reports: Reports,
    simulation: ProviderSimulation,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for (const state of reports) {
        await sleep(SIMULATED_REPORT_DELAY_MS, undefined, { signal, ref: false });
        this.log.setState(sms, state);
        const { reportPath: path } = simulation;
        if (path === undefined) continue;
        await this.repeat({ path, ...simulation.report({ ...sms, state }, Date.now()) }, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.onError(`a delivery report failed: ${(error as Error).name}`);
    }
  }

  private async repeat(report: WrittenReport, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && this.deliver !== undefined; attempt += 1) {
      const status = await this.deliver(report);
      if (status === 200) return;
      // The path contains a secret, so it is not shown.
      this.onError(`a delivery report got ${status ?? 'no answer'}, attempt ${attempt} of ${ATTEMPTS}`);
      await sleep(SIMULATED_REPORT_DELAY_MS, undefined, { signal, ref: false });
    }
  }
}

/** @param url where reports go: `http://127.0.0.1:4000/webhooks`. */
export function reportsTo(url: string): DeliverReport {
  return async ({ path, headers, body }) => {
    try {
      const signal = AbortSignal.timeout(SIMULATED_REPORT_TIMEOUT_MS);
      const response = await fetch(url + path, { method: 'POST', headers, body, signal, redirect: 'error' });
      await response.body?.cancel();
      return response.status;
    } catch {
      return undefined;
    }
  };
}
