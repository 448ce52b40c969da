// The verification token: a JWT (RFC 7519), signed with ES256, that any backend can check by our public keys.

import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { type Mobile, parseMobile } from '../../common/phone-number.ts';
import { SmsCodePurpose } from '../verification.schema.ts';

const ALGORITHM = 'ES256';
/** Explicit typing (RFC 8725 §3.11): no other JWT that these keys may sign one day passes for a verification. */
const TYPE = 'mobile-verification+jwt';
const TOKEN_LIFE_SECONDS = 600;
const JTI = /^[\w-]{16,64}$/;
/** Another instance may have signed it, with a clock that is a little ahead. */
const CLOCK_SKEW_SECONDS = 60;

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
}

/** What a token proves. */
export interface VerificationClaims {
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  /** The id of the user, for `LOGIN`. */
  readonly userId?: string | undefined;
}

/** A token that was read: what it proves, the id by which it is spent, its start and its end in seconds since 1970. */
export interface ReadToken extends VerificationClaims {
  readonly jti: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export class VerificationTokens {
  private constructor(
    private readonly settings: TokenSettings,
    private readonly signing: { readonly kid: string; readonly key: KeyObject },
    private readonly keys: ReadonlyMap<string, KeyObject>,
    /** The public keys as a JWK set (RFC 7517), the one in use first. */
    readonly jwks: { readonly keys: readonly JWK[] },
  ) {}

  /** `otherPublicKeys` are accepted and published too: those before this one, and the one to come. */
  static async create(
    settings: TokenSettings,
    privateKey: KeyObject,
    otherPublicKeys: readonly KeyObject[],
  ): Promise<VerificationTokens> {
    const publicKeys = [createPublicKey(privateKey), ...otherPublicKeys];
    const jwks = await Promise.all(publicKeys.map(publicJwk));
    const kids = jwks.map(({ kid }) => kid);
    const keys = new Map(publicKeys.map((key, index) => [String(kids[index]), key]));
    const published = jwks.filter(({ kid }, index) => kids.indexOf(kid) === index);
    const signing = { kid: String(kids[0]), key: privateKey };
    return new VerificationTokens(settings, signing, keys, { keys: published });
  }

  /** `jti` must be random and used for no other token. */
  async sign(claims: VerificationClaims, jti: string, nowMs: number): Promise<SignedToken> {
    const { purpose, mobile, userId } = claims;
    const now = Math.floor(nowMs / 1000);
    const token = await new SignJWT({
      purpose,
      phone_number: mobile,
      phone_number_verified: true,
      ...(userId && { sub: userId }),
    })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.signing.kid })
      .setIssuer(this.settings.issuer)
      .setAudience(this.settings.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + TOKEN_LIFE_SECONDS)
      .setJti(jti)
      .sign(this.signing.key);
    return { token, expiresInSeconds: TOKEN_LIFE_SECONDS };
  }

  /** @returns `undefined` unless it is one of ours, whole, and good at this time. */
  async read(token: string, nowMs: number): Promise<ReadToken | undefined> {
    const keyOf = ({ kid = '' }: { kid?: string }) =>
      this.keys.get(kid) ?? Promise.reject(new Error('no such key'));
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        ...this.settings,
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti'],
        currentDate: new Date(nowMs),
      });
      return claimsOf(payload, nowMs / 1000);
    } catch {
      return undefined;
    }
  }
}

export interface SignedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** The key's id is its thumbprint (RFC 7638), so that every instance gives it the same. */
async function publicJwk(key: KeyObject): Promise<JWK> {
  const jwk = await exportJWK(key);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' };
}

/** A signature tells who made a token, and nothing of how well: an older or another program may have our key too. */
function claimsOf(payload: JWTPayload, now: number): ReadToken | undefined {
  const { iat = -1, exp = -1, jti = '', sub, purpose, phone_number: mobile } = payload;
  const isWhole =
    isPurpose(purpose) && payload.phone_number_verified === true && isMobile(mobile) && JTI.test(jti);
  if (!isWhole || !isSecond(iat) || !isSecond(exp) || iat > now + CLOCK_SKEW_SECONDS) return undefined;
  return { jti, purpose, mobile, userId: sub, issuedAtSeconds: iat, expiresAtSeconds: exp };
}

/** Seconds since 1970, before the year 3000. */
function isSecond(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 32_503_680_000;
}

function isMobile(value: unknown): value is Mobile {
  return typeof value === 'string' && parseMobile(value) === value;
}

function isPurpose(value: unknown): value is SmsCodePurpose {
  return Object.values<unknown>(SmsCodePurpose).includes(value);
}
