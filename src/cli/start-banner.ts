// What the terminal shows when the service has started outside production.

import type { Config } from '../config/load-config.ts';
import type { Page } from '../http/routes/pages.ts';
import { smsProvider } from '../sms/providers/providers.ts';

/** One block: the addresses, what is embedded or generated, and what to try first. */
export function startBanner(config: Config, url: string, pages: readonly Page[]): string {
  const facts = [
    config.databaseUrl === undefined &&
      'DATABASE_URL is unset: embedded PostgreSQL, its data stays in .data/pg18.',
    config.redisUrl === undefined &&
      'REDIS_URL is unset: embedded Redis, its data is lost when this process ends.',
    config.codeSecret === undefined && 'CODE_SECRET is unset: generated for this process.',
    config.token.privateKey === undefined &&
      'TOKEN_PRIVATE_KEY is unset: generated once, stored in .data/token-key.pem.',
    config.sms.isForDevelopment &&
      `The SMS provider is ${developmentProviders(config)}: its SMS do not leave this machine, each is printed here.`,
  ];
  return [
    '',
    `  Yanzheng listens on ${url}/graphql`,
    ...pages.map(({ title, path }) => `  ${title}: ${url}${path}`),
    `  Health and metrics: ${url}/healthz  ${url}/readyz  ${url}/metrics`,
    ...facts.filter((fact) => fact !== false).map((fact) => `  · ${fact}`),
    pages.some(({ path }) => path === '/')
      ? `  Next: register a mobile on the registration page. The SMS ${destination(config)}.`
      : '  Next: follow docs/quickstart.md, from a captcha to a registered user.',
    '',
  ].join('\n');
}

function developmentProviders({ sms }: Config): string {
  return sms.providers
    .map(({ name }) => name)
    .filter((name) => smsProvider(name).isForDevelopment)
    .join(', ');
}

function destination({ sms, pages }: Config): string {
  if (pages.phone) return 'appears on the simulated phone';
  return sms.isForDevelopment ? 'is printed here' : 'is sent to the mobile';
}
