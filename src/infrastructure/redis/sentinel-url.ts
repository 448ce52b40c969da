// The form of `REDIS_URL` for Redis with Sentinel:
// redis+sentinel://[user:password@]host[:port][,host[:port] …]/master[/database][?sentinelUsername=…&sentinelPassword=…]
// The credentials before the @ are those of the data nodes.

/** Named like the options of ioredis. */
export interface SentinelUrl {
  readonly sentinels: { readonly host: string; readonly port: number }[];
  /** The name of the monitored master. */
  readonly name: string;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
}

const FORM = /^redis\+sentinel:\/\/(?:([^:@/]*):([^@/]*)@)?([^@/?]+)\/([^/?]+)(?:\/(\d+))?(?:\?(.*))?$/;
const DEFAULT_PORT = 26379;

/** `undefined` if the value does not have this form. */
export function parseSentinelUrl(value: string): SentinelUrl | undefined {
  const [, username, password, hosts, name, database, query] = FORM.exec(value) ?? [];
  if (hosts === undefined || name === undefined) return undefined;
  try {
    return {
      sentinels: hosts.split(',').map(parseHost),
      name: decodeURIComponent(name),
      db: Number(database ?? 0),
      ...given({ username: decoded(username), password: decoded(password) }),
      ...sentinelCredentials(query),
    };
  } catch {
    return undefined;
  }
}

/** @throws Error for an invalid host or port. */
function parseHost(value: string): { host: string; port: number } {
  const { hostname, port } = new URL(`redis://${value.trim()}`);
  if (hostname === '') throw new Error('no host');
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || DEFAULT_PORT) };
}

/** @throws Error for a parameter that does not exist, that appears twice, or that is a name without a password. */
function sentinelCredentials(query: string | undefined) {
  const entries = [...new URLSearchParams((query ?? '').replaceAll('+', '%2B'))];
  const { sentinelUsername, sentinelPassword, ...unknown } = Object.fromEntries(entries);
  const isRepeated = entries.length > new Set(entries.map(([key]) => key)).size;
  if (isRepeated || Object.keys(unknown).length > 0) throw new Error('unknown or repeated parameter');
  if (sentinelUsername && !sentinelPassword) throw new Error('no password');
  return given({ sentinelUsername, sentinelPassword });
}

/** @throws URIError for an invalid escape sequence. */
function decoded(value: string | undefined): string | undefined {
  return value === undefined ? undefined : decodeURIComponent(value);
}

/** Without the values that are empty. */
function given<Name extends string>(
  values: Readonly<Record<Name, string | undefined>>,
): { [name in Name]?: string } {
  const entries = Object.entries(values).filter(([, value]) => value);
  return Object.fromEntries(entries) as { [name in Name]?: string };
}
