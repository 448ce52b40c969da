// What Prometheus would have alerted, from real scrapes of /metrics: each scrape counts as one interval of its time, so a drill
// of seconds tells what minutes of the same situation would raise.

import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../support/project-root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export const SCRAPE_INTERVAL_SECONDS = 30;

const RULES = join(projectRoot, 'deploy/prometheus/yanzheng.rules.yml');
const TARGET = { job: 'yanzheng', instance: '127.0.0.1:9464' };
/** In the order in which they read each other's series. */
const GROUPS = ['yanzheng-objectives', 'yanzheng-burn-rates', 'yanzheng-alerts'];
const SAMPLE = /^(?<name>[a-z_]+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;

/** The service runs in the process of the tests, whose memory and event loop are not those of a service. */
const OF_THE_PROCESS = /^(process|nodejs)_/;

export class AlertHistory {
  private readonly scrapes: Map<string, string>[] = [];

  constructor(private readonly metricsUrl: string) {}

  /** The time of the last scrape, in seconds since the first one. */
  get seconds(): number {
    return (this.scrapes.length - 1) * SCRAPE_INTERVAL_SECONDS;
  }

  async scrape(): Promise<void> {
    const text = await (await fetch(this.metricsUrl)).text();
    this.scrapes.push(new Map([[seriesName('up', ''), '1'], ...samplesOf(text)]));
  }

  /** The names of the alerts that fire at that time, sorted. */
  async firingAt(seconds: number): Promise<string[]> {
    const directory = await temporaryDirectory('yanzheng-alerts');
    try {
      const file = join(directory.path, 'history.test.yml');
      await writeFile(file, JSON.stringify(this.ruleTest(seconds)));
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
      if (status === 0) return [];
      const names = [...stderr.matchAll(/\{alertname=\\?"(\w+)\\?"\}/g)].map(([, name]) => String(name));
      if (names.length === 0) throw new Error(stdout + stderr);
      return [...new Set(names)].toSorted();
    } finally {
      await directory.remove();
    }
  }

  /** promtool prints what it got instead of what a test expects: here, that no alert fires. */
  private ruleTest(seconds: number): object {
    const interval = `${SCRAPE_INTERVAL_SECONDS}s`;
    const names = new Set(this.scrapes.flatMap((samples) => [...samples.keys()]));
    return {
      rule_files: [RULES],
      evaluation_interval: interval,
      group_eval_order: GROUPS,
      tests: [
        {
          interval,
          input_series: [...names].map((series) => ({
            series,
            values: this.scrapes.map((samples) => samples.get(series) ?? '_').join(' '),
          })),
          promql_expr_test: [
            {
              expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
              eval_time: `${seconds}s`,
              exp_samples: [],
            },
          ],
        },
      ],
    };
  }
}

function* samplesOf(text: string): Generator<[series: string, value: string]> {
  for (const line of text.split('\n')) {
    const { name, labels = '', value } = SAMPLE.exec(line)?.groups ?? {};
    if (name === undefined || value === undefined || value === 'Nan' || OF_THE_PROCESS.test(name)) continue;
    yield [seriesName(name, labels), value];
  }
}

function seriesName(name: string, labels: string): string {
  const target = Object.entries(TARGET).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${[...target, ...(labels ? [labels] : [])].join(',')}}`;
}
