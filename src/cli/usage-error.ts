// Wrong arguments of a command.

import { type Mobile, parseMobile } from '../common/phone-number.ts';

/** The message tells how to call the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError if there is no argument, or one is not a mobile. */
export function mobileArguments(args: readonly string[], command: string): readonly [Mobile, ...Mobile[]] {
  const mobiles = args.map((arg) => {
    const mobile = parseMobile(arg);
    if (mobile === undefined)
      throw new UsageError(
        `Not a mainland China mobile number. yanzheng ${command} --help explains the command.`,
      );
    return mobile;
  });
  const [first, ...others] = mobiles;
  if (first === undefined)
    throw new UsageError(`A mobile is missing. yanzheng ${command} --help explains the command.`);
  return [first, ...others];
}

/** @throws UsageError unless there is exactly one argument, which is a mobile. */
export function oneMobile(args: readonly string[], command: string): Mobile {
  const [mobile, ...others] = mobileArguments(args, command);
  if (others.length > 0)
    throw new UsageError(`One mobile is required. yanzheng ${command} --help explains the command.`);
  return mobile;
}
