import { SttError } from '@verbatim/protocol';

const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26_379;
const LARGEST_PORT = 65_535;

/** The shape of every address of a Redis that we take; {@link parseRedisUrl} looks at ports and escapes as well. */
export const REDIS_URL_PATTERN =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#\s]*)@)?((?:\[[\da-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?(?:,(?:\[[\da-fA-F:.]+\]|[\w.-]+)(?::\d{1,5})?)*)(?:\/([\w.-]*))?(?:\?([^#\s]*))?$/;

/** Says in one sentence what {@link REDIS_URL_PATTERN} allows, for error messages and documents. */
export const REDIS_URL_HINT =
  'redis://USER:PASSWORD@HOST:PORT, redis+sentinel://HOST:PORT,HOST:PORT/MASTER-NAME or redis+cluster://HOST:PORT,HOST:PORT; rediss for TLS';

interface RedisHost {
  readonly host: string;
  readonly port: number;
}

interface CommonAddress {
  /** One for a single Redis; the Sentinels; some nodes of the cluster, which tell of the others. */
  readonly hosts: readonly [RedisHost, ...RedisHost[]];
  readonly hasTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

interface SingleAddress extends CommonAddress {
  readonly kind: 'single';
  readonly database: number;
}

/** User and password are the master's; the Sentinels have their own, `?sentinel_user=…&sentinel_password=…`. */
export interface SentinelAddress extends CommonAddress {
  readonly kind: 'sentinel';
  readonly masterName: string;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
}

export interface ClusterAddress extends CommonAddress {
  readonly kind: 'cluster';
}

/** Where Redis is, as read from its URL. */
export type RedisAddress = SingleAddress | SentinelAddress | ClusterAddress;

/** @throws SttError `storage_unavailable` when the URL is not one of Redis; the sentence does not repeat it, it may hold a password */
export function parseRedisUrl(redisUrl: string): RedisAddress {
  const match = REDIS_URL_PATTERN.exec(redisUrl);
  if (!match) throw notAnAddress();
  const [, scheme, kind = 'single', credentials = '', hosts = '', path = '', query = ''] = match;
  const colon = credentials.indexOf(':');
  const common = {
    hosts: parseHosts(hosts, kind === 'sentinel' ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT),
    hasTls: scheme === 'rediss',
    username: decoded(colon < 0 ? credentials : credentials.slice(0, colon)),
    password: colon < 0 ? undefined : decoded(credentials.slice(colon + 1)),
  };
  if (kind === 'sentinel') return sentinelAddress(common, path, query);
  if (query !== '') throw notAnAddress();
  return kind === 'cluster' ? clusterAddress(common, path) : singleAddress(common, path);
}

/** `HOST:PORT,HOST:PORT/MASTER-NAME` for sentences and logs, without credentials. */
export function addressOf({ redisUrl }: { readonly redisUrl: string }): string {
  const address = parseRedisUrl(redisUrl);
  const hosts = address.hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return address.kind === 'sentinel' ? `${hosts}/${address.masterName}` : hosts;
}

function singleAddress(common: CommonAddress, path: string): SingleAddress {
  if (common.hosts.length > 1 || !/^\d{0,4}$/.test(path)) throw notAnAddress();
  return { ...common, kind: 'single', database: Number(path) };
}

function sentinelAddress(common: CommonAddress, masterName: string, query: string): SentinelAddress {
  const { sentinel_user: user, sentinel_password: password, ...unknown } = Object.fromEntries(parsePairs(query));
  if (masterName === '' || Object.keys(unknown).length > 0) throw notAnAddress();
  return { ...common, kind: 'sentinel', masterName, sentinelUsername: user, sentinelPassword: password };
}

function clusterAddress(common: CommonAddress, path: string): ClusterAddress {
  if (path !== '') throw notAnAddress();
  return { ...common, kind: 'cluster' };
}

function parseHosts(text: string, defaultPort: number): CommonAddress['hosts'] {
  const [first, ...others] = text.split(',').map((part) => parseHost(part, defaultPort));
  if (first === undefined) throw notAnAddress();
  return [first, ...others];
}

function parseHost(text: string, defaultPort: number): RedisHost {
  const [, bracketed, name, portText] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? name ?? '';
  const port = portText === undefined ? defaultPort : Number(portText);
  if (host === '' || port < 1 || port > LARGEST_PORT) throw notAnAddress();
  return { host, port };
}

/** Not `URLSearchParams`: that reads the `+` of a password as a space. */
function parsePairs(query: string): readonly (readonly [string, string | undefined])[] {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, decoded(value.join('='))] as const;
  });
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw notAnAddress();
  }
}

function notAnAddress(): SttError {
  return new SttError('storage_unavailable', `REDIS_URL must look like ${REDIS_URL_HINT}.`);
}
