// What is measured: each operation with its requests, what has to be in place for them, and its targets.

import { randomBytes } from 'node:crypto';

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

/**
 * `bodies(redis, count)` makes the request bodies of one slice, and in Redis what they need; Redis is empty before.
 * `servers` maps each server that knows the operation to its path and to what a success holds.
 * `texts` is how many texts one success sends.
 */
export const operations = [
  {
    name: 'imageCaptcha',
    texts: 0,
    async bodies(_redis, count) {
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
    async bodies(redis, count) {
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
];
