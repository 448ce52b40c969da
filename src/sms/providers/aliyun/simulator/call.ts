// Reads a request to the simulated platform: the action, the signature and the parameters, in both styles of signature.

import type { GatewayRequest } from '../../../simulator/provider-simulation.ts';
import { ALGORITHM, type SignedRequest, sha256, signatureOf } from '../aliyun-signature.ts';
import { rpcSignatureOf } from './rpc-signature.ts';

/** What the checks need of a request. A field that is missing is empty. */
export interface Call {
  readonly action: string;
  readonly version: string;
  readonly accessKeyId: string;
  /** `yyyy-MM-ddTHH:mm:ssZ` in UTC. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The signature that the request should have. `undefined` if it does not sign what it must. */
  readonly expectedSignature: (accessKeySecret: string) => string | undefined;
}

const AUTHORIZATION = new RegExp(
  `^${ALGORITHM} Credential=([^, ]+), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$`,
);
const FORM = 'application/x-www-form-urlencoded';

/** @returns `undefined` for a request of another protocol. */
export function readCall(request: GatewayRequest): Call | undefined {
  const parameters = parametersOf(request);
  // The older SDK of the vendor signs its parameters, and sends the headers of the newer signature as well.
  if (parameters.Action !== undefined && parameters.AccessKeyId !== undefined)
    return readRpc(request.method, parameters);
  return request.headers['x-acs-action'] === undefined ? undefined : readV3(request);
}

function readV3(request: GatewayRequest): Call {
  const [, accessKeyId = '', names = '', signature = ''] =
    AUTHORIZATION.exec(header(request, 'authorization')) ?? [];
  return {
    action: header(request, 'x-acs-action'),
    version: header(request, 'x-acs-version'),
    accessKeyId,
    timestamp: header(request, 'x-acs-date'),
    nonce: header(request, 'x-acs-signature-nonce'),
    signature,
    parameters: parametersOf(request),
    expectedSignature: (secret) => {
      const signed = signedRequest(request, names.split(';'));
      return signed && signatureOf(signed, secret);
    },
  };
}

function signedRequest(request: GatewayRequest, names: readonly string[]): SignedRequest | undefined {
  const required = Object.keys(request.headers).filter((name) => name.startsWith('x-acs-'));
  const hasAll = ['host', ...required].every((name) => names.includes(name));
  if (!hasAll || header(request, 'x-acs-content-sha256') !== sha256(request.body)) return undefined;
  return {
    method: request.method,
    query: Object.fromEntries(request.query),
    headers: Object.fromEntries(names.map((name) => [name, header(request, name)])),
    body: request.body,
  };
}

function readRpc(method: string, parameters: Readonly<Record<string, string>>): Call {
  return {
    action: parameters.Action ?? '',
    version: parameters.Version ?? '',
    accessKeyId: parameters.AccessKeyId ?? '',
    timestamp: parameters.Timestamp ?? '',
    nonce: parameters.SignatureNonce ?? '',
    signature: parameters.Signature ?? '',
    parameters,
    expectedSignature: (secret) =>
      parameters.SignatureMethod === 'HMAC-SHA1' && parameters.SignatureVersion === '1.0'
        ? rpcSignatureOf(method, parameters, secret)
        : undefined,
  };
}

/** Of the query, and of the body if it is a form. */
function parametersOf(request: GatewayRequest): Readonly<Record<string, string>> {
  const isForm = header(request, 'content-type').toLowerCase().startsWith(FORM);
  const form = isForm ? new URLSearchParams(request.body) : [];
  return Object.fromEntries([...request.query, ...form]);
}

function header(request: GatewayRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
