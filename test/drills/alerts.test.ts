// The alerts, evaluated by Prometheus itself: every one fires in its situation, and /metrics has the form that Prometheus reads.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { programPath } from '../support/program-path.ts';
import { projectRoot } from '../support/project-root.ts';
import { describeWithPromtool } from '../support/suites.ts';
import { usingTestApp } from '../support/test-app.ts';

const RULE_TESTS = ['yanzheng.rules.test.yml', 'yanzheng.rules.weeks.test.yml'];

describeWithPromtool('promtool', () => {
  const directory = join(projectRoot, 'deploy/prometheus');
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: directory, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  it('accepts the rules and the configuration, and every alert fires when its test says so', () => {
    expect(run('promtool', 'check', 'rules', 'yanzheng.rules.yml')).toMatchObject({ status: 0 });
    expect(run('promtool', 'check', 'config', '--syntax-only', 'prometheus.yml')).toMatchObject({
      status: 0,
    });
    expect(run('promtool', 'test', 'rules', ...RULE_TESTS)).toMatchObject({ status: 0 });
  }, 60_000);

  it('accepts the configuration of Alertmanager', () => {
    if (programPath('amtool') === undefined) return;
    expect(run('amtool', 'check-config', 'alertmanager.yml')).toMatchObject({ status: 0 });
  });

  it('accepts the metrics of a running service', async () => {
    await usingTestApp({}, async (app) => {
      expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
      const input = await (await fetch(app.metricsUrl)).text();
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input,
        encoding: 'utf8',
      });
      // The default metrics of prom-client have names that promtool would write differently; ours have not.
      const ours = (stdout + stderr).split('\n').filter((line) => line.includes('yanzheng_'));
      expect([ours, status === 0 || status === 3]).toEqual([[], true]);
    });
  });
});
