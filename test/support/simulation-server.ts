// Serves the simulation of one platform over HTTP, without the limits of the simulator.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type {
  AcceptedSms,
  GatewayRequest,
  ProviderSimulation,
  SimulatedSms,
} from '../../src/sms/simulator/provider-simulation.ts';

/** A request for `check`, as it arrives at a platform. */
export function gatewayRequest(fields: Partial<GatewayRequest> = {}): GatewayRequest {
  return {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: {},
    body: '',
    receivedAtMs: Date.now(),
    ...fields,
  };
}

/** What a platform stores about an SMS. */
export function acceptedSms(sms: SimulatedSms, fields: Partial<AcceptedSms> = {}): AcceptedSms {
  return { ...sms, provider: 'test', messageId: '1', acceptedAtMs: 0, state: 'waiting', ...fields };
}

export class SimulationServer {
  /** What the platform accepted, the latest first. */
  readonly sms: AcceptedSms[] = [];

  private simulation: ProviderSimulation | undefined;
  private readonly server = createServer(async (incoming, response) => {
    const { method = '', headers } = incoming;
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://platform');
    const body = await readText(incoming);
    const request = gatewayRequest({ method, path, query, headers, body });
    const { status, contentType, body: answer } = this.answerTo(request);
    response.writeHead(status, { 'content-type': contentType }).end(answer);
  });

  /** Returns the base URL of the platform. */
  async start(create: (sentTo: (mobile: string) => readonly AcceptedSms[]) => ProviderSimulation) {
    this.simulation = create((mobile) => this.sms.filter((sms) => sms.mobile === mobile));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.simulation.basePath}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answerTo(request: GatewayRequest) {
    const simulation = this.simulation;
    if (!simulation?.recognizes(request)) return { status: 404, contentType: 'text/plain', body: 'unknown' };
    const checked = simulation.check(request);
    if (checked.kind === 'answered') return checked.response;
    const messageId = `message-${this.sms.length + 1}`;
    this.sms.unshift(acceptedSms(checked.sms, { messageId }));
    return simulation.accept(checked.sms, messageId, request);
  }
}
