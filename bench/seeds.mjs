// What the requests of a measurement need to succeed: captchas and codes, written directly to the stores.

import { randomBytes, randomUUID } from 'node:crypto';

export const CAPTCHA_TEXT = 'ACDE';
const CAPTCHA_TTL_SECONDS = 180;
const CODE_TTL_SECONDS = 300;
const COMMANDS_PER_PIPELINE = 1000;
const BETTER_AUTH_CODE = '123456';

const randomId = () => randomBytes(16).toString('base64url');

/** Seeds for a build of the service, and for the floor. `storage` comes from `loadBuild`, `redis` is a client or a Cluster. */
export function redisSeeds(redis, storage) {
  return {
    /** @returns the ids of new captchas with the text `CAPTCHA_TEXT`. */
    async captchas(count) {
      const ids = Array.from({ length: count }, randomId);
      await inPipelines(ids, (id) =>
        redis.set(storage.captchaKey(id), CAPTCHA_TEXT, 'EX', CAPTCHA_TTL_SECONDS),
      );
      return ids;
    },

    /** @returns a code for each mobile of eleven digits. */
    async codes(mobiles) {
      const sources = mobiles.map((mobile) => ({
        purpose: 'REGISTER',
        mobile: `+86${mobile}`,
        nonce: randomId(),
      }));
      await inPipelines(sources, (source) => {
        const key = storage.codeKey(source);
        const fields = storage.codeFields(source.nonce, Date.now());
        return Promise.all([redis.hset(key, fields), redis.expire(key, CODE_TTL_SECONDS)]);
      });
      return sources.map(storage.deriveCode);
    },

    /** @returns a verification token for each mobile of eleven digits. */
    tokens: (mobiles) => Promise.all(mobiles.map((mobile) => storage.signToken(`+86${mobile}`, randomId()))),
  };
}

/** Seeds for better-auth, which has no captchas and stores its codes in PostgreSQL. */
export function betterAuthSeeds(query) {
  return {
    captchas: async (count) => Array.from({ length: count }, randomId),

    async codes(mobiles) {
      await query(
        `insert into verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
         select id, 'phone-number-otp-+86' || mobile, $3 || ':0', now() + interval '5 minutes', now(), now()
         from unnest($1::text[], $2::text[]) as seeds (id, mobile)`,
        [mobiles.map(() => randomUUID()), mobiles, BETTER_AUTH_CODE],
      );
      await query('analyze verification');
      return mobiles.map(() => BETTER_AUTH_CODE);
    },
  };
}

/** The clients send the commands of one turn of the event loop in one write, to each node of a Cluster. */
async function inPipelines(items, write) {
  for (let start = 0; start < items.length; start += COMMANDS_PER_PIPELINE)
    await Promise.all(items.slice(start, start + COMMANDS_PER_PIPELINE).map(write));
}
