// Requests to the simulated gateway: a valid one, and how the tests change it.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chinaTimestamp } from '../../src/common/china-time.ts';
import { sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import { SimulatedGateway } from '../../src/sms/providers/yuntongxun/simulator/simulated-gateway.ts';
import type { AcceptedSms } from '../../src/sms/simulator/provider-simulation.ts';
import { ACCOUNT } from '../support/test-settings.ts';

export const OTHER_SID = 'aaf98f8900000000abcdef0123456789';
export const HOUR_MS = 60 * 60 * 1000;

/** An HTTP request to the gateway. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const BODY = {
  to: '13800138000',
  appId: ACCOUNT.appId,
  templateId: '1',
  datas: ['007042', '5'],
  reqId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
};

/** A valid request, signed at an instant, with these changes. */
export function validRequest(changes: Partial<RawRequest> = {}, instantMs = Date.now()): RawRequest {
  const { sig, authorization } = sign(ACCOUNT.accountSid, ACCOUNT.authToken, chinaTimestamp(instantMs));
  const body = changes.body ?? JSON.stringify(BODY);
  return {
    method: 'POST',
    path: `/2013-12-26/Accounts/${ACCOUNT.accountSid}/SMS/TemplateSMS?sig=${sig}`,
    body,
    ...changes,
    headers: changes.headers ?? {
      accept: 'application/json',
      'content-type': 'application/json;charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      authorization,
    },
  };
}

/** A valid request with these headers changed; an empty value removes the header. */
export function withHeaders(changes: Record<string, string>): RawRequest {
  const valid = validRequest();
  const headers = Object.entries({ ...valid.headers, ...changes }).filter(([, value]) => value !== '');
  return { ...valid, headers: Object.fromEntries(headers) };
}

/** A valid request with this text in Authorization, and the signature of its timestamp. */
export function withAuthorization(plain: string): RawRequest {
  const timestamp = plain.split(':')[1] ?? '';
  const path = `/2013-12-26/Accounts/${ACCOUNT.accountSid}/SMS/TemplateSMS?sig=${sign(ACCOUNT.accountSid, ACCOUNT.authToken, timestamp).sig}`;
  return { ...withHeaders({ authorization: Buffer.from(plain).toString('base64') }), path };
}

export function withPath(change: (path: string) => string): RawRequest {
  const valid = validRequest();
  return { ...valid, path: change(valid.path) };
}

export const withBody = (changes: Record<string, unknown>) =>
  validRequest({ body: JSON.stringify({ ...BODY, ...changes }) });

export interface RunningSimulatedGateway {
  /** The accepted messages of this test. */
  readonly messages: AcceptedSms[];
  /** The body of the response to a request. */
  responseTo(request: RawRequest): Promise<Record<string, unknown>>;
}

/** Starts a simulated gateway for each test of the enclosing `describe`. */
export function withSimulatedGateway(): RunningSimulatedGateway {
  const messages: AcceptedSms[] = [];
  let gateway: SimulatedGateway;
  let port: string;
  // One for each test: a request id may not repeat within a day.
  beforeEach(async () => {
    messages.length = 0;
    gateway = new SimulatedGateway({
      account: { ...ACCOUNT, templateId: '1' },
      onAccepted: (message) => messages.push(message),
      hasMagicNumbers: false,
    });
    port = new URL(await gateway.start()).port;
  });
  afterEach(() => gateway.stop());
  return {
    messages,
    async responseTo({ method, path, headers, body }) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent: ClientRequest = httpRequest({ host: '127.0.0.1', port, method, path, headers }, resolve);
        sent.once('error', reject);
        // In two steps: Node adds a missing Content-Length if it receives the body at once.
        if (body !== '') sent.write(body);
        sent.end();
      });
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toBe('application/json;charset=utf-8');
      return JSON.parse(await readText(response));
    },
  };
}

export type Rejections = readonly (readonly [
  what: string,
  statusCode: string,
  requests: [which: string, request: () => RawRequest][],
])[];

/** Each request is rejected with the status code of its row. */
export function itRejects({ messages, responseTo }: RunningSimulatedGateway, rejections: Rejections): void {
  describe.each(rejections)(
    'rejects an invalid %s with %s, and delivers nothing:',
    (_what, statusCode, requests) => {
      it.each(requests)('%s', async (_which, request) => {
        expect(await responseTo(request())).toEqual(rejected(statusCode));
        expect(messages).toEqual([]);
      });
    },
  );
}

/** The body of a rejection. */
export function rejected(statusCode: string) {
  return { statusCode, statusMsg: expect.stringMatching(/./) };
}
