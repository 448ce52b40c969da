// The builds of the service that a run measures: the one of this checkout and, with `--against`, the one of another. Each
// build says itself how it stores captchas and codes, because the names of its Redis keys may differ.

import { createSecretKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @param directory a checkout whose dist/ is built
 * @returns its program `main`, and the `storage` of its captchas and codes
 */
export async function loadBuild(directory, codeSecret) {
  const dist = join(directory, 'dist');
  const main = join(dist, 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` in ${directory}`);
  const load = (file) => import(pathToFileURL(join(dist, file)).href);
  const secret = createSecretKey(Buffer.from(codeSecret));
  const hasRedisKeys = existsSync(join(dist, 'common/redis/keys.js'));
  return { main, storage: await (hasRedisKeys ? createStorage : createUnprefixedStorage)(load, secret) };
}

async function createStorage(load, secret) {
  const { createKeyedHash } = await load('common/keyed-hash.js');
  const { RedisKeys } = await load('common/redis/keys.js');
  const { deriveSmsCode } = await load('verification/codes/sms-code.js');
  const keys = new RedisKeys(createKeyedHash(secret));
  return {
    captchaKey: (id) => keys.captcha(id),
    codeKey: ({ purpose, mobile }) => keys.smsCode(purpose, mobile),
    codeFields: (nonce, sentAtMs) => ({ nonce, attempts: 0, singleSend: nonce, sends: sentAtMs }),
    deriveCode: (source) => deriveSmsCode(secret, source),
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
