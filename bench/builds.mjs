// The builds of the service that a run measures: the one of this checkout and, with `--against`, the one of another. Each
// build says itself how it stores its state, because the names of its Redis keys may differ.

import { createPrivateKey, createSecretKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @param directory a checkout whose dist/ is built
 * @param secrets   from environment.mjs
 * @returns its program `main`, and the `storage` of its state
 */
export async function loadBuild(directory, secrets) {
  const dist = join(directory, 'dist');
  const main = join(dist, 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` in ${directory}`);
  const load = (file) => import(pathToFileURL(join(dist, file)).href);
  const codeSecret = createSecretKey(Buffer.from(secrets.CODE_SECRET));
  const hasRedisKeys = existsSync(join(dist, 'common/redis/keys.js'));
  const storage = hasRedisKeys
    ? await createStorage(load, codeSecret, secrets)
    : await createUnprefixedStorage(load, codeSecret);
  return { main, storage };
}

async function createStorage(load, codeSecret, secrets) {
  const { createKeyedHash } = await load('common/keyed-hash.js');
  const { RedisKeys } = await load('common/redis/keys.js');
  const { deriveSmsCode } = await load('verification/codes/sms-code.js');
  const { VerificationTokens } = await load('verification/tokens/verification-token.js');
  const keys = new RedisKeys(createKeyedHash(codeSecret));
  const tokenSettings = { issuer: secrets.TOKEN_ISSUER, audience: secrets.TOKEN_AUDIENCE };
  const tokens = await VerificationTokens.create(
    tokenSettings,
    createPrivateKey(secrets.TOKEN_PRIVATE_KEY),
    [],
  );
  return {
    captchaKey: (id) => keys.captcha(id),
    codeKey: ({ purpose, mobile }) => keys.smsCode(purpose, mobile),
    codeFields: (nonce, sentAtMs) => ({ nonce, attempts: 0, sends: `${sentAtMs}:${nonce}` }),
    deriveCode: (source) => deriveSmsCode(codeSecret, source),
    signToken: async (mobile, jti) =>
      (await tokens.sign({ purpose: 'REGISTER', mobile }, jti, Date.now())).token,
    ...(await createKeysOfUsers(load, keys)),
  };
}

/** The keys that the requests of a user leave in Redis, see live-state.mjs. */
async function createKeysOfUsers(load, keys) {
  const { RateLimits } = await load('rate-limiting/limits.js');
  const { idempotencyFingerprint } = await load('verification/request-sms-code/idempotency-fingerprint.js');
  const anySetting = new Proxy({}, { get: () => 1 });
  const limits = new RateLimits(keys, anySetting);
  const limitKeys = (action, subject) => limits.of(action, subject).map(({ name, key }) => [name, key]);
  return {
    /** The keys of one user, by what they hold. `id` is that of the captcha and of the token. */
    keysOfUser: ({ mobile, address, id, captchaAnswer }) => {
      const request = { captchaId: id, captchaAnswer, purpose: 'REGISTER', mobile };
      return {
        captcha: keys.captcha(id),
        idempotencyRecord: keys.idempotencyRecord(mobile, idempotencyFingerprint(request)),
        smsCode: keys.smsCode('REGISTER', mobile),
        recentFailures: keys.recentFailures('REGISTER', mobile),
        failureStreak: keys.failureStreak('REGISTER', mobile),
        spentToken: keys.spentToken(id),
        ...Object.fromEntries([
          ...limitKeys('issueCaptcha', address),
          ...limitKeys('requestSmsCode', address),
          ...limitKeys('verifySmsCode', address),
          ...limitKeys('sendSms', mobile),
        ]),
      };
    },
  };
}

/**
 * Temporary: for builds from before the Redis keys had the prefix `yz:`. Delete it when no such build has to be compared
 * any more.
 */
async function createUnprefixedStorage(load, secret) {
  const { createKeyedHash } = await load('shared/keyed-hash.js');
  const { deriveSmsCode } = await load('verification/sms-code.js');
  const hash = createKeyedHash(secret);
  return {
    captchaKey: (id) => `captcha:${id}`,
    codeKey: ({ purpose, mobile }) => `{sms}:code:${purpose}:${hash('mobile', mobile)}`,
    codeFields: (nonce, sentAtMs) => ({ nonce, attempts: 0, opened_by: nonce, texts: sentAtMs }),
    deriveCode: (source) => deriveSmsCode(secret, source),
  };
}
