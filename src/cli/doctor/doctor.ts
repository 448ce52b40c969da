// `yanzheng doctor [public URL]`: looks at everything that the service needs, and says what to do.

import { ConfigError, loadConfig } from '../../config/load-config.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { checkPostgres } from './check-postgres.ts';
import { checkProviders } from './check-providers.ts';
import { checkPublicUrl } from './check-public-url.ts';
import { checkRedis } from './check-redis.ts';
import { checkSettings } from './check-settings.ts';
import { error, type Finding } from './finding.ts';

const WIDTH = 9;

export const doctor: Command = {
  name: 'doctor',
  args: '[https://verify.example.com]',
  summary: 'Checks the settings, Redis, PostgreSQL, the SMS providers and the public URL',
  help: [
    'Each finding is ok, a warning or an error, and says what to do. The exit code is 1 if there is an error.',
    'It changes nothing. Each SMS provider gets one request for the number +86 100 0000 0000, which no phone has: its answer shows',
    'whether it accepts the account. The URL is that of the service behind its reverse proxy, for the paths that clients and',
    'delivery reports use.',
  ],
  async run({ args, environment, dataDirectory }) {
    const [url, ...others] = args;
    if (others.length > 0 || (url !== undefined && !/^https?:\/\/[^/]+$/.test(url)))
      throw new UsageError(
        'One URL without a path is expected. yanzheng doctor --help explains the command.',
      );
    const findings = await allFindings(environment, dataDirectory, url);
    const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
    const [errors, warnings] = [count('error'), count('warning')];
    return {
      lines: [...findings.flatMap(linesOf), '', `${errors} error(s), ${warnings} warning(s)`],
      json: { findings, errors, warnings },
      exitCode: errors > 0 ? 1 : 0,
    };
  },
};

async function allFindings(
  environment: Parameters<typeof loadConfig>[0],
  dataDirectory: string,
  url: string | undefined,
): Promise<Finding[]> {
  try {
    const config = loadConfig(environment, 'serve');
    return [
      ...checkSettings(config, Date.now()),
      ...(await checkRedis(config.redisUrl)),
      ...(await checkPostgres(config.databaseUrl, dataDirectory)),
      ...(await checkProviders(config)),
      ...(url === undefined ? [] : await checkPublicUrl(url, config)),
    ];
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return cause.errors.map((problem) => error(problem, 'See docs/configuration.md.'));
  }
}

function linesOf({ severity, subject, advice }: Finding): string[] {
  const first = severity.padEnd(WIDTH) + subject;
  return advice === undefined ? [first] : [first, ' '.repeat(WIDTH) + advice];
}
