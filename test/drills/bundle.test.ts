// What `npm run bundle` writes starts as in a hardened container: as a user without rights, on a read-only file system, without
// npm, a compiler and the environment of the tests.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Api, expectType, freshMobile } from '../support/api.ts';
import { createDatabase } from '../support/postgres-server.ts';
import { projectRoot } from '../support/project-root.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { describeWithNamespaces, describeWithPostgres } from '../support/suites.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';
import { startSomeRedis } from '../support/test-app.ts';
import { TestGateway } from '../support/test-gateway.ts';
import { CODE_SECRET, permissiveLimits, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';

const BUNDLE_TIMEOUT_MS = 300_000;
/** As in deploy/Dockerfile. */
const USER_ID = '65532';

/** The first argument is the bundle, which is read-only in the mount namespace of the process. */
const CONFINE = `
bundle=$1; shift
mount --bind "$bundle" "$bundle" && mount -o remount,bind,ro "$bundle" && cd "$bundle" || exit 99
exec setpriv --reuid ${USER_ID} --regid ${USER_ID} --clear-groups --no-new-privs --bounding-set=-all env -i "$@"`;

describe('npm run bundle', () => {
  let directory: TemporaryDirectory;
  let bundle: string;
  beforeAll(async () => {
    directory = await temporaryDirectory('yanzheng-bundle');
    bundle = join(directory.path, 'app');
    spawnSync('chmod', ['755', directory.path]);
    const { status, stderr } = spawnSync(process.execPath, ['scripts/run.cjs', 'bundle', bundle], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  }, BUNDLE_TIMEOUT_MS);
  afterAll(() => directory?.remove());

  /** Runs a command of the bundle, confined, with these settings and no other variable. */
  function run(words: readonly string[], settings: Record<string, string>): ServiceProcess {
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const node = [process.execPath, '--enable-source-maps', 'dist/main.js', ...words];
    const program = ['unshare', '--mount', 'sh', '-c', CONFINE, 'sh', bundle] as const;
    return new ServiceProcess([...assignments, ...node], directory.path, {}, program);
  }

  it('has the packages of production only, and lists them', () => {
    const installed = readdirSync(join(bundle, 'node_modules'));
    for (const name of ['typescript', 'jest', 'js-redis-server', '@electric-sql', '@biomejs', 'vite'])
      expect(installed).not.toContain(name);
    const { metadata, components } = JSON.parse(readFileSync(join(bundle, 'sbom.json'), 'utf8'));
    expect(metadata.component).toMatchObject({
      name: 'yanzheng',
      purl: expect.stringMatching(/^pkg:npm\/yanzheng@/),
    });
    const names = components.map(({ name }: { name: string }) => name);
    expect(names).toContain('fastify');
    expect(names).not.toContain('jest');
    expect(readdirSync(bundle).toSorted()).toEqual(
      [
        '.npmrc',
        'LICENSE',
        'dist',
        'node_modules',
        'package-lock.json',
        'package.json',
        'sbom.json',
        'web',
      ].toSorted(),
    );
    expect(readdirSync(join(bundle, 'web'))).toEqual(['dist']);
  });

  it('is never written over', () => {
    const again = spawnSync(process.execPath, ['scripts/run.cjs', 'bundle', bundle], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is not empty')]);
  });

  describeWithNamespaces('as a user without rights on a read-only file system', () => {
    it.each([
      [{}, /^TOKEN_PRIVATE_KEY is missing, and .+\/\.data\/token-key\.pem cannot be written: \w+\n$/],
      [
        { TOKEN_PRIVATE_KEY: testKey().privatePem },
        /^DATABASE_URL is missing, and this installation has no embedded store: .+\n$/,
      ],
    ])(
      'names the setting that it needs instead of what is generated or embedded: %#',
      async (settings, line) => {
        const process = run(['serve'], settings as Record<string, string>);
        expect(await process.exited).toBe(1);
        expect(process.output).toMatch(line);
      },
    );

    describeWithPostgres('with its stores', () => {
      it('migrates, serves on two ports and stops', async () => {
        const redis = await startSomeRedis();
        const gateway = new TestGateway();
        const settings = {
          NODE_ENV: 'production',
          PORT: '0',
          METRICS_PORT: '0',
          SHUTDOWN_DRAIN_SECONDS: '0',
          REDIS_URL: redis.url,
          DATABASE_URL: await createDatabase({ url: String(process.env.TEST_POSTGRES_URL) }),
          CODE_SECRET,
          TOKEN_PRIVATE_KEY: testKey().privatePem,
          ...permissiveLimits,
          ...yuntongxunSettings(await gateway.start()),
        };
        const migration = run(['migrate'], settings);
        expect([await migration.exited, migration.output]).toEqual([0, expect.stringMatching(/./)]);
        const service = run(['serve'], settings);
        const url = await service.url();
        const client = new Redis(redis.url);
        try {
          expectType(await new Api(url, client).requestWithCaptcha(freshMobile()), 'SmsCodeSent');
          const metricsUrl = /"metricsUrl":"([^"]+)"/.exec(service.output)?.[1] ?? '';
          expect(await (await fetch(metricsUrl)).text()).toContain('yanzheng_build_info{version="0.1.0"');
          service.signal('SIGTERM');
          expect(await service.exited).toBe(0);
        } finally {
          await client.quit();
          await service.end();
          await gateway.stop();
          await redis.stop();
        }
      });
    });
  });
});
