import { describe, expect, it } from '@jest/globals';
import { healthSchema, type NodeProvider, type NodeRecord } from '@verbatim/protocol';
import { buildHealth, type RedisCondition } from './health-body.ts';

const FACTS = { version: '1.2.3', uptimeMs: 12_345 };

function up(pingMs: number, ...providersOfNodes: readonly NodeProvider[][]): RedisCondition {
  const nodes = providersOfNodes.map((providers) => ({
    record: {
      ...{ role: 'transcriber', version: '1', started_at_ms: 0, sessions: 0, capacity: 1, load: 0, draining: false },
      providers,
    } satisfies NodeRecord,
  }));
  return { isUp: true, pingMs, nodes };
}

const OK: NodeProvider = { name: 'local', languages: ['en'], status: 'ok' };
const DOWN: NodeProvider = { name: 'google', languages: ['*'], status: 'down', reason: 'no credentials' };

describe('buildHealth', () => {
  it.each([
    ['ok', 'everything works', up(1, [OK], [OK])],
    ['degraded', 'one provider of two is down', up(1, [OK, DOWN])],
    ['degraded', 'Redis is slow', up(250, [OK])],
    ['down', 'no transcriber lives', up(1)],
    ['down', 'the only provider is down', up(1, [DOWN])],
    ['down', 'Redis does not answer', { isUp: false } as const],
  ])('is %s when %s', (status, _why, redis) => {
    const health = buildHealth(redis, FACTS);
    expect(healthSchema.parse(health)).toEqual(health);
    expect(health.status).toBe(status);
  });

  it('shows a provider as well as its best transcriber, and how many offer it', () => {
    const { providers, transcribers } = buildHealth(
      up(1, [{ ...OK, status: 'degraded', reason: 'slow' }], [OK]),
      FACTS,
    );
    expect(providers).toEqual({ local: { status: 'ok', transcribers: 2 } });
    expect(transcribers).toBe(2);
  });

  it('says of a provider whether requests go to it', () => {
    const tried = { ...DOWN, status: 'degraded', reason: 'answers again', breaker: 'half_open' } as const;
    expect(buildHealth(up(1, [{ ...DOWN, breaker: 'open' }], [tried]), FACTS).providers['google']).toEqual({
      ...{ status: 'degraded', reason: 'answers again', breaker: 'half_open', transcribers: 2 },
    });
  });

  it('says why a provider is not well', () => {
    expect(buildHealth(up(1, [DOWN]), FACTS).providers['google']).toEqual({
      ...{ status: 'down', reason: 'no credentials', transcribers: 1 },
    });
  });
});
