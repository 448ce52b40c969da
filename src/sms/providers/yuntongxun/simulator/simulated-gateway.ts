// The simulator with the platform of Yuntongxun alone, on a free port of loopback and without a page.

import { MessageLog } from '../../../simulator/message-log.ts';
import type { AcceptedSms } from '../../../simulator/provider-simulation.ts';
import { type DeliverReport, ReportSender } from '../../../simulator/report-sender.ts';
import { Simulator } from '../../../simulator/simulator.ts';
import { SimulatorServer } from '../../../simulator/simulator-server.ts';
import type { GatewayAccount } from './checks.ts';
import { simulateYuntongxun } from './simulated-yuntongxun.ts';

const LOOPBACK = '127.0.0.1';

export interface SimulatedGatewayOptions {
  readonly account: GatewayAccount;
  /** Sees each SMS that the gateway accepts. */
  readonly onAccepted: (sms: AcceptedSms) => void;
  /** Where delivery reports go, and the secret in their path. Absent: nowhere. */
  readonly reports?: { readonly secret: string; readonly deliver: DeliverReport };
  /** Whether the last digits of a mobile choose what happens. */
  readonly hasMagicNumbers: boolean;
}

export class SimulatedGateway {
  private readonly server: SimulatorServer;

  constructor({ account, onAccepted, reports, hasMagicNumbers }: SimulatedGatewayOptions) {
    const log = new MessageLog(onAccepted);
    const simulation = simulateYuntongxun(account, reports?.secret);
    const simulator = new Simulator({
      platforms: [{ provider: 'yuntongxun', simulation }],
      log,
      reports: new ReportSender(reports?.deliver, log, () => {}),
      hasNumberLimits: false,
      hasMagicNumbers,
    });
    this.server = new SimulatorServer(simulator);
  }

  /** Listens on a free port. Returns the base URL. */
  start(): Promise<string> {
    return this.server.start(LOOPBACK, 0);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
