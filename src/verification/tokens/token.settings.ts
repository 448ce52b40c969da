// The settings of verification tokens.

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { confidential, text } from '../../config/env.ts';

/** A P-256 key, as ES256 requires. Where a file cannot hold multi-line values, line ends may be written as `\\n`. */
function key(parse: (pem: string) => KeyObject, message: string) {
  return text.transform((pem, context) => {
    try {
      const keyObject = parse(pem.replaceAll('\\n', '\n'));
      if (keyObject.asymmetricKeyDetails?.namedCurve === 'prime256v1') return keyObject;
    } catch {
      // Not a key: the same message as for a key of another curve.
    }
    context.addIssue(message);
    return z.NEVER;
  });
}

function keys(parse: (pem: string) => KeyObject, message: string) {
  return text
    .transform((pems) => pems.split(/(?<=-----END PUBLIC KEY-----)(?:\s|\\n)*/).filter(Boolean))
    .pipe(z.array(key(parse, message)));
}

export const tokenSettings = {
  TOKEN_PRIVATE_KEY: confidential(key(createPrivateKey, 'must be a P-256 key as PKCS#8 PEM').optional()),
  TOKEN_PREVIOUS_PUBLIC_KEYS: keys(createPublicKey, 'must be P-256 public keys as PEM').default([]),
  TOKEN_ISSUER: text.default('yanzheng'),
  TOKEN_AUDIENCE: text.default('yanzheng'),
};
