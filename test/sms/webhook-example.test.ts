// The example of a service that sends codes for the provider webhook.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { projectRoot } from '../support/project-root.ts';
import { smsMessage } from '../support/sms-message.ts';
import { createWebhookSender, SECRET } from './webhook-fixture.ts';

describe('examples/sms-webhook', () => {
  const printed: string[] = [];
  let url: string;
  let stopExample = async () => {};
  beforeAll(async () => {
    const port = String(await freePort());
    url = `http://127.0.0.1:${port}/`;
    const example = spawn(process.execPath, [join(projectRoot, 'examples/sms-webhook/server.mjs')], {
      env: { PATH: process.env.PATH, SMS_WEBHOOK_SECRET: SECRET, PORT: port },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface(example.stdout).on('line', (line) => printed.push(line));
    const exited = once(example, 'exit');
    stopExample = async () => {
      example.kill();
      await exited;
    };
    await eventually(async () => {
      expect(example.exitCode).toBeNull();
      return fetch(url).then(
        () => true,
        () => false,
      );
    });
  });
  afterAll(() => stopExample());

  it('sends a code once, however often its request is repeated', async () => {
    const sender = createWebhookSender(url);
    const message = smsMessage();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => sender.send(message)));
    await sender.close();
    expect(outcomes[0]).toEqual({ kind: 'accepted', messageId: expect.stringMatching(/^[\da-f-]{36}$/) });
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    await eventually(async () => printed.length > 0);
    expect(printed).toEqual(['to +8613800138000: your code is 007042. It is valid for 5 minutes.']);
  });

  it('rejects a number that it does not send to', async () => {
    const sender = createWebhookSender(url);
    expect(await sender.send(smsMessage({ mobile: '+15005550006' as Mobile }))).toMatchObject({
      kind: 'rejected',
      cause: 'recipient',
    });
    await sender.close();
  });

  it('rejects a request that another key signed', async () => {
    const sender = createWebhookSender(url, { key: Buffer.alloc(32) });
    expect(await sender.send(smsMessage())).toMatchObject({ kind: 'rejected', cause: 'account' });
    await sender.close();
  });
});
