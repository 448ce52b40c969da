// The provider `simulated`: the real Yuntongxun sender, connected to a simulated gateway of this process.

import { randomBytes } from 'node:crypto';
import { maskDigits } from '../../../../common/phone-number.ts';
import { SMS_PROVIDER_TIMEOUT_SECONDS } from '../../../../config/time-budgets.ts';
import { SimulatedPhone } from '../../../simulated-phone.ts';
import type { WrittenReport } from '../../../simulator/report-sender.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../../sms-sender.ts';
import { defineSmsProvider, type ReceiveReports } from '../../provider.ts';
import { yuntongxunReports } from '../yuntongxun-reports.ts';
import { YuntongxunSender } from '../yuntongxun-sender.ts';
import { SimulatedGateway } from './simulated-gateway.ts';

const TIMEOUT_MS = SMS_PROVIDER_TIMEOUT_SECONDS * 1000;
const CONNECTIONS = 64;
const TEMPLATE_ID = '1';

export const simulatedProvider = defineSmsProvider({
  settings: {},
  requiredSettings: [],
  isForDevelopment: true,
  hasPhone: true,
  start: async (_settings, print) => {
    const phone = new SimulatedPhone(print);
    const account = {
      accountSid: randomHex(),
      authToken: randomHex(),
      appId: randomHex(),
      templateId: TEMPLATE_ID,
    };
    // Reports stay in this process, and so does the secret of their path.
    const secret = randomHex();
    const reports = new ReportsOfThisProcess();
    const gateway = new SimulatedGateway({
      account,
      onAccepted: ({ mobile, text }) => phone.receive(maskDigits(mobile), text),
      reports: { secret, deliver: (report) => reports.deliver(report) },
      hasMagicNumbers: true,
    });
    const connection = { baseUrl: await gateway.start(), timeoutMs: TIMEOUT_MS, connections: CONNECTIONS };
    return {
      sender: new SimulatedSender(gateway, new YuntongxunSender({ ...account, ...connection })),
      timeoutMs: TIMEOUT_MS,
      connections: CONNECTIONS,
      phone,
      reports: yuntongxunReports(secret),
      connectReports: (receive) => reports.connect(receive),
    };
  },
});

class SimulatedSender implements SmsSender {
  constructor(
    private readonly gateway: SimulatedGateway,
    private readonly sender: YuntongxunSender,
  ) {}

  send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    return this.sender.send(message, timeoutMs);
  }

  async close(): Promise<void> {
    await this.sender.close();
    await this.gateway.stop();
  }
}

/** Hands reports over to the service as if they had arrived at its URL. */
class ReportsOfThisProcess {
  private receive: ReceiveReports | undefined;

  connect(receive: ReceiveReports): void {
    this.receive = receive;
  }

  async deliver({ headers, body }: WrittenReport): Promise<number | undefined> {
    const isReceived = await this.receive?.({ headers, body, receivedAtMs: Date.now() });
    return isReceived ? 200 : undefined;
  }
}

function randomHex(): string {
  return randomBytes(16).toString('hex');
}
