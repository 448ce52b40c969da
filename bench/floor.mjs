// The floor: the least that a server with these operations has to do. It makes the calls of the service to Redis,
// PostgreSQL and the gateway, derives the same hashes and codes and draws the same image, behind bare node:http with
// hand-written responses. The difference between the floor and the service is the cost of everything else: GraphQL,
// validation, time limits, the audit log, metrics and HTTP headers.
//
// The stores, keys, limits and settings are those of the service, so the calls cannot differ.

import { createSecretKey, generateKeyPairSync, randomInt, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import pg from 'pg';
import { CaptchaStore } from '../dist/captcha/captcha.store.js';
import { CAPTCHA_ALPHABET, captchaText, isCaptchaAnswer } from '../dist/captcha/captcha-text.js';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from '../dist/captcha/rendering/captcha-image.js';
import { letterOutlines } from '../dist/captcha/rendering/fonts.js';
import { createGlyphs } from '../dist/captcha/rendering/glyphs.js';
import { createKeyedHash } from '../dist/common/keyed-hash.js';
import { maskMobile } from '../dist/common/phone-number.js';
import { randomId, randomToken } from '../dist/common/random-id.js';
import { RedisKeys } from '../dist/common/redis/keys.js';
import { loadConfig } from '../dist/config/load-config.js';
import { GuardStore } from '../dist/guard/guard.store.js';
import { guardNetwork } from '../dist/guard/guard-network.js';
import { laneOf } from '../dist/guard/lane.js';
import { connectRedis } from '../dist/infrastructure/redis/connect-redis.js';
import { RateLimits } from '../dist/rate-limiting/limits.js';
import { RateLimitStore } from '../dist/rate-limiting/rate-limit.store.js';
import { redisScripts } from '../dist/redis-scripts.js';
import { DeliveryStore } from '../dist/sms/delivery/delivery.store.js';
import { attemptIdOf, DeliveryIds } from '../dist/sms/delivery/delivery-id.js';
import { VerifiedSms } from '../dist/sms/delivery/verified-sms.service.js';
import { carrierPrefix } from '../dist/sms/routing/carrier-prefix.js';
import { ConversionStore } from '../dist/sms/routing/conversion.store.js';
import { SpendCapService } from '../dist/spend-cap/spend-cap.service.js';
import { CODE_LENGTH, deriveSmsCode, isSmsCode } from '../dist/verification/codes/sms-code.js';
import { SmsCodeStore } from '../dist/verification/codes/sms-code.store.js';
import { SmsCodeAttemptStore } from '../dist/verification/codes/sms-code-attempt.store.js';
import { IdempotencyStore } from '../dist/verification/idempotency/idempotency.store.js';
import { idempotencyFingerprint } from '../dist/verification/request-sms-code/idempotency-fingerprint.js';
import { sendSms } from './gateway-client.mjs';

const MAX_DATABASE_CONNECTIONS = 10;
const TOKEN_LIFETIME_SECONDS = 600;
const MOBILE = /^1[3-9]\d{9}$/;

const config = loadConfig(process.env);
const { captchaTtlSeconds, codeTtlSeconds, resendAfterSeconds } = config;
const redis = connectRedis(config.redisUrl, redisScripts, () => {});
const database = new pg.Pool({ connectionString: config.databaseUrl, max: MAX_DATABASE_CONNECTIONS });

/** As much of MikroORM as plain SQL needs. */
const entityManager = {
  getConnection: () => ({
    async execute(sql, values) {
      let index = 0;
      return (
        await database.query(
          sql.replaceAll('?', () => `$${++index}`),
          values,
        )
      ).rows;
    },
  }),
};

/** Without the time limit and the metrics of the service's own client. */
const direct = { use: (call) => call(redis) };
const codeSecret = createSecretKey(config.codeSecret);
const hash = createKeyedHash(codeSecret);
const keys = new RedisKeys(hash);
const limits = new RateLimits(keys, config.rateLimits);
const rateLimits = new RateLimitStore(direct);
const spendCap = new SpendCapService({ use: (call) => call(entityManager) }, config.smsPerDay);
const captchas = new CaptchaStore(direct, keys, captchaTtlSeconds);
const idempotency = new IdempotencyStore(direct, captchaTtlSeconds * 1000);
const codes = new SmsCodeStore(direct, keys, codeTtlSeconds);
const attempts = new SmsCodeAttemptStore(direct, keys);
const deliveryIds = new DeliveryIds(hash);
const deliveries = new DeliveryStore(direct, keys);
const conversions = new ConversionStore(direct, keys);
const verifiedSms = new VerifiedSms(deliveries, conversions);
const guardStore = new GuardStore(direct, keys, config.guard.lines);
const glyphs = createGlyphs(letterOutlines(CAPTCHA_ALPHABET));

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const signingKey = { key: privateKey, dsaEncoding: 'ieee-p1363' };
const tokenHeader = base64Json({ alg: 'ES256', typ: 'mobile-verification+jwt', kid: randomId() });

async function imageCaptcha(_input, address) {
  if (await isExceeded('issueCaptcha', address)) return failure('TooManyRequestsError');
  const id = randomId();
  const text = captchaText(randomInt);
  await captchas.save(id, text);
  const image = captchaImage(text, glyphs, randomInt);
  return `{"data":{"imageCaptcha":{"__typename":"ImageCaptcha","id":"${id}","image":"${image}","width":${CAPTCHA_WIDTH},"height":${CAPTCHA_HEIGHT},"expiresInSeconds":${captchaTtlSeconds}}}}`;
}

async function requestSmsCode({ mobile: national, captchaId, captchaAnswer, purpose = 'REGISTER' }, address) {
  if (!MOBILE.test(national)) return failure('InvalidMobileError');
  const mobile = `+86${national}`;
  const fingerprint = idempotencyFingerprint({ captchaId, captchaAnswer, purpose, mobile });
  const [claimed, isRejected] = await Promise.all([
    idempotency.claim(keys.idempotencyRecord(mobile, fingerprint), randomId()),
    isExceeded('requestSmsCode', address),
  ]);
  if (claimed.kind !== 'claimed' || isRejected) return failure('TooManyRequestsError');

  const text = await captchas.redeem(captchaId);
  if (text === null || !isCaptchaAnswer(text, captchaAnswer)) return failure('CaptchaMismatchError');

  const { rows } = await database.query('select id from users where mobile = $1', [mobile]);
  if (rows.length > 0) return failure('MobileAlreadyRegisteredError');

  const deliveryId = deliveryIds.create();
  const recordName = deliveryIds.recordNameOf(deliveryId);
  const requestedAtMs = Date.now();
  const [code, isProven] = await Promise.all([
    codes.open(purpose, mobile, limits.of('sendSms', mobile), recordName, randomId()),
    guardStore.isProven(guardNetwork(address)),
  ]);
  if (code.kind === 'exceeded') return failure('TooManyRequestsError');
  const lane = laneOf(code.isKnownMobile, isProven);
  // As in the mode observe: a rejected SMS is sent, and counts nowhere.
  const { sentAtMs } = await guardStore.open(lane);
  const guardEntry = sentAtMs && `${lane}@${sentAtMs}`;
  if ((await spendCap.reserve()).kind === 'exceeded') return failure('TooManyRequestsError');

  const delivery = { recordName, requestedAtMs, guardEntry };
  await sendRecorded(national, mobile, deriveSmsCode(codeSecret, code), delivery);
  const expiresInSeconds = Math.floor(code.expiresInMs / 1000);
  const fields = { codeLength: CODE_LENGTH, expiresInSeconds, resendAfterSeconds, deliveryId };
  const response = JSON.stringify({ type: 'SmsCodeSent', fields, storedAtMs: Date.now() });
  idempotency.complete(claimed.claim, response, captchaTtlSeconds * 1000).catch(() => {});
  return `{"data":{"requestSmsCode":{"__typename":"SmsCodeSent","mobile":"${maskMobile(mobile)}","codeLength":${CODE_LENGTH},"expiresInSeconds":${expiresInSeconds},"resendAfterSeconds":${resendAfterSeconds},"deliveryId":"${deliveryId}"}}}`;
}

/** Records the attempt before its bytes leave, and its outcome and the conversion in the background. */
async function sendRecorded(national, mobile, code, { recordName, requestedAtMs, guardEntry }) {
  const [number, provider, prefix, startedAtMs] = [1, 'yuntongxun', carrierPrefix(mobile), Date.now()];
  const attempt = {
    recordName,
    number,
    provider,
    mobileHash: hash('mobile', mobile),
    carrierPrefix: prefix,
    requestedAtMs,
    guardEntry,
  };
  await deliveries.start(attempt, startedAtMs);
  const attemptId = attemptIdOf(recordName, number);
  await sendSms(national, code, attemptId);
  deliveries.finish(attemptId, 'accepted', Date.now()).catch(() => {});
  conversions.recordAccepted(provider, prefix, startedAtMs).catch(() => {});
}

async function verifySmsCode({ mobile: national, code, purpose = 'REGISTER' }, address) {
  if (!MOBILE.test(national)) return failure('InvalidMobileError');
  if (await isExceeded('verifySmsCode', address)) return failure('TooManyRequestsError');
  const mobile = `+86${national}`;
  const attempt = await attempts.count(purpose, mobile);
  if (attempt.kind !== 'counted') return failure('SmsCodeExpiredError');
  if (!isSmsCode(deriveSmsCode(codeSecret, attempt), code)) return failure('SmsCodeMismatchError');
  const consumed = await attempts.consume(attempt, limits.releasedByVerification(mobile));
  if (!consumed) return failure('SmsCodeExpiredError');
  await recordProof(mobile, address, consumed);

  const token = signToken({ purpose, phone_number: mobile, phone_number_verified: true });
  return `{"data":{"verifySmsCode":{"__typename":"MobileVerified","verificationToken":"${token}","expiresInSeconds":${TOKEN_LIFETIME_SECONDS}}}}`;
}

async function recordProof(mobile, address, { deliveries: sent, isFirstProofOfDay }) {
  const entries = await verifiedSms.record(sent);
  await Promise.all([
    guardStore.recordProof(guardNetwork(address), hash('proof', mobile)),
    ...entries.map((entry) => {
      const [lane, sentAtMs] = entry.split('@');
      return guardStore.close(lane, [sentAtMs], isFirstProofOfDay);
    }),
  ]);
}

async function isExceeded(action, address) {
  const reserved = await rateLimits.reserve(action, limits.of(action, address), randomToken());
  return reserved.kind === 'exceeded';
}

function signToken(claims) {
  const { issuer: iss, audience: aud } = config.token;
  const iat = Math.floor(Date.now() / 1000);
  const payload = { ...claims, iss, aud, iat, exp: iat + TOKEN_LIFETIME_SECONDS, jti: randomId() };
  const signed = `${tokenHeader}.${base64Json(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), signingKey).toString('base64url')}`;
}

function base64Json(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function failure(type) {
  return `{"data":{"failure":{"__typename":"${type}"}}}`;
}

const operations = { imageCaptcha, requestSmsCode, verifySmsCode };

const server = createServer((request, response) => {
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
});

await once(redis, 'ready');
server.listen(config.http.port, '127.0.0.1');
