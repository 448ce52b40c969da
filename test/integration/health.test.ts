// What machines ask: is it alive, is it ready, how is it doing.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describe('the probes', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app?.stop());

  it('say that it lives, and that it is ready while its stores answer', async () => {
    const health = await fetch(`${app.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await fetch(`${app.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', redis: 'up', postgresql: 'up', sms_gateway: 'closed' },
    ]);
  });

  it('count outcomes and seconds by names of our own, never by what a caller sent', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    await app.api.post({
      query: 'query Chosen_by_a_caller { imageCaptcha { __typename } }',
      operationName: 'Chosen_by_a_caller',
    });
    const response = await fetch(`${app.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const metrics = await response.text();
    for (const line of [
      'yanzheng_requests_total{operation="requestSmsCode",outcome="SmsCodeSent"} 1',
      'yanzheng_requests_total{operation="imageCaptcha",outcome="ImageCaptcha"} 2',
      'yanzheng_sms_total{outcome="sent"} 1',
      'yanzheng_dependency_duration_seconds_count{dependency="sms_gateway"} 1',
    ]) {
      expect(metrics.split('\n')).toContain(line);
    }
    expect(metrics).toMatch(/yanzheng_dependency_duration_seconds_count\{dependency="redis"\} [1-9]/);
    expect(metrics).toMatch(/yanzheng_dependency_duration_seconds_count\{dependency="postgresql"\} [1-9]/);
    expect(metrics).toContain('process_cpu_seconds_total');
    expect(metrics).not.toContain('Chosen_by_a_caller');
    expect(metrics).not.toContain(mobile.slice(0, 7));
    const labels = new Set(
      [...metrics.matchAll(/^yanzheng_\w+\{([^}]*)\}/gm)].flatMap(
        ([, all = '']) => all.match(/\w+(?==")/g) ?? [],
      ),
    );
    expect([...labels].sort()).toEqual(['dependency', 'le', 'operation', 'outcome']);
  });
});
