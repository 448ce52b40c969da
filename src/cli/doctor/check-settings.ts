// The settings: valid ones that are probably a mistake in production.

import type { Config } from '../../config/load-config.ts';
import { type Finding, ok, warning } from './finding.ts';

export function checkSettings(config: Config, nowMs: number): Finding[] {
  return [
    ok('the settings are valid'),
    ...(config.production
      ? checkProduction(config)
      : [warning('NODE_ENV is not production', 'Set NODE_ENV=production on a server.')]),
    ...checkTestMobiles(config, nowMs),
  ];
}

function checkProduction({ http, pages, token }: Config): Finding[] {
  const findings: Finding[] = [];
  if (http.trustedProxies.length === 0)
    findings.push(
      warning(
        'TRUSTED_PROXIES is empty',
        'Behind a reverse proxy all clients share its rate limits: set it to the addresses of the proxy.',
      ),
    );
  if (http.metricsPort === undefined)
    findings.push(
      warning('METRICS_PORT is unset', 'Set it, or block /metrics in the reverse proxy: it is on PORT.'),
    );
  if (pages.playground)
    findings.push(warning('PLAYGROUND is on', 'Turn it off unless everyone may explore the API.'));
  if (pages.demo) findings.push(warning('DEMO is on', 'Turn it off: the page is a demonstration.'));
  if (token.audience === 'yanzheng')
    findings.push(
      warning(
        'TOKEN_AUDIENCE has its default',
        'Set it to the name of your product, so that no other product accepts its tokens.',
      ),
    );
  return findings;
}

function checkTestMobiles({ testMobiles }: Config, nowMs: number): Finding[] {
  const { mobiles, untilMs } = testMobiles;
  if (mobiles.length === 0) return [];
  const isOver = untilMs !== undefined && nowMs >= untilMs;
  return isOver
    ? [warning('TEST_MOBILES_UNTIL is over', 'Remove TEST_MOBILES: the mobiles are ordinary ones now.')]
    : [
        warning(
          `TEST_MOBILES has ${mobiles.length} mobiles`,
          'Everyone who knows a code can register its mobile.',
        ),
      ];
}
