// The provider `simulated`: the real Yuntongxun sender, connected to a simulated gateway on loopback.

import { randomBytes } from 'node:crypto';
import { SMS_PROVIDER_TIMEOUT_SECONDS } from '../../../../config/time-budgets.ts';
import { SimulatedPhone } from '../../../simulated-phone.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../../sms-sender.ts';
import { defineSmsProvider } from '../../provider.ts';
import { YuntongxunSender } from '../yuntongxun-sender.ts';
import { SimulatedGateway } from './simulated-gateway.ts';

const TIMEOUT_MS = SMS_PROVIDER_TIMEOUT_SECONDS * 1000;
const CONNECTIONS = 64;

export class SimulatedSender implements SmsSender {
  private constructor(
    private readonly gateway: SimulatedGateway,
    private readonly sender: YuntongxunSender,
  ) {}

  /** Starts the gateway. `phone` receives every message that the gateway accepts. */
  static async start(phone: SimulatedPhone): Promise<SimulatedSender> {
    const account = { accountSid: randomHex(), authToken: randomHex(), appId: randomHex() };
    const gateway = new SimulatedGateway(account, (sms) => phone.receive(sms.maskedMobile, sms.text));
    const baseUrl = await gateway.start();
    const settings = {
      ...account,
      baseUrl,
      templateId: '1',
      timeoutMs: TIMEOUT_MS,
      connections: CONNECTIONS,
    };
    return new SimulatedSender(gateway, new YuntongxunSender(settings));
  }

  send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    return this.sender.send(message, timeoutMs);
  }

  async close(): Promise<void> {
    await this.sender.close();
    await this.gateway.stop();
  }
}

export const simulatedProvider = defineSmsProvider({
  settings: {},
  requiredSettings: [],
  isForDevelopment: true,
  hasPhone: true,
  start: async (_settings, print) => {
    const phone = new SimulatedPhone(print);
    const sender = await SimulatedSender.start(phone);
    return { sender, timeoutMs: TIMEOUT_MS, connections: CONNECTIONS, phone };
  },
});

function randomHex(): string {
  return randomBytes(16).toString('hex');
}
