// The checks of the simulated platform before it reads the body: headers, clock and signature, in the order of the platform.

import type { GatewayRequest } from '../../../simulator/provider-simulation.ts';
import { ACTION, SERVICE, VERSION } from '../send-sms.ts';
import { ALGORITHM, SCOPE_END, type SignedRequest, signatureOf, utcDate } from '../tencent-signature.ts';
import type { RequestError } from './answers.ts';

interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
}

const CLOCK_TOLERANCE_SECONDS = 5 * 60;
const REGIONS = ['ap-beijing', 'ap-guangzhou', 'ap-nanjing'];
const AUTHORIZATION = new RegExp(
  `^${ALGORITHM} Credential=([^/, ]+)/(\\d{4}-\\d\\d-\\d\\d)/([^/, ]+)/${SCOPE_END}, ?` +
    'SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$',
);

const error = (Code: string, Message: string): RequestError => ({ Code, Message });

/** @returns the first error, or `undefined` for a request of this account. */
export function checkHeaders(request: GatewayRequest, account: Credentials): RequestError | undefined {
  const action = header(request, 'x-tc-action');
  if (action === undefined)
    return error('MissingParameter', 'The request is missing the parameter `Action`.');
  if (header(request, 'x-tc-version') !== VERSION)
    return error('NoSuchVersion', 'The version does not exist.');
  if (action !== ACTION) return error('InvalidAction', 'The action does not exist.');
  return checkAuthorization(request, account) ?? checkRegion(header(request, 'x-tc-region'));
}

function checkAuthorization(
  request: GatewayRequest,
  { secretId, secretKey }: Credentials,
): RequestError | undefined {
  const timestamp = header(request, 'x-tc-timestamp') ?? '';
  if (!/^\d{1,12}$/.test(timestamp))
    return error('MissingParameter', 'The request is missing the parameter `Timestamp`.');
  const timestampSeconds = Number(timestamp);
  if (Math.abs(request.receivedAtMs / 1000 - timestampSeconds) > CLOCK_TOLERANCE_SECONDS)
    return error('AuthFailure.SignatureExpire', 'The timestamp differs by more than five minutes.');
  const [, id, date, service = '', names = '', signature] =
    AUTHORIZATION.exec(header(request, 'authorization') ?? '') ?? [];
  if (id === undefined)
    return error('AuthFailure.InvalidAuthorization', 'The header Authorization has another form.');
  if (date !== utcDate(timestampSeconds) || !services(request).includes(service))
    return error('AuthFailure.InvalidAuthorization', 'The credential scope is not that of the request.');
  if (id !== secretId) return error('AuthFailure.SecretIdNotFound', 'The SecretId does not exist.');
  const isSigned = possibleRequests(request, timestampSeconds, service, names.split(';')).some(
    (signed) => signatureOf(signed, secretKey) === signature,
  );
  return isSigned ? undefined : error('AuthFailure.SignatureFailure', 'The signature does not match.');
}

/** An SDK of the vendor takes the first label of its endpoint as the service: `127` for 127.0.0.1. */
function services(request: GatewayRequest): string[] {
  return [SERVICE, hostOf(request).split('.', 1)[0] ?? ''];
}

/** An SDK of the vendor signs the host without its port, so there are two possible hosts. */
function possibleRequests(
  request: GatewayRequest,
  timestampSeconds: number,
  service: string,
  names: readonly string[],
): SignedRequest[] {
  if (!names.includes('content-type') || !names.includes('host')) return [];
  const host = hostOf(request);
  return [host, host.replace(/:\d+$/, '')].map((signedHost) => ({
    timestampSeconds,
    service,
    headers: names.map((name) => [name, name === 'host' ? signedHost : (header(request, name) ?? '')]),
    body: request.body,
  }));
}

function checkRegion(region: string | undefined): RequestError | undefined {
  if (region === undefined)
    return error('MissingParameter', 'The request is missing the parameter `Region`.');
  return REGIONS.includes(region)
    ? undefined
    : error('UnsupportedRegion', 'The region does not have this service.');
}

function hostOf(request: GatewayRequest): string {
  return header(request, 'host') ?? '';
}

function header(request: GatewayRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
