// What is measured: the operations, their requests, and their targets.

import { CAPTCHA_TEXT } from './seeds.mjs';

let mobiles = 0;
const SUBSCRIBERS = 100_000_000;
/** Coprime to the number of subscribers, so all mobiles differ, and consecutive ones are in different number ranges. */
const STRIDE = 61_803_399;

/** A mobile that this run has not used yet: 138 and eight digits. */
function freshMobile() {
  mobiles += 1;
  return `138${String((mobiles * STRIDE) % SUBSCRIBERS).padStart(8, '0')}`;
}

/** The GraphQL documents by their operations. */
const documents = {
  imageCaptcha: `query imageCaptcha {
  imageCaptcha {
    __typename
    ... on ImageCaptcha { id image width height expiresInSeconds }
    ... on UserError { message }
  }
}`,

  requestSmsCode: `mutation requestSmsCode($input: RequestSmsCodeInput!) {
  requestSmsCode(input: $input) {
    __typename
    ... on SmsCodeSent { mobile codeLength expiresInSeconds resendAfterSeconds }
    ... on UserError { message }
  }
}`,

  verifySmsCode: `mutation verifySmsCode($input: VerifySmsCodeInput!) {
  verifySmsCode(input: $input) {
    __typename
    ... on MobileVerified { verificationToken expiresInSeconds }
    ... on UserError { message }
  }
}`,

  registerUser: `mutation registerUser($input: RegisterUserInput!) {
  registerUser(input: $input) {
    __typename
    ... on UserRegistered { user { id mobile registeredAt } }
    ... on UserError { message }
  }
}`,
};

/** The body of a GraphQL request. */
export function graphqlBody(operationName, input) {
  const query = documents[operationName];
  return { operationName, query, ...(input && { variables: { input } }) };
}

/** The same requests go to both builds of the service and to the floor. A success contains `start`. */
function graphqlServers(start) {
  const target = { path: '/graphql', success: `{"data":{${start}` };
  return { current: target, previous: target, floor: target };
}

/**
 * The operations, each with
 *   sends    the number of SMS that one success sends
 *   bodies   creates the bodies of `count` requests, and in the stores what they need, through `seeds` (see seeds.mjs)
 *   servers  the servers that have the operation: its path, a string that every success contains, `body` if the server
 *            expects another body, and `maxPerSecond` if far fewer requests are needed than `MAX_PER_SECOND`
 *   targets  the least ratios of requests per second
 */
export const operations = [
  {
    name: 'imageCaptcha',
    sends: 0,
    async bodies(_seeds, count) {
      return Array(count).fill(graphqlBody('imageCaptcha'));
    },
    servers: graphqlServers('"imageCaptcha":{"__typename":"ImageCaptcha","id":"'),
    targets: [{ server: 'current', against: 'floor', atLeast: 0.65 }],
  },
  {
    name: 'requestSmsCode',
    sends: 1,
    async bodies(seeds, count) {
      const ids = await seeds.captchas(count);
      return ids.map((captchaId) =>
        graphqlBody('requestSmsCode', { mobile: freshMobile(), captchaId, captchaAnswer: CAPTCHA_TEXT }),
      );
    },
    servers: {
      ...graphqlServers('"requestSmsCode":{"__typename":"SmsCodeSent",'),
      'better-auth': {
        path: '/api/auth/phone-number/send-otp',
        success: '{"message":"code sent"}',
        body: ({ variables }) => ({ phoneNumber: `+86${variables.input.mobile}` }),
      },
    },
    targets: [
      { server: 'current', against: 'floor', atLeast: 0.55 },
      { server: 'current', against: 'better-auth', atLeast: 2 },
    ],
  },
  {
    name: 'verifySmsCode',
    sends: 0,
    async bodies(seeds, count) {
      const mobiles = Array.from({ length: count }, freshMobile);
      const codes = await seeds.codes(mobiles);
      return mobiles.map((mobile, index) => graphqlBody('verifySmsCode', { mobile, code: codes[index] }));
    },
    servers: {
      ...graphqlServers('"verifySmsCode":{"__typename":"MobileVerified",'),
      'better-auth': {
        path: '/api/auth/phone-number/verify',
        success: '{"status":true,',
        body: ({ variables: { input } }) => ({ phoneNumber: `+86${input.mobile}`, code: input.code }),
        maxPerSecond: 2000,
      },
    },
    targets: [
      { server: 'current', against: 'floor', atLeast: 0.6 },
      { server: 'current', against: 'better-auth', atLeast: 8 },
    ],
  },
];

/** An operation of the service that the other servers do not have. */
export const registration = {
  name: 'registerUser',
  sends: 0,
  async bodies(seeds, count) {
    const tokens = await seeds.tokens(Array.from({ length: count }, freshMobile));
    return tokens.map((verificationToken) => graphqlBody('registerUser', { verificationToken }));
  },
  servers: {
    current: { path: '/graphql', success: '{"data":{"registerUser":{"__typename":"UserRegistered",' },
  },
};
