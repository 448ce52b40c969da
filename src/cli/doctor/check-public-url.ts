// The public URL: what a client and a provider reach through the reverse proxy, and what they must not.

import type { Config } from '../../config/load-config.ts';
import { CLI_STORE_CALL_TIMEOUT_MS } from '../../config/time-budgets.ts';
import { smsProvider } from '../../sms/providers/providers.ts';
import { error, type Finding, ok, warning } from './finding.ts';

/** These are for the own network. */
const PRIVATE_PATHS = ['/metrics', '/readyz', '/healthz'];

/**
 * Does not throw.
 * @param url without a path: `https://verify.example.com`.
 */
export async function checkPublicUrl(url: string, config: Config): Promise<Finding[]> {
  const graphql = await status(url, '/graphql', '{"query":"{__typename}"}');
  if (graphql !== 200)
    return [
      error(
        `${url}/graphql answers ${graphql ?? 'not at all'}`,
        'Check DNS, the certificate and the reverse proxy, and whether the service runs.',
      ),
    ];
  return [
    ok(`${url}/graphql answers`),
    ...(await Promise.all(PRIVATE_PATHS.map((path) => checkPrivate(url, path)))),
    ...(await checkReports(url, config)),
  ];
}

async function checkPrivate(url: string, path: string): Promise<Finding> {
  return (await status(url, path)) === 200
    ? warning(`${url}${path} is public`, 'Block the path in the reverse proxy.')
    : ok(`${path} is not public`);
}

/** A path of reports answers 400 or 401 to a body that is no report, and 404 if it does not exist. */
async function checkReports(url: string, { sms }: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, settings } of sms.providers) {
    if (smsProvider(name).isForDevelopment) continue;
    const started = await smsProvider(name).start(settings, () => {});
    await started.sender.close();
    if (started.reports === undefined) continue;
    const { pathSecret } = started.reports;
    const path = `/webhooks/${name}${pathSecret === undefined ? '' : `/${pathSecret}`}`;
    const answer = await status(url, path, '{}');
    // The path contains a secret, so it is not shown.
    findings.push(
      answer === 400 || answer === 401
        ? ok(`delivery reports of ${name} reach the service`)
        : error(
            `delivery reports of ${name} do not reach the service: ${answer ?? 'no answer'}`,
            'Let the reverse proxy pass /webhooks/, and restart the service after a change of its secret.',
          ),
    );
  }
  return findings;
}

/** @returns `undefined` without an answer. */
async function status(url: string, path: string, body?: string): Promise<number | undefined> {
  try {
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(CLI_STORE_CALL_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
