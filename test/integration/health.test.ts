// /healthz, /readyz and /metrics.

import { describe, expect, it } from '@jest/globals';
import { startMetricsServer } from '../../src/http/metrics-server.ts';
import { expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { degraded, READY, readiness } from '../support/health.ts';
import { startRedisBehindProxy } from '../support/outages.ts';
import { describeWithRedis } from '../support/suites.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';

describe('the health endpoints', () => {
  const app = withTestApp();

  it('report that the process is alive and that its dependencies are up', async () => {
    const health = await fetch(`${app.url}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    expect(await readiness(app)).toEqual(READY);
  });

  it('export the metrics on METRICS_PORT if it is set, and on PORT no longer', async () => {
    await usingTestApp({ settings: { METRICS_PORT: '0' } }, async ({ url, metricsUrl }) => {
      expect(new URL(metricsUrl).port).not.toBe(new URL(url).port);
      const metrics = await fetch(metricsUrl);
      expect([metrics.status, await metrics.text()]).toEqual([
        200,
        expect.stringContaining('yanzheng_sms_per_day'),
      ]);
      expect((await fetch(`${url}/metrics`)).status).toBe(404);
      for (const path of ['/', '/healthz', '/graphql', '/readyz'])
        expect([path, (await fetch(new URL(path, metricsUrl))).status]).toEqual([path, 404]);
    });
  });

  it('name the setting whose port is in use', async () => {
    const { port } = new URL(app.url);
    const settings = { host: '127.0.0.1', metricsPort: Number(port) };
    const render = async () => ({ contentType: 'text/plain', body: '' });
    await expect(startMetricsServer(settings, render)).rejects.toThrow(
      `Cannot listen on HOST 127.0.0.1, METRICS_PORT ${port}`,
    );
  });

  it('export metrics whose labels never come from a caller', async () => {
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
      'yanzheng_sms_sends_total{provider="yuntongxun",outcome="accepted"} 1',
      'yanzheng_sms_send_duration_seconds_count{provider="yuntongxun"} 1',
      'yanzheng_sms_in_flight{provider="yuntongxun"} 0',
      'yanzheng_sms_per_day 100000',
      'yanzheng_sms_leased_today 100',
      'yanzheng_sms_lot_remaining 99',
      'yanzheng_sms_circuit_breaker{provider="yuntongxun",state="closed"} 1',
      'yanzheng_sms_circuit_breaker{provider="yuntongxun",state="open"} 0',
      'yanzheng_sms_circuit_breaker{provider="yuntongxun",state="half_open"} 0',
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
    expect([...labels].sort()).toEqual([
      'decision',
      'dependency',
      'lane',
      'le',
      'mode',
      'node',
      'operation',
      'outcome',
      'provider',
      'state',
      'version',
      'window',
    ]);
  });
});

describeWithRedis('an instance', () => {
  it('is ready once Redis has answered, and stays in the load balancer when Redis is away later', async () => {
    const stops: (() => Promise<unknown>)[] = [];
    const { redis, proxy } = await startRedisBehindProxy((stop) => stops.push(stop));
    try {
      await proxy.refuseConnections();
      await usingTestApp({ redis, redisUrl: proxy.url }, async (starting) => {
        expect(await readiness(starting)).toMatchObject([503, { status: 'starting', redis: 'down' }]);
        expectType(await starting.api.imageCaptcha(), 'ServiceUnavailableError');
        await proxy.restore();
        await eventually(async () => (await readiness(starting))[0] === 200);
        expect(await readiness(starting)).toEqual(READY);
        await proxy.refuseConnections();
        await eventually(async () => (await starting.api.imageCaptcha()).__typename !== 'ImageCaptcha');
        expect(await readiness(starting)).toEqual(degraded('redis'));
        await proxy.restore();
        await eventually(async () => (await starting.api.imageCaptcha()).__typename === 'ImageCaptcha');
      });
    } finally {
      for (const stop of stops.toReversed()) await stop();
    }
  });
});
