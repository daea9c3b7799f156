import type { Health, NodeRecord } from '@verbatim/protocol';

/** What is known of Redis when health is asked for. */
export type RedisCondition =
  | { readonly isUp: true; readonly pingMs: number; readonly nodes: readonly { readonly record: NodeRecord }[] }
  | { readonly isUp: false };

export interface ProcessFacts {
  readonly version: string;
  readonly uptimeMs: number;
}

/** Slower than this and every commit and append waits: sessions are served, but something is wrong. Units: milliseconds. */
const SLOW_PING_MS = 100;
const MS_PER_SECOND = 1000;

type ProviderHealth = Health['providers'][string];
type Condition = Health['status'];

const WORST_LAST: readonly Condition[] = ['ok', 'degraded', 'down'];

/** Builds the body of `GET /health`: the same on every replica but for `uptime_s`. */
export function buildHealth(redis: RedisCondition, facts: ProcessFacts): Health {
  const transcribers = redis.isUp ? redis.nodes.filter(({ record }) => record.role === 'transcriber') : [];
  const providers = providersOf(transcribers.map(({ record }) => record));
  const redisHealth = redisOf(redis);
  return {
    status: overall(redisHealth.status, Object.values(providers)),
    redis: redisHealth,
    providers,
    transcribers: transcribers.length,
    version: facts.version,
    uptime_s: Math.floor(facts.uptimeMs / MS_PER_SECOND),
  };
}

function redisOf(redis: RedisCondition): Health['redis'] {
  if (!redis.isUp) return { status: 'down', ping_ms: null, reason: 'Redis does not answer' };
  const ping_ms = Math.round(redis.pingMs * 100) / 100;
  return redis.pingMs > SLOW_PING_MS
    ? { status: 'degraded', ping_ms, reason: 'Redis answers slowly' }
    : { status: 'ok', ping_ms };
}

/** A provider is as well as the best transcriber that offers it. */
function providersOf(records: readonly NodeRecord[]): Record<string, ProviderHealth> {
  const merged = new Map<string, ProviderHealth>();
  for (const provider of records.flatMap((record) => record.providers)) {
    const { name, status, reason, breaker } = provider;
    const known = merged.get(name);
    const isBetter = known === undefined || WORST_LAST.indexOf(status) < WORST_LAST.indexOf(known.status);
    const transcribers = (known?.transcribers ?? 0) + 1;
    const said = isBetter
      ? { status, ...(reason === undefined ? {} : { reason }), ...(breaker === undefined ? {} : { breaker }) }
      : known;
    merged.set(name, { ...said, transcribers });
  }
  return Object.fromEntries(merged);
}

function overall(redis: Condition, providers: readonly ProviderHealth[]): Condition {
  const canServe = providers.some(({ status }) => status !== 'down');
  if (redis === 'down' || !canServe) return 'down';
  const isWhole = redis === 'ok' && providers.every(({ status }) => status === 'ok');
  return isWhole ? 'ok' : 'degraded';
}
