// Sends the delivery reports of the simulated platforms to one URL, as the platforms do: repeated until it answers 200.

import { setTimeout as sleep } from 'node:timers/promises';
import { SIMULATED_REPORT_DELAY_MS, SIMULATED_REPORT_TIMEOUT_MS } from '../../config/time-budgets.ts';
import type { Reports } from './magic-numbers.ts';
import type { MessageLog } from './message-log.ts';
import type { AcceptedSms, ProviderSimulation } from './provider-simulation.ts';

const ATTEMPTS = 3;

export class ReportSender {
  /**
   * @param url where reports go: `http://127.0.0.1:4000/webhooks`. `undefined`: nowhere.
   * @param log where the state of an SMS is kept.
   */
  constructor(
    private readonly url: string | undefined,
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
        this.log.setState(sms.messageId, state);
        if (this.url !== undefined && simulation.reportPath !== undefined)
          await this.deliver(
            this.url + simulation.reportPath,
            simulation.report({ ...sms, state }, Date.now()),
            signal,
          );
      }
    } catch (error) {
      if (!signal.aborted) this.onError(`a delivery report failed: ${(error as Error).name}`);
    }
  }

  private async deliver(
    url: string,
    { headers, body }: ReturnType<ProviderSimulation['report']>,
    signal: AbortSignal,
  ): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const status = await post(url, headers, body);
      if (status === 200) return;
      // The URL contains a secret, so it is not shown.
      this.onError(`a delivery report got ${status ?? 'no answer'}, attempt ${attempt} of ${ATTEMPTS}`);
      await sleep(SIMULATED_REPORT_DELAY_MS, undefined, { signal, ref: false });
    }
  }
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(SIMULATED_REPORT_TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
