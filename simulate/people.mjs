// Who asks for texts in a simulation: honest users, and attackers. All of them read every captcha.

const CAPTCHA = '{ imageCaptcha { ... on ImageCaptcha { id } } }';
const REQUEST = 'mutation ($input: RequestSmsCodeInput!) { requestSmsCode(input: $input) { __typename } }';
const VERIFY = 'mutation ($input: VerifySmsCodeInput!) { verifySmsCode(input: $input) { __typename } }';
const PREFIXES = [
  '130',
  '131',
  '135',
  '136',
  '137',
  '138',
  '139',
  '150',
  '151',
  '158',
  '180',
  '186',
  '187',
  '188',
];
const CAMPUS = '203.0.113.7';

export const randomDigits = (count) =>
  Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join('');
export const randomMobile = () => PREFIXES[Math.floor(Math.random() * PREFIXES.length)] + randomDigits(8);
export const address = (index) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

export class Caller {
  constructor({ url, redis, texts }) {
    Object.assign(this, { url, redis, texts });
  }

  /** @returns the type of the answer to `requestSmsCode`. */
  async requestText(mobile, from) {
    const { id } = (await this.ask(CAPTCHA, {}, from)).imageCaptcha;
    // No picture is an obstacle here: the answer is taken from where the service keeps it.
    const captchaAnswer = id && (await this.redis.get(`captcha:${id}`));
    if (!captchaAnswer) return 'TooManyRequestsError';
    const input = { mobile, captchaId: id, captchaAnswer };
    return (await this.ask(REQUEST, { input }, from)).requestSmsCode.__typename;
  }

  /** One honest user's whole way. @returns whether the mobile was verified in the end. */
  async verify(mobile, from) {
    if ((await this.requestText(mobile, from)) !== 'SmsCodeSent') return false;
    const { code } = this.texts.findLast((text) => text.mobile === mobile);
    return (
      (await this.ask(VERIFY, { input: { mobile, code } }, from)).verifySmsCode.__typename ===
      'MobileVerified'
    );
  }

  async ask(query, variables, from) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (!data) throw new Error(JSON.stringify(errors));
    return data;
  }
}

/** A fifth of them share the address of a campus; one in a hundred has a number in the range that is walked. */
export function honestUsers(count, walkedRange) {
  return Array.from({ length: count }, (_, index) => ({
    mobile: index % 100 === 0 ? walkedRange + randomDigits(4) : randomMobile(),
    from: index % 5 === 0 ? CAMPUS : address(5_000_000 + index),
  }));
}

/**
 * What each attacker tries in one step of the day, as `[mobile, address]`, and the most texts that the day may bring,
 * from the allowances alone.
 */
export function attackers(
  { perAddressPerHour, perMobilePerDay, perRangePerHour, perDay },
  walkedRange,
  steps,
) {
  const hours = 24;
  const victim = randomMobile();
  let turn = 0;
  const next = () => {
    turn += 1;
    return turn;
  };
  return [
    {
      name: 'one address, many numbers',
      attempts: () => Array.from({ length: 10 }, () => [randomMobile(), '198.51.100.1']),
      bound: perAddressPerHour * hours,
    },
    {
      name: 'many addresses, one number',
      attempts: () => Array.from({ length: 3 }, () => [victim, address(next())]),
      bound: perMobilePerDay,
    },
    {
      name: 'many addresses, a range of numbers',
      attempts: () => Array.from({ length: 10 }, () => [walkedRange + randomDigits(4), address(next())]),
      bound: perRangePerHour * hours,
    },
    {
      name: '10,000 addresses, any number',
      attempts: () =>
        Array.from({ length: Math.ceil(10_000 / steps) }, () => [randomMobile(), address(next())]),
      bound: perDay,
    },
  ];
}
