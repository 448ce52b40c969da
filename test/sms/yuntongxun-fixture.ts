// Senders, gateways and servers below HTTP for the tests of the Yuntongxun sender. Each test closes what it opened.

import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import {
  YuntongxunSender,
  type YuntongxunSettings,
} from '../../src/sms/providers/yuntongxun/yuntongxun-sender.ts';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';
import { smsMessage } from '../support/sms-message.ts';
import { type Answer, success, TestGateway } from '../support/test-gateway.ts';
import { ACCOUNT } from '../support/test-settings.ts';

export const MESSAGE = smsMessage();

/** The time limit of the senders, and a margin for a busy machine. */
export const TIMEOUT_MS = 300;
export const MARGIN_MS = 200;

export interface YuntongxunFixture {
  createSender(settings: Partial<YuntongxunSettings> & { baseUrl: string }): YuntongxunSender;
  /** Closes a sender before the end of the test. */
  close(sender: YuntongxunSender): Promise<void>;
  startGateway(answer?: Answer): Promise<{ gateway: TestGateway; baseUrl: string }>;
  /** Starts a server; resolves to its port. */
  listen(server: Server): Promise<number>;
}

export function withYuntongxun(): YuntongxunFixture {
  const senders = new Set<YuntongxunSender>();
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all([...senders].map((sender) => sender.close()));
    senders.clear();
    for (const stop of stops.splice(0)) await stop();
  });
  return {
    createSender(settings) {
      const sender = new YuntongxunSender({
        ...ACCOUNT,
        templateId: '1',
        timeoutMs: TIMEOUT_MS,
        connections: 2,
        ...settings,
      });
      senders.add(sender);
      return sender;
    },
    async close(sender) {
      senders.delete(sender);
      await sender.close();
    },
    async startGateway(answer = success) {
      const gateway = new TestGateway();
      gateway.answer = answer;
      const baseUrl = await gateway.start();
      stops.push(() => gateway.stop());
      return { gateway, baseUrl };
    },
    async listen(server) {
      const sockets = new Set<Socket>();
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('error', () => {}); // the sender may reset it
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      stops.push(async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
      return (server.address() as AddressInfo).port;
    },
  };
}

/**
 * Starts one gateway and one sender for the tests of the current suite. The result sends `MESSAGE`, with this answer of the
 * gateway.
 */
export function withAnsweredSender(): (answer: Answer) => Promise<SmsOutcome> {
  const gateway = new TestGateway();
  let sender: YuntongxunSender;
  beforeAll(async () => {
    const baseUrl = await gateway.start();
    sender = new YuntongxunSender({
      ...ACCOUNT,
      templateId: '1',
      baseUrl,
      timeoutMs: 5000,
      connections: 8,
    });
  });
  afterAll(async () => {
    await sender.close();
    await gateway.stop();
  });
  return (answer) => {
    gateway.answer = answer;
    return sender.send(MESSAGE);
  };
}

/** The outcome, which must arrive within the time limit. */
export async function sendInTime(sender: YuntongxunSender, code = MESSAGE.code): Promise<SmsOutcome> {
  const startedMs = performance.now();
  const outcome = await sender.send({ ...MESSAGE, code });
  expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS + MARGIN_MS);
  return outcome;
}
