// Mistakes that the compiler has to catch. If one of them compiled, its unused @ts-expect-error would be the error.

import type { ImageCaptchaResult } from '../../src/captcha/captcha.schema.ts';
import { CaptchaExpiredError } from '../../src/captcha/captcha.schema.ts';
import { DomainError } from '../../src/common/domain-error.ts';
import type { LocalizedMessage } from '../../src/common/locale.ts';
import type { Mobile } from '../../src/common/phone-number.ts';
import { booleanReply, defineScript } from '../../src/common/redis/define-script.ts';
import type { RedisKeys } from '../../src/common/redis/keys.ts';
import type { RedisClient, RedisDependency } from '../../src/common/redis/redis-client.ts';
import { UserError } from '../../src/errors/user-error.ts';
import type { rateLimitScripts } from '../../src/rate-limiting/rate-limit.store.ts';
import { smsCodeScripts } from '../../src/verification/codes/sms-code.store.ts';
import { SmsCodeAttemptStore } from '../../src/verification/codes/sms-code-attempt.store.ts';
import type { RequestSmsCodeResult } from '../../src/verification/request-sms-code/request-sms-code.schema.ts';

// ── Domain errors and unions ────────────────────────────────────────────────────────────────────────────────────────

const message: LocalizedMessage = { 'zh-CN': '', en: '' };

/** An error that is returned but is no member of the union, even with the same fields as a member. */
class ForgottenError extends UserError<'ForgottenError'> {
  protected messages(): LocalizedMessage {
    return message;
  }
}
// @ts-expect-error
export const forgottenInAUnion: typeof RequestSmsCodeResult = new ForgottenError();

/** A domain error that clients cannot see, even with the name of a member. */
class WithoutGraphqlError extends DomainError<'InvalidMobileError'> {
  protected messages(): LocalizedMessage {
    return message;
  }
}
// @ts-expect-error
export const withoutGraphql: typeof RequestSmsCodeResult = new WithoutGraphqlError();

// @ts-expect-error
export const memberOfAnotherUnion: typeof ImageCaptchaResult = new CaptchaExpiredError();

export class OneLanguageError extends UserError<'OneLanguageError'> {
  protected messages(): LocalizedMessage {
    // @ts-expect-error
    return { en: 'There is no Chinese message.' };
  }
}

// @ts-expect-error
export class WithoutMessageError extends UserError<'WithoutMessageError'> {}

// ── Phone numbers ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A number that was not parsed. */
// @ts-expect-error
export const notParsed: Mobile = '+8613800138000';

// ── Scripts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const opened = defineScript({
  name: 'opened',
  keys: ['counter'],
  args: ['limit'],
  reply: booleanReply,
  lua: 'return 1',
});
const other = defineScript({
  name: 'other',
  keys: ['counter'],
  args: ['limit'],
  reply: booleanReply,
  lua: 'return 1',
});
const input = { keys: { counter: 'key' }, args: { limit: 1 } } as const;

export async function runScripts(client: RedisClient<typeof opened>): Promise<void> {
  const reply: boolean = await client.runScript(opened, input);
  void reply;

  // A client offers the scripts that it was opened with, and no other.
  // @ts-expect-error
  await client.runScript(other, input);

  // @ts-expect-error
  await client.runScript(opened, { keys: {}, args: { limit: 1 } });

  // @ts-expect-error
  await client.runScript(opened, { keys: { count: 'key' }, args: { limit: 1 } });

  // @ts-expect-error
  await client.runScript(opened, { keys: { counter: 'key' }, args: {} });

  // A store that needs a script accepts no client that was opened without it.
  // @ts-expect-error
  const missingOneScript: RedisClient<typeof opened | typeof other> = client;
  void missingOneScript;

  // @ts-expect-error
  const withoutScripts: RedisClient<typeof opened> = client as unknown as RedisClient;
  void withoutScripts;

  // @ts-expect-error
  const wrongReply: string = await client.runScript(opened, input);
  void wrongReply;
}

// ── Stores ──────────────────────────────────────────────────────────────────────────────────────────────────────────

declare const keys: RedisKeys;
declare const openedWithoutScripts: RedisDependency;
declare const openedWithOtherScripts: RedisDependency<(typeof rateLimitScripts)[number]>;

/** A store rejects a client that was opened without its scripts. */
// @ts-expect-error
export const withoutItsScripts = new SmsCodeAttemptStore(openedWithoutScripts, keys);

// @ts-expect-error
export const withOtherScripts = new SmsCodeAttemptStore(openedWithOtherScripts, keys);

declare const withStores: RedisClient<(typeof smsCodeScripts)[number]>;

/** A script of rate limits demands every key and argument of its limits. */
export async function runStoreScript(): Promise<void> {
  const [openSmsCode] = smsCodeScripts;
  // @ts-expect-error
  await withStores.runScript(openSmsCode, { keys: {}, args: {} });
}
