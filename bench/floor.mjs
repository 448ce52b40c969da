// The floor: the same calls to Redis, PostgreSQL and the gateway behind bare node:http, replies written by hand.
// What lies between it and a server is the price of everything else.

import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  randomInt,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import { createServer } from 'node:http';
import { Resvg } from '@resvg/resvg-js';
import { Redis } from 'ioredis';
import pg from 'pg';
import svgCaptcha from 'svg-captcha';
import { codeOfDigest } from '../dist/verification/codes/sms-code.js';
import { sendText } from './gateway-client.mjs';

const { PORT, REDIS_URL, DATABASE_URL, CODE_SECRET, REDIS_SCRIPTS } = process.env;
const ALPHABET = 'ACDEFHKMNPRTUWXY3467';
const MANY = 1_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CAPTCHA_TTL_MS = 180_000;
const CODE_TTL_MS = 300_000;
const RESEND_NEEDS_MS = 60_000;

const redis = new Redis(REDIS_URL, { scripts: JSON.parse(REDIS_SCRIPTS) });
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const secret = createSecretKey(Buffer.from(CODE_SECRET));

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const signingKey = { key: privateKey, dsaEncoding: 'ieee-p1363' };
const tokenHeader = part({ alg: 'ES256', typ: 'mobile-verification+jwt', kid: 'floor' });

const hmac = (...words) => createHmac('sha256', secret).update(words.join('\0')).digest();
const hash = (kind, value) => hmac(kind, value).toString('base64url').slice(0, 22);

async function imageCaptcha(_input, address) {
  const key = `allowance:captcha:${hash('address', address)}`;
  const [blocked] = await redis.reserveRateLimits(1, key, MANY, MINUTE_MS);
  if (blocked > 0) return refusal('TooManyRequestsError');
  const id = randomBytes(16).toString('base64url');
  const text = Array.from({ length: 4 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  await redis.set(`captcha:${id}`, text, 'EX', 180);
  const svg = svgCaptcha(text, { width: 160, height: 60, fontSize: 60, noise: 3, color: false });
  const png = new Resvg(svg, { background: '#ffffff', font: { loadSystemFonts: false } }).render().asPng();
  const image = `data:image/png;base64,${png.toString('base64')}`;
  return `{"data":{"imageCaptcha":{"__typename":"ImageCaptcha","id":"${id}","image":"${image}","width":160,"height":60,"expiresInSeconds":180}}}`;
}

async function requestSmsCode({ mobile, captchaId, captchaAnswer, purpose = 'REGISTER' }, address) {
  if (!captchaId || !captchaAnswer || !/^1[3-9]\d{9}$/.test(mobile)) return refusal('IncompleteInputError');
  const e164 = `+86${mobile}`;
  const addressKey = `{sms}:allowance:sms:${hash('address', address)}`;
  const requestKey = `{sms}:request:${hash('request', JSON.stringify([captchaId, captchaAnswer.toLowerCase(), purpose, e164]))}`;
  const claim = `pending ${randomBytes(16).toString('base64url')}`;
  const [state] = await redis.claimIdempotencyKey(
    2,
    addressKey,
    requestKey,
    MANY,
    HOUR_MS,
    claim,
    CAPTCHA_TTL_MS,
  );
  if (state !== 'first') return refusal('TooManyRequestsError');

  const answer = await redis.getdel(`captcha:${captchaId}`);
  if (answer?.toLowerCase() !== captchaAnswer.toLowerCase()) return refusal('CaptchaMismatchError');

  const { rows } = await database.query('select 1 from users where mobile = $1', [e164]);
  if (rows.length > 0) return refusal('MobileAlreadyRegisteredError');

  const mobileHash = hash('mobile', e164);
  const [refused, , nonce, lifeMs] = await redis.openSmsCode(
    6,
    `{sms}:allowance:mobile:${mobileHash}:gap`,
    `{sms}:allowance:mobile:${mobileHash}:hour`,
    `{sms}:allowance:mobile:${mobileHash}:day`,
    `{sms}:allowance:range:${hash('range', e164.slice(0, -4))}:hour`,
    '{sms}:allowance:service:day',
    `{sms}:code:${purpose}:${mobileHash}`,
    ...[1, MINUTE_MS, MANY, HOUR_MS, MANY, DAY_MS, MANY, HOUR_MS, MANY, DAY_MS],
    randomBytes(16).toString('base64url'),
    CODE_TTL_MS,
    RESEND_NEEDS_MS,
    5,
  );
  if (refused > 0) return refusal('TooManyRequestsError');

  await sendText(mobile, codeOf(purpose, e164, nonce));
  const fields = { codeLength: 6, expiresInSeconds: Math.floor(lifeMs / 1000), resendAfterSeconds: 60 };
  const record = JSON.stringify({ type: 'SmsCodeSent', fields });
  redis.replaceIdempotencyRecord(1, requestKey, claim, record, CAPTCHA_TTL_MS).catch(() => {});
  const masked = `${mobile.slice(0, 3)}****${mobile.slice(7)}`;
  return `{"data":{"requestSmsCode":{"__typename":"SmsCodeSent","mobile":"${masked}","codeLength":6,"expiresInSeconds":${Math.floor(lifeMs / 1000)},"resendAfterSeconds":60}}}`;
}

async function verifySmsCode({ mobile, code, purpose = 'REGISTER' }, address) {
  if (!code || !/^1[3-9]\d{9}$/.test(mobile)) return refusal('IncompleteInputError');
  const addressKey = `allowance:verify:${hash('address', address)}`;
  const [blocked] = await redis.reserveRateLimits(1, addressKey, MANY, HOUR_MS);
  if (blocked > 0) return refusal('TooManyRequestsError');

  const e164 = `+86${mobile}`;
  const mobileHash = hash('mobile', e164);
  const keys = [
    `{sms}:failures:${purpose}:${mobileHash}:hour`,
    `{sms}:failures:${purpose}:${mobileHash}:streak`,
    `{sms}:code:${purpose}:${mobileHash}`,
  ];
  const [counted, at, nonce] = await redis.countSmsCodeAttempt(3, ...keys, 10, HOUR_MS, 100, 365 * DAY_MS, 5);
  if (counted !== 'counted') return refusal('SmsCodeExpiredError');
  if (!timingSafeEqual(Buffer.from(codeOf(purpose, e164, nonce)), Buffer.from(code)))
    return refusal('SmsCodeMismatchError');
  const range = `{sms}:allowance:range:${hash('range', e164.slice(0, -4))}:hour`;
  if ((await redis.consumeSmsCode(4, ...keys, range, at, nonce)) !== 1) return refusal('SmsCodeExpiredError');

  const iat = Math.floor(Date.now() / 1000);
  const jti = randomBytes(16).toString('base64url');
  const claims = { purpose, mobile: e164, iss: 'bench', aud: 'bench', iat, exp: iat + 600, jti };
  const signed = `${tokenHeader}.${part(claims)}`;
  const token = `${signed}.${sign('sha256', Buffer.from(signed), signingKey).toString('base64url')}`;
  return `{"data":{"verifySmsCode":{"__typename":"MobileVerified","verificationToken":"${token}","expiresInSeconds":600}}}`;
}

function codeOf(purpose, e164, nonce) {
  return codeOfDigest(hmac('sms-code', purpose, e164, nonce, 0));
}

function part(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function refusal(type) {
  return `{"data":{"refused":{"__typename":"${type}"}}}`;
}

const operations = { imageCaptcha, requestSmsCode, verifySmsCode };

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', async () => {
    let status = 200;
    let reply;
    try {
      const { operationName, variables } = JSON.parse(body);
      reply = await operations[operationName](variables?.input, request.socket.remoteAddress);
    } catch (error) {
      status = 500;
      reply = JSON.stringify({ errors: [{ message: error.message }] });
    }
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(reply),
    });
    response.end(reply);
  });
}).listen(Number(PORT), '127.0.0.1');
