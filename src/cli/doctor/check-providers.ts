// The SMS providers: whether they answer, and whether they accept the account. No SMS is sent to a person: the probe goes to a
// number that no phone has.

import { randomBytes } from 'node:crypto';
import type { Mobile } from '../../common/phone-number.ts';
import type { Config } from '../../config/load-config.ts';
import { OPERATOR_ADVICE } from '../../sms/delivery/provider-faults.ts';
import type { StartedSmsProvider } from '../../sms/providers/provider.ts';
import { smsProvider } from '../../sms/providers/providers.ts';
import type { SmsOutcome } from '../../sms/sms-sender.ts';
import { error, type Finding, ok, warning } from './finding.ts';

/** Mobiles of China begin with 13 to 19, so a platform rejects this number after it has accepted the account. */
const NO_MOBILE = '+8610000000000' as Mobile;

/** Does not throw. */
export async function checkProviders({ sms }: Config): Promise<Finding[]> {
  const findings = await Promise.all(
    sms.providers.map(async ({ name, settings }) => {
      const provider = smsProvider(name);
      if (provider.isForDevelopment)
        return [warning(`the SMS provider ${name} sends no SMS`, 'Production requires another one.')];
      const started = await provider.start(settings, () => {});
      try {
        return [await probe(name, started), reportFinding(name, started)];
      } finally {
        await started.sender.close();
      }
    }),
  );
  return findings.flat();
}

async function probe(name: string, { sender, timeoutMs }: StartedSmsProvider): Promise<Finding> {
  const message = {
    attemptId: randomBytes(16).toString('hex'),
    mobile: NO_MOBILE,
    code: '000000',
    validForMinutes: 1,
    purpose: 'LOGIN',
  } as const;
  return findingOf(name, await sender.send(message, timeoutMs));
}

function findingOf(name: string, outcome: SmsOutcome): Finding {
  if (outcome.kind !== 'accepted' && outcome.unreachable)
    return error(
      `the SMS provider ${name} does not answer: ${outcome.reason}`,
      'Check its URL in the settings, the firewall for outgoing connections, and DNS.',
    );
  if (outcome.kind === 'rejected' && outcome.fault !== undefined)
    return error(
      `the SMS provider ${name} rejects the account: ${outcome.reason}`,
      `${OPERATOR_ADVICE[outcome.fault]}.`,
    );
  // A rejection of the number comes after the account, the signature and the template were accepted.
  return outcome.kind === 'rejected' && outcome.cause !== 'recipient'
    ? warning(
        `the SMS provider ${name} answered: ${outcome.reason}`,
        'Send one SMS to a phone of yours: yanzheng sms:send',
      )
    : ok(`the SMS provider ${name} accepts the account`);
}

function reportFinding(name: string, { reports }: StartedSmsProvider): Finding {
  return reports
    ? ok(`delivery reports of ${name} are set up`)
    : warning(
        `delivery reports of ${name} are off`,
        'Set its …_REPORT_SECRET, and enter the URL in the console of the provider: see docs/providers.md.',
      );
}
