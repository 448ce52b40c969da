// What a person sees when the service is up.

import type { Config } from '../config/load-config.ts';
import { DEVELOPMENT_PROVIDERS } from '../sms/providers/providers.ts';

export interface Page {
  readonly title: string;
  readonly path: string;
}

/** One short block: where it is, what is embedded, what was made for this run, what to try. */
export function welcome(config: Config, url: string, served: readonly Page[]): string {
  const facts = [
    config.databaseUrl === undefined &&
      'PostgreSQL is embedded; its data stays in .data/pg18 (DATABASE_URL unset).',
    config.redisUrl === undefined &&
      'Redis is embedded; captchas, codes and counts die with this process (REDIS_URL unset).',
    config.codeSecret === undefined && 'CODE_SECRET was made for this run.',
    config.token.privateKey === undefined &&
      'TOKEN_PRIVATE_KEY was made at the first start and is kept in .data/token-key.pem.',
    DEVELOPMENT_PROVIDERS.includes(config.sms.provider) &&
      `No text leaves this machine (${config.sms.provider}): each is printed here.`,
  ];
  return [
    '',
    `  Yanzheng serves ${url}/graphql`,
    ...served.map(({ title, path }) => `  ${title}: ${url}${path}`),
    `  Probes: ${url}/healthz  ${url}/readyz  ${url}/metrics`,
    ...facts.filter((fact) => fact !== false).map((fact) => `  · ${fact}`),
    served.some(({ path }) => path === '/')
      ? `  Try: register on the page; the text ${arrival(config)}.`
      : '  Try: the first walk in README.md, from a captcha to a registered user.',
    '',
  ].join('\n');
}

function arrival({ sms: { provider } }: Config): string {
  if (provider === 'simulated') return 'arrives on the simulated phone';
  return DEVELOPMENT_PROVIDERS.includes(provider) ? 'is printed here' : 'goes out to the mobile';
}

/** The pages that the settings ask for. */
export function pages({ pages: { demo, phone, playground } }: Config): Page[] {
  return [
    ...(demo ? [{ title: 'Registration page', path: '/' }] : []),
    ...(phone ? [{ title: 'Simulated phone', path: '/phone' }] : []),
    ...(playground ? [{ title: 'Playground', path: '/playground' }] : []),
  ];
}
