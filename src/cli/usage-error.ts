// Wrong arguments of a command.

import { type Mobile, parseMobile } from '../common/phone-number.ts';

/** The message tells how to call the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError if there is no argument, or one is not a mobile. */
export function mobileArguments(args: readonly string[], usage: string): Mobile[] {
  if (args.length === 0) throw new UsageError(`usage: ${usage}`);
  return args.map((arg) => {
    const mobile = parseMobile(arg);
    if (mobile === undefined) throw new UsageError(`Not a mainland China mobile number. usage: ${usage}`);
    return mobile;
  });
}
