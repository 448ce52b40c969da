// The simulator: the gateways of all protocols on one port. It sends no SMS.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayBehaviour, type MagicNumber, magicNumberOf, ORDINARY } from './magic-numbers.ts';
import { MessageLog } from './message-log.ts';
import type {
  GatewayRequest,
  GatewayResponse,
  ProviderSimulation,
  SimulatedSms,
} from './provider-simulation.ts';
import type { ReportSender } from './report-sender.ts';

/** What happens to the connection of a request. */
export type Reaction =
  | { readonly kind: 'respond'; readonly response: GatewayResponse }
  | { readonly kind: 'hang' | 'reset' }
  /** Half of the body, then the connection closes. */
  | { readonly kind: 'half_response'; readonly response: GatewayResponse };

export interface SimulatorOptions {
  readonly platforms: readonly SimulatedPlatform[];
  readonly log: MessageLog;
  readonly reports: ReportSender;
  /** Whether the platforms limit the SMS to one number. */
  readonly hasNumberLimits: boolean;
  /** Whether the last digits of a mobile choose what happens. */
  readonly hasMagicNumbers: boolean;
}

export interface SimulatedPlatform {
  readonly provider: string;
  readonly simulation: ProviderSimulation;
}

const HTML_ERROR: GatewayResponse = {
  status: 502,
  contentType: 'text/html',
  body: '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>',
};
const NOT_FOUND: GatewayResponse = { status: 404, contentType: 'text/plain', body: 'unknown protocol' };

export class Simulator {
  private readonly stopping = new AbortController();

  readonly log: MessageLog;

  constructor(private readonly options: SimulatorOptions) {
    this.log = options.log;
  }

  /** Checks a request as its platform does, and then does what the number of its SMS says. */
  async receive(request: GatewayRequest): Promise<Reaction> {
    const platform = this.options.platforms.find(({ simulation }) => simulation.recognizes(request));
    if (platform === undefined) return respond(NOT_FOUND);
    const checked = platform.simulation.check(request);
    if (checked.kind === 'answered') return respond(checked.response);
    const { behaviour } = this.fateOf(checked.sms.mobile);
    return this.react(platform, behaviour, checked.sms, request);
  }

  /** Ends the reports that wait. */
  stop(): void {
    this.stopping.abort();
  }

  private async react(
    platform: SimulatedPlatform,
    behaviour: GatewayBehaviour,
    sms: SimulatedSms,
    request: GatewayRequest,
  ): Promise<Reaction> {
    const { simulation } = platform;
    switch (behaviour.kind) {
      case 'reject':
        return respond(simulation.reject(behaviour.rejection, sms, request));
      case 'html_error':
        return respond(HTML_ERROR);
      case 'hang':
      case 'reset':
        if (behaviour.isSent) this.accept(platform, sms, request);
        return { kind: behaviour.kind };
      case 'half_answer':
        return { kind: 'half_response', response: this.accept(platform, sms, request) };
      case 'accept': {
        const exceeded = this.exceededLimit(platform, sms, request);
        if (exceeded) return respond(simulation.reject(exceeded.rejection, sms, request));
        const response = this.accept(platform, sms, request);
        if (behaviour.delayMs !== undefined) await sleep(behaviour.delayMs, undefined, { ref: false });
        return respond(response);
      }
    }
  }

  private exceededLimit(
    { provider, simulation }: SimulatedPlatform,
    sms: SimulatedSms,
    request: GatewayRequest,
  ) {
    if (!this.options.hasNumberLimits) return undefined;
    return this.log.exceededLimit(provider, sms.mobile, simulation.numberLimits, request.receivedAtMs);
  }

  private accept({ provider, simulation }: SimulatedPlatform, sms: SimulatedSms, request: GatewayRequest) {
    const messageId = randomBytes(16).toString('hex');
    const acceptedAtMs = request.receivedAtMs;
    for (const mobile of [sms.mobile, ...(sms.furtherMobiles ?? [])]) {
      const accepted = { ...sms, mobile, provider, messageId, acceptedAtMs, state: 'waiting' } as const;
      this.log.add(accepted);
      const { reports } = this.fateOf(mobile);
      void this.options.reports.send(accepted, reports, simulation, this.stopping.signal);
    }
    return simulation.accept(sms, messageId, request);
  }

  private fateOf(mobile: string): MagicNumber {
    return this.options.hasMagicNumbers ? magicNumberOf(mobile) : ORDINARY;
  }
}

function respond(response: GatewayResponse): Reaction {
  return { kind: 'respond', response };
}
