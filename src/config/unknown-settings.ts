// Finds typing errors in the names of settings, which would otherwise leave a default in force without notice.

import { smsProviderSettings } from '../sms/providers/providers.ts';

/** First words of our names. REDIS_, DATABASE_ and the like are left out: other programs use them too. */
const PREFIXES = new Set([
  ...[
    'SMS',
    'TOKEN',
    'CODE',
    'CAPTCHA',
    'IMAGE_CAPTCHA',
    'VERIFY',
    'TRUSTED',
    'CORS',
    'SHUTDOWN',
    'SIMULATOR',
    'ENUMERATION',
    'TEST_MOBILES',
  ],
  ...Object.keys(smsProviderSettings).map((name) => name.split('_', 1)[0]),
]);
const OWN_NAME = new RegExp(`^(${[...PREFIXES].join('|')})_`);

/** Kubernetes sets these variables for every service of a namespace, whatever its name is. */
const SET_BY_KUBERNETES = /_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

/** The names of variables that begin like ours but are not known settings. */
export function unknownSettings(
  environment: Readonly<Record<string, string | undefined>>,
  knownNames: readonly string[],
): string[] {
  return Object.keys(environment).filter(
    (name) => OWN_NAME.test(name) && !SET_BY_KUBERNETES.test(name) && !knownNames.includes(name),
  );
}
