// The provider `simulated`: the real Yuntongxun sender, talking to a gateway of ours on loopback.

import { randomBytes } from 'node:crypto';
import type { SimulatedPhone } from '../../../simulated-phone.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../../sms-sender.ts';
import { YuntongxunSender } from '../yuntongxun-sender.ts';
import { SimulatedGateway } from './simulated-gateway.ts';

export class SimulatedProvider implements SmsSender {
  private constructor(
    private readonly gateway: SimulatedGateway,
    private readonly sender: YuntongxunSender,
  ) {}

  /** Starts the gateway; each text that it takes goes to `phone`. */
  static async start(phone: SimulatedPhone): Promise<SimulatedProvider> {
    const account = { accountSid: secret(), authToken: secret(), appId: secret() };
    const gateway = new SimulatedGateway(account, ({ maskedMobile, text }) => phone.take(maskedMobile, text));
    const baseUrl = await gateway.start();
    const settings = { ...account, baseUrl, templateId: '1', timeoutSeconds: 5, connections: 16 };
    return new SimulatedProvider(gateway, new YuntongxunSender(settings));
  }

  send(message: SmsMessage): Promise<SmsOutcome> {
    return this.sender.send(message);
  }

  async close(): Promise<void> {
    await this.sender.close();
    await this.gateway.stop();
  }
}

function secret(): string {
  return randomBytes(16).toString('hex');
}
