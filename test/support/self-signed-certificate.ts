// A certificate without a trusted issuer, made with Node alone.

import { generateKeyPairSync, sign } from 'node:crypto';

/** Key and certificate for `localhost`, as PEM. */
export function selfSignedCertificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('2a8648ce3d040302')); // ecdsa-with-SHA256
  const commonName = sequence(objectId('550403'), tagged(0x0c, Buffer.from('localhost')));
  const name = sequence(tagged(0x31, commonName));
  const contents = sequence(
    tagged(0x02, Buffer.from([1])), // serial number
    algorithm,
    name,
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.alloc(1), sign('sha256', contents, privateKey)]));
  const certificate = sequence(contents, algorithm, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** A DER value: its tag, its length, its content. */
function tagged(tag: number, content: Buffer): Buffer {
  const length = content.length;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

const sequence = (...items: Buffer[]) => tagged(0x30, Buffer.concat(items));
const objectId = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'));
const utcTime = (text: string) => tagged(0x17, Buffer.from(text));
