import { SttError } from '@verbatim/protocol';

const DEFAULT_PORT = 6379;
const SCHEMES = ['redis:', 'rediss:'];

/** Where Redis is, as read from its URL. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly hasTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** @throws SttError `storage_unavailable` when the URL is not one of Redis; the sentence does not repeat it, it may hold a password */
export function parseRedisUrl(redisUrl: string): RedisAddress {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
  if (!url || !SCHEMES.includes(url.protocol) || url.hostname === '')
    throw new SttError(
      'storage_unavailable',
      'REDIS_URL must look like redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT.',
    );
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    hasTls: url.protocol === 'rediss:',
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  };
}

/** `HOST:PORT` for sentences and logs, without credentials. */
export function addressOf({ redisUrl }: { readonly redisUrl: string }): string {
  const { host, port } = parseRedisUrl(redisUrl);
  return `${host}:${port}`;
}
