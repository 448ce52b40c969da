// What is measured: each operation with its requests, what has to be in place for them, and its targets.

import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { createKeyedHash } from '../dist/common/keyed-hash.js';
import { deriveSmsCode } from '../dist/verification/codes/sms-code.js';

let mobiles = 0;

/** A mobile that this run has not used: 138 and eight digits. */
function freshMobile() {
  mobiles += 1;
  return `138${String(mobiles).padStart(8, '0')}`;
}

const CAPTCHA_TEXT = 'ACDE';
const PIPELINE = 1000;

/** Puts that many captchas into Redis; resolves to their ids. */
async function seedCaptchas(redis, count) {
  const ids = Array.from({ length: count }, () => randomBytes(16).toString('base64url'));
  for (let start = 0; start < count; start += PIPELINE) {
    const pipeline = redis.pipeline();
    for (const id of ids.slice(start, start + PIPELINE))
      pipeline.set(`captcha:${id}`, CAPTCHA_TEXT, 'EX', 180);
    await pipeline.exec();
  }
  return ids;
}

/** Puts a live code for each mobile into Redis; resolves to the codes. */
async function seedCodes(redis, codeSecret, mobiles) {
  const secret = createSecretKey(Buffer.from(codeSecret));
  const hash = createKeyedHash(secret);
  const purpose = 'REGISTER';
  const codes = [];
  for (let start = 0; start < mobiles.length; start += PIPELINE) {
    const pipeline = redis.pipeline();
    for (const mobile of mobiles.slice(start, start + PIPELINE)) {
      const nonce = randomBytes(16).toString('base64url');
      const key = `{sms}:code:${purpose}:${hash('mobile', `+86${mobile}`)}`;
      pipeline.hset(key, { nonce, attempts: 0 }).expire(key, 300);
      codes.push(deriveSmsCode(secret, { purpose, mobile: `+86${mobile}`, nonce }));
    }
    await pipeline.exec();
  }
  return codes;
}

/** The codes that better-auth would have stored. */
async function seedBetterAuth(query, mobiles) {
  await query(
    `insert into verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
     select id, 'phone-number-otp-+86' || mobile, '123456:0', now() + interval '5 minutes', now(), now()
     from unnest($1::text[], $2::text[]) as seeds (id, mobile)`,
    [mobiles.map(() => randomUUID()), mobiles],
  );
  await query('analyze verification');
  return mobiles.map(() => '123456');
}

const imageCaptcha = `query imageCaptcha {
  imageCaptcha {
    __typename
    ... on ImageCaptcha { id image width height expiresInSeconds }
    ... on UserError { message }
  }
}`;

const requestSmsCode = `mutation requestSmsCode($input: RequestSmsCodeInput!) {
  requestSmsCode(input: $input) {
    __typename
    ... on SmsCodeSent { mobile codeLength expiresInSeconds resendAfterSeconds }
    ... on UserError { message }
  }
}`;

const verifySmsCode = `mutation verifySmsCode($input: VerifySmsCodeInput!) {
  verifySmsCode(input: $input) {
    __typename
    ... on MobileVerified { verificationToken expiresInSeconds }
    ... on UserError { message }
  }
}`;

/**
 * `bodies(stores, count, server)` makes the request bodies of one slice, and in the stores what they need; Redis is empty before.
 * `servers` maps each server that knows the operation to its path and to what a success holds.
 * `mostPerSecond` is more requests than a server answers, where `MOST_PER_SECOND` would be far too many.
 * `texts` is how many texts one success sends.
 */
export const operations = [
  {
    name: 'imageCaptcha',
    texts: 0,
    async bodies(_stores, count) {
      return Array(count).fill({ operationName: 'imageCaptcha', query: imageCaptcha });
    },
    servers: {
      ours: { path: '/graphql', success: '{"data":{"imageCaptcha":{"__typename":"ImageCaptcha","id":"' },
      floor: { path: '/graphql', success: '{"data":{"imageCaptcha":{"__typename":"ImageCaptcha","id":"' },
    },
    targets: [{ server: 'ours', against: 'floor', atLeast: 2.5 }],
  },
  {
    name: 'requestSmsCode',
    texts: 1,
    async bodies({ redis }, count) {
      return (await seedCaptchas(redis, count)).map((captchaId) => ({
        operationName: 'requestSmsCode',
        query: requestSmsCode,
        variables: { input: { mobile: freshMobile(), captchaId, captchaAnswer: CAPTCHA_TEXT } },
      }));
    },
    servers: {
      ours: { path: '/graphql', success: '{"data":{"requestSmsCode":{"__typename":"SmsCodeSent",' },
      floor: { path: '/graphql', success: '{"data":{"requestSmsCode":{"__typename":"SmsCodeSent",' },
      'better-auth': {
        path: '/api/auth/phone-number/send-otp',
        success: '{"message":"code sent"}',
        body: ({ variables }) => ({ phoneNumber: `+86${variables.input.mobile}` }),
      },
    },
    targets: [
      { server: 'ours', against: 'floor', atLeast: 0.5 },
      { server: 'ours', against: 'better-auth', atLeast: 1 },
    ],
  },
  {
    name: 'verifySmsCode',
    texts: 0,
    async bodies({ redis, codeSecret, queryBetterAuth }, count, server) {
      const mobiles = Array.from({ length: count }, freshMobile);
      const codes =
        server === 'better-auth'
          ? await seedBetterAuth(queryBetterAuth, mobiles)
          : await seedCodes(redis, codeSecret, mobiles);
      return mobiles.map((mobile, index) => ({
        operationName: 'verifySmsCode',
        query: verifySmsCode,
        variables: { input: { mobile, code: codes[index] } },
      }));
    },
    servers: {
      ours: { path: '/graphql', success: '{"data":{"verifySmsCode":{"__typename":"MobileVerified",' },
      floor: { path: '/graphql', success: '{"data":{"verifySmsCode":{"__typename":"MobileVerified",' },
      'better-auth': {
        path: '/api/auth/phone-number/verify',
        success: '{"status":true,',
        body: ({ variables: { input } }) => ({ phoneNumber: `+86${input.mobile}`, code: input.code }),
        mostPerSecond: 1000,
      },
    },
    targets: [
      { server: 'ours', against: 'floor', atLeast: 0.35 },
      { server: 'ours', against: 'better-auth', atLeast: 6 },
    ],
  },
];
