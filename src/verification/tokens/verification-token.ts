// The verification token: a JWT (RFC 7519) signed with ES256. Any backend can check it with our public keys.

import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { type Mobile, parseMobile } from '../../common/phone-number.ts';
import { CLOCK_SKEW_SECONDS } from '../../config/time-budgets.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';

const ALGORITHM = 'ES256';
/** Explicit typing (RFC 8725 §3.11): another kind of JWT signed with the same key is never a verification token. */
const TYPE = 'mobile-verification+jwt';
const TOKEN_LIFETIME_SECONDS = 600;
const JTI = /^[\w-]{16,64}$/;
const YEAR_3000_SECONDS = 32_503_680_000;

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
}

/** What a token states. */
export interface VerificationClaims {
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  /** The id of the user, for `LOGIN`. */
  readonly userId?: string | undefined;
}

export interface SignedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** The claims of a valid token. Times are in seconds since 1970. */
export interface VerifiedToken extends VerificationClaims {
  readonly jti: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export class VerificationTokens {
  private constructor(
    private readonly settings: TokenSettings,
    private readonly signing: { readonly header: string; readonly key: KeyObject },
    private readonly publicKeys: ReadonlyMap<string, KeyObject>,
    /** The public keys as a JWK Set (RFC 7517). The key that signs comes first. */
    readonly jwks: { readonly keys: readonly JWK[] },
  ) {}

  /** `otherPublicKeys` are accepted and published too: the previous key, and the next one during a rotation. */
  static async create(
    settings: TokenSettings,
    privateKey: KeyObject,
    otherPublicKeys: readonly KeyObject[],
  ): Promise<VerificationTokens> {
    const publicKeys = [createPublicKey(privateKey), ...otherPublicKeys];
    const jwks = await Promise.all(publicKeys.map(publicJwk));
    const kids = jwks.map(({ kid }) => kid);
    const keysByKid = new Map(publicKeys.map((key, index) => [String(kids[index]), key]));
    const uniqueJwks = jwks.filter(({ kid }, index) => kids.indexOf(kid) === index);
    const header = base64Json({ alg: ALGORITHM, typ: TYPE, kid: kids[0] });
    const signing = { header, key: privateKey };
    return new VerificationTokens(settings, signing, keysByKid, { keys: uniqueJwks });
  }

  /**
   * Signs a token, as a JWS in compact serialization (RFC 7515 §7.1). Node signs in half the time of WebCrypto, which jose uses.
   * `phone_number` and `phone_number_verified` are the claims of OpenID Connect Core 1.0 §5.1.
   * @param jti random, and used for no other token
   */
  sign({ purpose, mobile, userId }: VerificationClaims, jti: string, nowMs: number): SignedToken {
    const { issuer: iss, audience: aud } = this.settings;
    const iat = Math.floor(nowMs / 1000);
    const claims = { purpose, phone_number: mobile, phone_number_verified: true, sub: userId };
    const payload = { ...claims, iss, aud, iat, exp: iat + TOKEN_LIFETIME_SECONDS, jti };
    const signed = `${this.signing.header}.${base64Json(payload)}`;
    // ES256 is ECDSA with P-256 and SHA-256; its signature is R and S, not DER (RFC 7518 §3.4).
    const key = { key: this.signing.key, dsaEncoding: 'ieee-p1363' } as const;
    const signature = sign('sha256', Buffer.from(signed), key).toString('base64url');
    return { token: `${signed}.${signature}`, expiresInSeconds: TOKEN_LIFETIME_SECONDS };
  }

  /** @returns `undefined` unless the token is signed by one of our keys, complete, and valid at this time. */
  async verify(token: string, nowMs: number): Promise<VerifiedToken | undefined> {
    const keyOf = ({ kid = '' }: { kid?: string }) =>
      this.publicKeys.get(kid) ?? Promise.reject(new Error('unknown key'));
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        ...this.settings,
        algorithms: [ALGORITHM],
        typ: TYPE,
        requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti'],
        currentDate: new Date(nowMs),
      });
      return parseClaims(payload, nowMs / 1000);
    } catch {
      return undefined;
    }
  }
}

/** Fields that are `undefined` are left out. */
function base64Json(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The key id is the thumbprint of the key (RFC 7638), so all instances use the same id. */
async function publicJwk(key: KeyObject): Promise<JWK> {
  const jwk = await exportJWK(key);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: ALGORITHM, use: 'sig' };
}

/** Checks every claim: a valid signature does not prove that this version of the program wrote them. */
function parseClaims(payload: JWTPayload, nowSeconds: number): VerifiedToken | undefined {
  const { iat = -1, exp = -1, jti = '', sub, purpose, phone_number: mobile } = payload;
  if (!isPurpose(purpose) || !isMobile(mobile) || payload.phone_number_verified !== true) return undefined;
  if (!JTI.test(jti) || !isTimestamp(iat) || !isTimestamp(exp)) return undefined;
  if (iat > nowSeconds + CLOCK_SKEW_SECONDS) return undefined;
  return { jti, purpose, mobile, userId: sub, issuedAtSeconds: iat, expiresAtSeconds: exp };
}

function isTimestamp(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds < YEAR_3000_SECONDS;
}

function isMobile(value: unknown): value is Mobile {
  return typeof value === 'string' && parseMobile(value) === value;
}

function isPurpose(value: unknown): value is SmsCodePurpose {
  return Object.values<unknown>(SmsCodePurpose).includes(value);
}
